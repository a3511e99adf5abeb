//! The action that starts a pipeline: the name of the target, its variables, its source revisions.
//! Source: CodePipeline User Guide, "CodePipeline invoke action reference"; API Reference, `StartPipelineExecution`.

use std::collections::HashSet;

use serde_json::Value;

use super::partly_known::replaced;
use super::symbol::{is_unknown, shown};
use super::view::{ActionView, View};
use crate::catalogue;
use crate::declaration::ActionDeclaration;
use crate::declaration::invoke::{
    self, PassedRevision, PassedVariable, REVISION_TYPES, REVISIONS_KEY, TARGET_KEY, VARIABLES_KEY, text,
};
use crate::declaration::references::has_reference;
use crate::finding::{Finding, Place};
use crate::ids::{Name, PipelineArn, VariableName, split_arn};
use crate::rules;
use crate::sentences::{ARN_AS_NAME, bare_name_and_region_help, bare_name_help};
use crate::suggest::nearest;

/// The types of revisions that a source provider has, where that is known.
pub fn revision_types(provider: &str) -> Option<&'static [&'static str]> {
    let mut known = catalogue::by_name(provider, true).map(|source| source.revisions);
    known.find(|revisions| !revisions.is_empty())
}

pub(super) fn check(view: &View<'_>, findings: &mut Vec<Finding>) {
    for action in view.actions().filter(|a| a.action.action_type_id.is_pipeline_invoke()) {
        pipeline_name(view, action, findings);
        variables(view, action, findings);
        source_revisions(view, action, findings);
    }
}

/// The variables that an invoke action passes, if they are written as the service expects them.
pub(crate) fn passed_variables(action: &ActionDeclaration) -> Option<Vec<PassedVariable>> {
    invoke::variables(invoke::text(action, VARIABLES_KEY)?)
}

/// The same where an action may have no such key, and passes none then.
#[cfg(feature = "topology")]
pub(crate) fn passed_variables_or_none(action: &ActionDeclaration) -> Option<Vec<PassedVariable>> {
    let is_written = action.configuration.as_ref().is_some_and(|c| c.contains_key(VARIABLES_KEY));
    passed_variables(action).or_else(|| (!is_written).then(Vec::new))
}

/// The source revisions that an invoke action passes, if they are written as the service expects them.
#[cfg(feature = "topology")]
pub(crate) fn passed_revisions(action: &ActionDeclaration) -> Option<Vec<PassedRevision>> {
    invoke::revisions(invoke::text(action, REVISIONS_KEY)?)
}

/// Members that an entry can't have.
fn unknown_members(entry: &Value, known: &[&str], place: &Place, findings: &mut Vec<Finding>) {
    for member in entry.as_object().into_iter().flatten().map(|(member, _)| member) {
        if !known.contains(&member.as_str()) {
            let message = format!("an entry has no member `{member}`");
            findings.push(
                Finding::of(&rules::XA0719, place.clone(), message)
                    .help(format!("its members are `{}`", known.join("`, `"))),
            );
        }
    }
}

/// `PipelineName` is the bare name of the target: an ARN is accepted by UpdatePipeline and fails when the action runs.
/// Source: also a practitioner's report.
fn pipeline_name(view: &View<'_>, action: &ActionView<'_>, findings: &mut Vec<Finding>) {
    let Some(name) = text(action.action, TARGET_KEY) else { return };
    let place = action.key_place(TARGET_KEY).value();
    let partly = is_unknown(name);
    let open = view.context.is_open(&place);
    // The beginning of an ARN suffices: no name has a colon.
    let is_arn = name.starts_with("arn:") && (!open || partly);
    if !is_arn && (open || partly || has_reference(name)) {
        return;
    }
    if partly {
        findings.push(partly_known_arn(name, place));
    } else if let Ok(arn) = name.parse::<PipelineArn>() {
        findings.push(Finding::of(&rules::XA0701, place, ARN_AS_NAME).help(bare_name_help(&arn)));
    } else if name.parse::<Name>().is_err() && !name.is_empty() {
        let message = format!("`{name}` is not the bare name of a pipeline");
        findings.push(Finding::of(&rules::XA0701, place, message));
    }
}

/// An ARN as `PipelineName` of which not all is known.
fn partly_known_arn(text: &str, place: Place) -> Finding {
    let Some(arn) = split_arn(text).filter(|arn| arn.service == "codepipeline") else {
        let message = format!("`{}` is not the bare name of a pipeline", shown(text));
        return Finding::of(&rules::XA0701, place, message);
    };
    let region = if is_unknown(arn.region) { "…".to_owned() } else { format!("\"{}\"", arn.region) };
    let name = arn.resource;
    let name = if is_unknown(name) { "the name alone".to_owned() } else { format!("`{name}`") };
    let help = bare_name_and_region_help(&name, &region);
    Finding::of(&rules::XA0701, place, ARN_AS_NAME).help(help)
}

/// The entries of a key that holds a JSON array; `None` if it is not known yet, or wrong and reported.
fn entries(
    view: &View<'_>,
    action: &ActionView<'_>,
    key: &str,
    rule: &'static rules::Rule,
    form: &str,
    findings: &mut Vec<Finding>,
) -> Option<Vec<Value>> {
    let place = action.key_place(key).value();
    let text = text(action.action, key).filter(|text| !text.is_empty() && !view.context.is_open(&place))?;
    match serde_json::from_str(text) {
        Ok(Value::Array(entries)) => return Some(entries),
        // A reference may be part of the JSON.
        Err(_) if has_reference(text) && !parses_without_references(text) => return None,
        _ => {}
    }
    let message = format!("`{key}` is not the text of a JSON array");
    findings.push(Finding::of(rule, place, message).help(form));
    None
}

