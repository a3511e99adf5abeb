//! Actions: their type, the keys of their provider, the invoke action.

use serde_json::Value;

use super::{ActionView, View};
use crate::catalogue::{self, ActionProvider, Format, Required};
use crate::finding::{Finding, nearest};
use crate::ids::{PipelineArn, VariableName};

const CATEGORIES: &[&str] = &["Source", "Build", "Deploy", "Test", "Invoke", "Approval", "Compute"];
const OWNERS: &[&str] = &["AWS", "ThirdParty", "Custom"];

pub(super) fn check(view: &View<'_>, findings: &mut Vec<Finding>) {
    for action in view.actions() {
        required_keys(view, action, findings);
    }
    check_written_keys(view, findings);
}

/// The rules about what is written, without those about what is missing.
pub(super) fn check_written_keys(view: &View<'_>, findings: &mut Vec<Finding>) {
    for action in view.actions() {
        type_id(action, findings);
        written_keys(view, action, findings);
        compute_members(action, findings);
        if action.action.action_type_id.is_pipeline_invoke() {
            pipeline_name(view, action, findings);
            invoke_variables(view, action, findings);
        }
    }
}

/// Category and owner are enumerations. Source: CodePipeline API Reference, `ActionTypeId`.
fn type_id(action: &ActionView<'_>, findings: &mut Vec<Finding>) {
    let id = &action.action.action_type_id;
    for (key, value, allowed) in [("category", &id.category, CATEGORIES), ("owner", &id.owner, OWNERS)] {
        if !allowed.contains(&value.as_str()) {
            let message = format!("`{value}` is no {key} of an action");
            let help = match nearest(value, allowed.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("one of `{}`", allowed.join("`, `")),
            };
            findings
                .push(Finding::error("XA0601", action.place.key("actionTypeId").key(key).value(), message).help(help));
        }
    }
}

/// How a key is written: its AWS name, and its name in `pipeline!`.
fn spelled(known: &ActionProvider, name: &str) -> String {
    match known.key(name) {
        Some(key) => format!("`{name}` (`{}:` in `pipeline!`)", key.dsl),
        None => format!("`{name}`"),
    }
}

/// The required keys of the provider are there. Source: the action's page in the CodePipeline User Guide.
fn required_keys(view: &View<'_>, action: &ActionView<'_>, findings: &mut Vec<Finding>) {
    let Some(known) = catalogue::find(&action.action.action_type_id) else { return };
    for key in known.known_keys().iter().filter(|k| k.required == Required::Always) {
        let written = action.action.configuration.as_ref().is_some_and(|c| c.contains_key(key.name));
        if !written && !view.context.is_open(&action.place.key("configuration").key(key.name).value()) {
            let message = format!("action `{}` lacks {}", action.action.name, spelled(known, key.name));
            findings.push(
                Finding::error("XA0602", action.place.clone(), message)
                    .help(format!("add `{}: \"…\"` ({})", key.dsl, key.doc)),
            );
        }
    }
    if known.compute && action.action.commands.as_ref().is_none_or(Vec::is_empty) {
        let message = format!("action `{}` has no commands", action.action.name);
        findings.push(Finding::error("XA0603", action.place.clone(), message).help("add `commands: [\"…\"]`"));
    }
}

/// Keys of a known provider are known, and their values are among those allowed.
fn written_keys(view: &View<'_>, action: &ActionView<'_>, findings: &mut Vec<Finding>) {
    let Some(known) = catalogue::find(&action.action.action_type_id) else { return };
    for (name, value) in action.action.configuration.iter().flatten() {
        let place = action.place.key("configuration").key(name);
        match known.key(name) {
            None if known.keys.is_none() || known.owner == "Custom" => {}
            None => {
                let message = format!("`{name}` is not a configuration key of {}", known.provider);
                // AWS adds keys; only what is a near miss of a known one is certainly wrong.
                findings.push(match nearest(name, known.known_keys().iter().map(|k| k.name)) {
                    Some(near) => {
                        Finding::error("XA0604", place, message).help(format!("did you mean {}?", spelled(known, near)))
                    }
                    None => Finding::warning("XA0605", place, format!("{message} that this version knows")),
                });
            }
            Some(key) => {
                let values = match key.format {
                    Format::OneOf(values) => values,
                    Format::Boolean => &["true", "false"],
                    _ => continue,
                };
                let place = place.value();
                let fixed = !value.contains("#{") && !view.context.is_open(&place);
                if fixed && !values.contains(&value.as_str()) {
                    let message = format!("`{name}` can't be `{value}`");
                    let help = match nearest(value, values.iter().copied()) {
                        Some(near) => format!("did you mean `{near}`?"),
                        None => format!("one of `{}`", values.join("`, `")),
                    };
                    findings.push(Finding::error("XA0606", place, message).help(help));
                }
            }
        }
    }
}

