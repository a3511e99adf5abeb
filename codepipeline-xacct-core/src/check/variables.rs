//! `#{…}` references. Source: CodePipeline User Guide, "Variables reference".

mod namespaces;
mod near_references;
mod output_variables;
mod scanned_texts;

use std::borrow::Cow;
use std::collections::{BTreeSet, HashSet};

use super::symbol::is_unknown;
use super::view::{Moment, RuleView, View};
use crate::catalogue;
use crate::declaration::references::{
    EXECUTION, EXECUTION_ID, VARIABLES, around, has_reference, references, replaced, written,
};
use crate::finding::{Finding, Place, Severity};
use crate::rules::{self, Consequence};
use crate::suggest::{misspelt, nearest};
use namespaces::{Namespaces, namespaces};
use near_references::{dynamic_reference, near_misses, not_a_reference};
use output_variables::output_variable;
use scanned_texts::{ScannedText, texts};

pub(super) fn check(view: &View<'_>, findings: &mut Vec<Finding>) {
    let mut known = Known {
        namespaces: namespaces(view, findings),
        declared: view.declaration.variables.iter().flatten().map(|variable| variable.name.as_str()).collect(),
        reported: HashSet::new(),
    };
    for action in view.actions() {
        for text in texts(action) {
            let reader = Referrer {
                name: format!("action `{}`", action.action.name),
                moment: action.moment,
                is_source: action.is_source(),
            };
            judge(view, &mut known, &reader, &text, findings);
            dynamic_reference(view, action, &text, findings);
        }
    }
    // Errors come first, so that a weaker finding about the same mistake doesn't replace one.
    for described in [true, false] {
        for rule in view.rules() {
            in_rule(view, &mut known, rule, described, findings);
        }
    }
}

/// What references may name.
struct Known<'a> {
    namespaces: Namespaces<'a>,
    /// The variables of the pipeline.
    declared: BTreeSet<&'a str>,
    /// What is missing and reported: everything else that reads it follows from the same mistake.
    reported: HashSet<String>,
}

/// References in a rule. Only the `Variable` of a VariableCheck is documented, so a fault elsewhere is not a certain
/// failure.
fn in_rule(view: &View<'_>, known: &mut Known<'_>, rule: &RuleView<'_>, described: bool, findings: &mut Vec<Finding>) {
    let reader = Referrer { name: format!("rule `{}`", rule.rule.name), moment: rule.moment, is_source: false };
    let place = rule.place.key("configuration");
    let configuration = rule.rule.configuration.iter().flatten();
    let values = configuration.map(|(key, value)| (place.key(key).value(), value, key == "Variable"));
    let place = rule.place.key("commands");
    let commands = rule.rule.commands.iter().flatten().enumerate();
    let commands = commands.map(|(index, command)| (place.index(index).value(), command, false));
    for (place, value, _) in values.chain(commands).filter(|(.., is_described)| *is_described == described) {
        let text = ScannedText { place, text: Cow::Borrowed(value), in_json: false, form: described };
        let mut found = Vec::new();
        judge(view, known, &reader, &text, &mut found);
        findings.extend(found.into_iter().map(|finding| {
            let refused = rules::find(finding.code).is_some_and(|rule| rule.effect == Consequence::Refused);
            let rule = match (described, refused) {
                // That a rule is looked at when the pipeline is saved is not documented.
                (true, true) => &rules::XA0516,
                (false, _) if finding.severity == Severity::Error => &rules::XA0515,
                _ => return finding,
            };
            let Finding { place, message, help, facts, .. } = finding;
            Finding { help, facts, ..Finding::of(rule, place, message) }
        }));
    }
}

/// The action or the rule that reads a reference.
struct Referrer {
    name: String,
    moment: Moment,
    is_source: bool,
}

