//! Names of Regions: those that exist, and those that can't.

use crate::finding::{Finding, Place};
use crate::ids::Region;
use crate::regions::KNOWN;
use crate::rules;
use crate::suggest::nearest;

/// The word before the number.
const DIRECTIONS: &[&str] =
    &["central", "east", "north", "northeast", "northwest", "south", "southeast", "southwest", "west"];

/// Every Region is known or may be new; a word or a number that no Region has is a mistake.
/// Source: CodePipeline User Guide, "Add a cross-Region action to a pipeline".
pub(super) fn judge(region: &Region, place: Place, findings: &mut Vec<Finding>) {
    let name = region.as_str();
    if KNOWN.contains(&name) {
        return;
    }
    if is_possible(name) {
        findings.push(unknown(name, place));
        return;
    }
    let finding = Finding::of(&rules::XA0221, place, format!("`{name}` is not a Region"));
    let help =
        nearest_known(name).map_or("write it like `eu-west-1`".to_owned(), |near| format!("did you mean `{near}`?"));
    findings.push(finding.help(help));
}

/// A Region in a value that the service takes as any text.
pub(super) fn advise(name: &str, place: Place, findings: &mut Vec<Finding>) {
    if !KNOWN.contains(&name) {
        findings.push(unknown(name, place));
    }
}

fn unknown(name: &str, place: Place) -> Finding {
    let finding = Finding::of(&rules::XA0222, place, format!("`{name}` is not a Region that this version knows"));
    let help = nearest_known(name).map(|near| format!("if it is not new, did you mean `{near}`?"));
    Finding { help, ..finding }
}

/// The Region that is nearly this text.
pub(super) fn nearest_known(text: &str) -> Option<String> {
    nearest(text, KNOWN.iter().copied()).map(str::to_owned)
}

/// True for the name of a Region that exists or may exist one day.
pub(super) fn is_possible(name: &str) -> bool {
    let mut words = name.rsplit('-');
    let number = words.next().unwrap_or_default();
    let direction = words.next().unwrap_or_default();
    let digit = number.len() == 1 && number.bytes().all(|b| b.is_ascii_digit());
    digit && DIRECTIONS.contains(&direction) && words.next().is_some()
}