/// Commands, output variables and files of artifacts belong to compute actions.
/// Source: CodePipeline User Guide, "Commands action reference".
fn compute_members(action: &ActionView<'_>, findings: &mut Vec<Finding>) {
    let id = &action.action.action_type_id;
    if id.category == "Compute" {
        return;
    }
    let members = [
        ("commands", action.action.commands.as_ref().is_some_and(|c| !c.is_empty())),
        ("outputVariables", action.action.output_variables.as_ref().is_some_and(|v| !v.is_empty())),
    ];
    for (key, there) in members {
        if there {
            let message = format!("action `{}` is no compute action, so it can't have `{key}`", action.action.name);
            findings
                .push(Finding::error("XA0607", action.place.key(key), message).help("use a Commands action for it"));
        }
    }
    for (index, artifact) in action.action.output_artifacts.iter().flatten().enumerate() {
        if artifact.files.as_ref().is_some_and(|f| !f.is_empty()) {
            let message =
                format!("action `{}` is no compute action, so its artifacts can't have `files`", action.action.name);
            findings.push(Finding::error("XA0607", action.place.key("outputArtifacts").index(index), message));
        }
    }
}

/// `PipelineName` is the bare name of the target: an ARN is accepted by UpdatePipeline and fails when the action runs.
/// Source: CodePipeline User Guide, "CodePipeline invoke action reference", and a practitioner's report.
fn pipeline_name(view: &View<'_>, action: &ActionView<'_>, findings: &mut Vec<Finding>) {
    let Some(name) = action.action.configuration.as_ref().and_then(|c| c.get("PipelineName")) else { return };
    let place = action.place.key("configuration").key("PipelineName").value();
    if view.context.is_open(&place) || name.contains("#{") {
        return;
    }
    if let Ok(arn) = name.parse::<PipelineArn>() {
        let message = "`PipelineName` takes the bare name of the target pipeline, not its ARN: the action would fail when it runs";
        let help = format!(
            "write `{}`; its account comes from the role of the action, its Region from `region: \"{}\"`",
            arn.name(),
            arn.region()
        );
        findings.push(Finding::error("XA0701", place, message).help(help));
    } else if name.parse::<crate::ids::Name>().is_err() && !name.is_empty() {
        let message = format!("`{name}` is not the bare name of a pipeline");
        findings.push(Finding::error("XA0701", place, message));
    }
}

/// `Variables` is a JSON array of 1 to 50 `{"name", "value"}`, values of 1 to 1000 characters.
/// Source: CodePipeline User Guide, "CodePipeline invoke action reference"; API Reference, `StartPipelineExecution`.
fn invoke_variables(view: &View<'_>, action: &ActionView<'_>, findings: &mut Vec<Finding>) {
    let Some(text) = action.action.configuration.as_ref().and_then(|c| c.get("Variables")) else { return };
    let place = action.place.key("configuration").key("Variables").value();
    if view.context.is_open(&place) || text.is_empty() {
        return;
    }
    let form = r#"write `[{"name":"…","value":"…"}]`"#;
    let Ok(value) = serde_json::from_str::<Value>(text) else {
        // A reference may stand for a part of the JSON.
        if !text.contains("#{") {
            let message = "`Variables` is not the text of a JSON array";
            findings.push(Finding::error("XA0702", place, message).help(form));
        }
        return;
    };
    let Some(entries) = value.as_array() else {
        findings.push(Finding::error("XA0702", place, "`Variables` is not the text of a JSON array").help(form));
        return;
    };
    if !(1..=50).contains(&entries.len()) {
        let message = format!("an invoke action passes 1 to 50 variables, this one passes {}", entries.len());
        findings
            .push(Finding::error("XA0703", place.clone(), message).help("leave `Variables` out where there are none"));
    }
    for entry in entries {
        let (name, value) = (entry.get("name").and_then(Value::as_str), entry.get("value").and_then(Value::as_str));
        let (Some(name), Some(value)) = (name, value) else {
            let message = format!("`{entry}` in `Variables` is not of the form `{{\"name\", \"value\"}}`");
            findings.push(Finding::error("XA0702", place.clone(), message).help(form));
            continue;
        };
        let place = action.place.key("configuration").key("Variables").key(name);
        if let Err(error) = name.parse::<VariableName>() {
            findings.push(Finding::error("XA0704", place.clone(), error.to_string()));
        }
        let place = place.value();
        let length = value.chars().count();
        if !(1..=1000).contains(&length) && !value.contains("#{") && !view.context.is_open(&place) {
            let message = format!("the value of variable `{name}` has {length} characters; 1 to 1000 are allowed");
            findings.push(Finding::error("XA0705", place, message));
        }
    }
}