/// True if the fault in the JSON can't be due to a reference: with something else in its place it is not JSON either.
fn parses_without_references(text: &str) -> bool {
    // Inside a string the reference becomes a letter, outside it a number, a list or the like.
    ["1", "[]", "{}", "\"x\"", "", ",1"].iter().all(|by| serde_json::from_str::<Value>(&replaced(text, by)).is_err())
}

/// `Variables` is a JSON array of 1 to 50 `{"name", "value"}`, values of 1 to 1000 characters.
fn variables(view: &View<'_>, action: &ActionView<'_>, findings: &mut Vec<Finding>) {
    let form = r#"write `[{"name":"…","value":"…"}]`"#;
    let Some(entries) = entries(view, action, VARIABLES_KEY, &rules::XA0702, form, findings) else { return };
    let place = action.key_place(VARIABLES_KEY).value();
    if !(1..=50).contains(&entries.len()) {
        let message = format!("an invoke action passes 1 to 50 variables, this one passes {}", entries.len());
        findings.push(
            Finding::of(&rules::XA0703, place.clone(), message).help("leave `Variables` out where there are none"),
        );
    }
    let mut seen = HashSet::new();
    for entry in entries {
        let Some(PassedVariable { name, value }) = PassedVariable::read(&entry) else {
            let message = format!("`{entry}` in `Variables` is not of the form `{{\"name\", \"value\"}}`");
            findings.push(Finding::of(&rules::XA0702, place.clone(), message).help(form));
            continue;
        };
        unknown_members(&entry, &["name", "value"], &place, findings);
        let place = action.key_place(VARIABLES_KEY).key(&name);
        if let Err(error) = name.parse::<VariableName>()
            && !has_reference(&name)
        {
            findings.push(Finding::of(&rules::XA0704, place.clone(), error.to_string()));
        }
        let length = value.chars().count();
        if !(1..=1000).contains(&length) && !has_reference(&value) && !view.context.is_open(&place.value()) {
            let message = format!("the value of variable `{name}` has {length} characters; 1 to 1000 are allowed");
            findings.push(Finding::of(&rules::XA0705, place.value(), message));
        }
        if value.contains(['\n', '\r']) {
            let message = format!("the value of variable `{name}` has a line break, which the service may refuse");
            findings.push(Finding::of(&rules::XA0228, place.value(), message).help("pass it in one line"));
        }
        if !seen.insert(name.clone()) {
            let message = format!("variable `{name}` is passed twice");
            findings.push(Finding::of(&rules::XA0709, place, message).help("pass it once"));
        }
    }
}

/// `SourceRevisions` is a JSON array of at most 50 `{"actionName", "revisionType", "revisionValue"}`, values of 1 to
/// 1500 characters.
fn source_revisions(view: &View<'_>, action: &ActionView<'_>, findings: &mut Vec<Finding>) {
    let form = r#"write `[{"actionName":"…","revisionType":"COMMIT_ID","revisionValue":"…"}]`"#;
    let Some(entries) = entries(view, action, REVISIONS_KEY, &rules::XA0706, form, findings) else { return };
    let place = action.key_place(REVISIONS_KEY).value();
    if entries.len() > 50 {
        let message = format!("an invoke action passes at most 50 source revisions, this one passes {}", entries.len());
        findings.push(Finding::of(&rules::XA0707, place.clone(), message));
    }
    let mut seen = HashSet::new();
    for entry in entries {
        let Some(PassedRevision { action_name, revision_type, revision_value }) = PassedRevision::read(&entry) else {
            let message = format!(
                "`{entry}` in `SourceRevisions` is not of the form `{{\"actionName\", \"revisionType\", \"revisionValue\"}}`"
            );
            findings.push(Finding::of(&rules::XA0706, place.clone(), message).help(form));
            continue;
        };
        unknown_members(&entry, &["actionName", "revisionType", "revisionValue"], &place, findings);
        let place = action.key_place(REVISIONS_KEY).key(&action_name);
        if !REVISION_TYPES.contains(&revision_type.as_str()) && !has_reference(&revision_type) {
            let finding = Finding::of(
                &rules::XA0708,
                place.key("revisionType").value(),
                format!("`{revision_type}` is not a type of revision"),
            );
            findings.push(match nearest(&revision_type, REVISION_TYPES.iter().copied()) {
                Some(near) => finding.help(format!("did you mean `{near}`?")),
                None => finding.help(format!("one of `{}`", REVISION_TYPES.join("`, `"))),
            });
        }
        if let Err(error) = action_name.parse::<Name>()
            && !has_reference(&action_name)
        {
            findings.push(Finding::of(&rules::XA0718, place.clone(), error.to_string()));
        }
        let length = revision_value.chars().count();
        if !(1..=1500).contains(&length) && !has_reference(&revision_value) && !view.context.is_open(&place.value()) {
            let message =
                format!("the revision of action `{action_name}` has {length} characters; 1 to 1500 are allowed");
            findings.push(Finding::of(&rules::XA0707, place.value(), message));
        }
        if !seen.insert((action_name.clone(), revision_type.clone())) {
            let message = format!("`{revision_type}` of action `{action_name}` is passed twice");
            findings.push(Finding::of(&rules::XA0710, place.clone(), message).help("pass it once"));
        }
    }
}
