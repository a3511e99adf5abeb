//! What is alike but for names and numbers, so that a text has it once.

use indexmap::IndexMap;

use super::steps::subjects_in::named_in;
use crate::finding::{Finding, Segment};
use crate::ids::AccountId;

/// From how many on alike things are one.
pub(super) const FOLDED: usize = 4;

/// `#` for each number but ids of accounts: who is trusted has to be the same.
pub(super) fn without_numbers(text: &str) -> String {
    numbered(text, |number| number.parse::<AccountId>().is_err())
}

/// Warnings that say the same of different places, each with those that are like it. What concerns no place stands alone.
pub(super) fn alike_warnings(warnings: &[Finding]) -> Vec<Vec<&Finding>> {
    let mut alike: IndexMap<String, Vec<&Finding>> = IndexMap::new();
    for (index, warning) in warnings.iter().enumerate() {
        let key = match warning.place.steps() {
            [] => index.to_string(),
            _ => said(warning),
        };
        alike.entry(key).or_default().push(warning);
    }
    alike.into_values().flat_map(few_alone).collect()
}

fn few_alone(alike: Vec<&Finding>) -> Vec<Vec<&Finding>> {
    match alike.len() < FOLDED {
        true => alike.chunks(1).map(<[_]>::to_vec).collect(),
        false => vec![alike],
    }
}

/// What a warning says, without the names of what it is about, and without numbers.
fn said(warning: &Finding) -> String {
    let Finding { code, place, message, help, .. } = warning;
    let mut text = format!("{code} {message}\n{}", help.as_deref().unwrap_or_default());
    for subject in named_in(&text) {
        text = text.replace(&subject.to_string(), &format!("{{{}}}", subject.kind())).replace(subject.name(), "{name}");
    }
    let mut kinds = String::new();
    for step in place.steps() {
        let (kind, name) = match step {
            Segment::Role(name) => ("role", name),
            Segment::Pipeline(name) => ("pipeline", name),
            Segment::Account(name) => ("account", name),
            Segment::Stage(_, name) => ("stage", name),
            Segment::Action(_, name) => ("action", name),
            Segment::Topology(_) | Segment::Key(_) | Segment::Index(_) | Segment::Value => continue,
        };
        kinds.push_str(kind);
        text = text.replace(&format!("`{name}`"), "`{item}`");
    }
    format!("{kinds} {}", numbered(&text, |_| true))
}

/// `#` for the numbers that are not shown.
fn numbered(text: &str, hides: impl Fn(&str) -> bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let (before, from) = rest.split_at(start);
        let (number, behind) = from.split_at(from.find(|c: char| !c.is_ascii_digit()).unwrap_or(from.len()));
        out.push_str(before);
        out.push_str(if hides(number) { "#" } else { number });
        rest = behind;
    }
    out.push_str(rest);
    out
}