/// A reference names a declared pipeline variable, or the output variable of an action that has certainly run.
fn judge(
    view: &View<'_>,
    known: &mut Known<'_>,
    reader: &Referrer,
    text: &ScannedText<'_>,
    findings: &mut Vec<Finding>,
) {
    let Known { namespaces, declared, reported } = known;
    let place = &text.place;
    let partly = view.context.is_open(place);
    if partly && !is_unknown(&text.text) {
        return;
    }
    // What is not known may end or go on with what looks like a reference.
    if !partly {
        near_misses(namespaces, declared, text, findings);
    }
    if !has_reference(&text.text) {
        return;
    }
    for reference in references(&text.text).filter(|reference| !is_unknown(reference.inner)) {
        let Some((namespace, key)) = reference.parts() else {
            not_a_reference(declared, reference.inner, text, findings);
            continue;
        };
        let reference = around(reference.inner);
        if [namespace, key].iter().any(|part| part.trim() != *part) {
            let message = format!("`{reference}`: a reference has no spaces");
            let help = format!("write `{}`", written(namespace.trim(), key.trim()));
            findings.push(Finding::of(&rules::XA0511, place.clone(), message).help(help));
            continue;
        }
        match namespace {
            EXECUTION => execution_variable(&reference, key, place, findings),
            VARIABLES if reader.is_source => {
                let message = format!("`{reference}`: pipeline variables can't be used in source actions");
                findings.push(Finding::of(&rules::XA0503, place.clone(), message).fact("subject", reference.as_str()));
            }
            VARIABLES if declared.contains(key) => {}
            VARIABLES if !reported.insert(format!("{VARIABLES}.{key}")) => {}
            VARIABLES => findings.push(undeclared(declared, &reference, key, place)),
            _ => match namespaces.by_name.get(namespace) {
                None if !reported.insert(namespace.to_owned()) => {}
                None => {
                    let message = format!("`{reference}`: no action has the namespace `{namespace}`");
                    let finding =
                        Finding::of(&rules::XA0505, place.clone(), message).fact("subject", reference.as_str());
                    let near = nearest(namespace, namespaces.sorted.iter().copied());
                    // `#{var.level}`, `#{env.level}`
                    let variable = declared.contains(key) && near.is_none();
                    findings.push(match near.or(variable.then_some(VARIABLES)) {
                        Some(name) => finding.help(format!("did you mean `{}`?", written(name, key))),
                        None => finding.help(namespaces.instead_of(view, namespace, key)),
                    });
                }
                Some(producer) if !producer.is_done_at(reader.moment) => {
                    let message =
                        format!("`{reference}`: action `{}` does not run before {}", producer.action.name, reader.name);
                    findings.push(Finding::of(&rules::XA0506, place.clone(), message).help(
                        "a variable can only be read in a later stage, or in the same stage with a higher run order",
                    ));
                }
                Some(producer) => {
                    output_variable(view, reported, producer, (&reference, key), place, findings);
                    let known = catalogue::find(&producer.action.action_type_id);
                    if known.is_some_and(|known| known.free_text.contains(&key))
                        && (text.in_json || is_json(&text.text))
                    {
                        let message =
                            format!("`{reference}`: a quote or a line break in the text breaks the JSON around it");
                        findings.push(
                            Finding::of(&rules::XA0512, place.clone(), message)
                                .help("pass an id (`CommitId`) and look up the text where it is needed"),
                        );
                    }
                }
            },
        }
    }
}

/// A reference to a pipeline variable that is not declared.
fn undeclared(declared: &BTreeSet<&str>, reference: &str, key: &str, place: &Place) -> Finding {
    let message = format!("`{reference}`: the pipeline declares no variable `{key}`");
    let finding = Finding::of(&rules::XA0504, place.clone(), message);
    match nearest(key, declared.iter().copied()) {
        Some(name) => finding.help(format!("did you mean `{}`?", written(VARIABLES, name))),
        None => {
            let mut names: Vec<&str> = declared.iter().copied().collect();
            names.sort_unstable();
            let others = match names.as_slice() {
                [] => String::new(),
                names => format!(", or use one that is declared: `{}`", names.join("`, `")),
            };
            finding.help(format!(
                "declare it: `\"variables\": [{{\"name\": \"{key}\"}}]` (`variables: {{ {key}: \"…\" }}` in `pipeline!`){others}"
            ))
        }
    }
}

/// True where a text is JSON once its references are replaced.
fn is_json(text: &str) -> bool {
    let value = serde_json::from_str(&replaced(text, |_| Some("x".to_owned())));
    matches!(value, Ok(serde_json::Value::Object(_) | serde_json::Value::Array(_)))
}

/// The reserved namespace has one documented variable.
fn execution_variable(reference: &str, key: &str, place: &Place, findings: &mut Vec<Finding>) {
    if key == EXECUTION_ID {
        return;
    }
    findings.push(match misspelt(key, [EXECUTION_ID]) {
        Some(_) => Finding::of(&rules::XA0509, place.clone(), format!("`{reference}`: there is no such variable"))
            .help(format!("did you mean `{}`?", written(EXECUTION, EXECUTION_ID))),
        None => {
            let message = format!("`{reference}`: the only documented variable of this namespace is `{EXECUTION_ID}`");
            Finding::of(&rules::XA0510, place.clone(), message)
        }
    });
}
