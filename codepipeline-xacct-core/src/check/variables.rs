//! Namespaces and `#{…}` references. Source: CodePipeline User Guide, "Variables reference".

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::{ActionView, View};
use crate::catalogue::{self, OutputVariables};
use crate::declaration::ActionDeclaration;
use crate::finding::{Finding, Place, nearest};

pub(super) fn check(view: &View<'_>, findings: &mut Vec<Finding>) {
    let namespaces = namespaces(view, findings);
    for action in view.actions() {
        for (place, text) in texts(action) {
            if !view.context.is_open(&place) {
                references(view, &namespaces, action, &place, &text, findings);
            }
        }
    }
}

/// The texts of an action in which references may stand: configuration values, commands, environment variables. The
/// variables of an invoke action have places of their own.
fn texts<'a>(action: &ActionView<'a>) -> Vec<(Place, Cow<'a, str>)> {
    let mut texts = Vec::new();
    for (key, value) in action.action.configuration.iter().flatten() {
        let place = action.place.key("configuration").key(key);
        match passed_variables(action.action) {
            Some(passed) if key == "Variables" => {
                texts.extend(passed.into_iter().map(|(name, value)| (place.key(&name).value(), Cow::Owned(value))));
            }
            _ => texts.push((place.value(), Cow::Borrowed(value.as_str()))),
        }
    }
    for (index, command) in action.action.commands.iter().flatten().enumerate() {
        texts.push((action.place.key("commands").index(index).value(), Cow::Borrowed(command.as_str())));
    }
    for (index, variable) in action.action.environment_variables.iter().flatten().enumerate() {
        let place = action.place.key("environmentVariables").index(index).value();
        texts.push((place, Cow::Borrowed(variable.value.as_str())));
    }
    texts
}

/// Name and value of the variables that an invoke action passes, where they are written as the service wants them.
fn passed_variables(action: &ActionDeclaration) -> Option<Vec<(String, String)>> {
    #[derive(serde::Deserialize)]
    struct Passed {
        name: String,
        value: String,
    }
    let text =
        action.configuration.as_ref()?.get("Variables").filter(|_| action.action_type_id.is_pipeline_invoke())?;
    let passed: Vec<Passed> = serde_json::from_str(text).ok()?;
    Some(passed.into_iter().map(|p| (p.name, p.value)).collect())
}

/// Namespaces are unique, not reserved, and no artifact has the same name.
fn namespaces<'a>(view: &'a View<'a>, findings: &mut Vec<Finding>) -> HashMap<&'a str, &'a ActionView<'a>> {
    let mut namespaces: HashMap<&str, &ActionView<'_>> = HashMap::new();
    let artifacts: HashSet<&str> =
        view.actions().flat_map(|a| a.action.output_artifacts.iter().flatten()).map(|a| a.name.as_str()).collect();
    for action in view.actions() {
        let Some(namespace) = &action.action.namespace else { continue };
        let place = action.place.key("namespace").value();
        if matches!(namespace.as_str(), "variables" | "codepipeline") {
            let message = format!("namespace `{namespace}` is reserved");
            findings.push(Finding::error("XA0501", place, message).help("choose another name"));
        } else if artifacts.contains(namespace.as_str()) {
            let message = format!("namespace `{namespace}` is the name of an artifact too");
            findings.push(Finding::error("XA0508", place, message).help("choose another name"));
            namespaces.insert(namespace, action);
        } else if let Some(first) = namespaces.get(namespace.as_str()) {
            let message = format!("namespace `{namespace}` is used by action `{}` already", first.action.name);
            findings.push(Finding::error("XA0502", place, message).help("namespaces are unique in the pipeline"));
        } else {
            namespaces.insert(namespace, action);
        }
    }
    namespaces
}

/// The `namespace.key` of every `#{…}` in a text.
pub(crate) fn references_in(text: &str) -> impl Iterator<Item = (&str, Option<&str>)> {
    text.split("#{").skip(1).filter_map(|rest| {
        let (inner, _) = rest.split_once('}')?;
        Some(match inner.split_once('.') {
            Some((namespace, key)) => (namespace, Some(key)),
            None => (inner, None),
        })
    })
}

/// A reference names a declared pipeline variable, or the output variable of an action that has certainly run.
fn references(
    view: &View<'_>,
    namespaces: &HashMap<&str, &ActionView<'_>>,
    action: &ActionView<'_>,
    place: &Place,
    text: &str,
    findings: &mut Vec<Finding>,
) {
    for (namespace, key) in references_in(text) {
        let Some(key) = key else { continue };
        let reference = format!("#{{{namespace}.{key}}}");
        match namespace {
            "codepipeline" => {}
            "variables" if action.is_source() => {
                let message = format!("`{reference}`: pipeline variables can't be used in source actions");
                findings.push(Finding::error("XA0503", place.clone(), message));
            }
            "variables" => {
                let declared = view.declaration.variables.as_deref().unwrap_or_default();
                if !declared.iter().any(|v| v.name == key) {
                    let message = format!("`{reference}`: the pipeline declares no variable `{key}`");
                    let finding = Finding::error("XA0504", place.clone(), message);
                    findings.push(match nearest(key, declared.iter().map(|v| v.name.as_str())) {
                        Some(name) => finding.help(format!("did you mean `#{{variables.{name}}}`?")),
                        None => finding.help(format!("declare it: `variables: {{ {key}: \"…\" }}`")),
                    });
                }
            }
            _ => match namespaces.get(namespace) {
                None => {
                    let message = format!("`{reference}`: no action has the namespace `{namespace}`");
                    let finding = Finding::error("XA0505", place.clone(), message);
                    let mut known: Vec<_> = namespaces.keys().copied().collect();
                    known.sort_unstable();
                    findings.push(match nearest(namespace, known) {
                        Some(name) => finding.help(format!("did you mean `#{{{name}.{key}}}`?")),
                        None => finding.help("give the action that makes the variable a `namespace`"),
                    });
                }
                Some(producer) if !producer.runs_before(action) => {
                    let message = format!(
                        "`{reference}`: action `{}` does not run before action `{}`",
                        producer.action.name, action.action.name
                    );
                    findings.push(Finding::error("XA0506", place.clone(), message).help(
                        "a variable can only be read in a later stage, or in the same stage with a higher run order",
                    ));
                }
                Some(producer) => {
                    let known = catalogue::find(&producer.action.action_type_id).map(|a| a.output_variables);
                    if let Some(OutputVariables::Fixed(variables)) = known
                        && !variables.contains(&key)
                    {
                        let message = format!(
                            "`{reference}`: a {} action has no documented output variable `{key}`",
                            producer.action.action_type_id.provider
                        );
                        // Pages have lagged behind the service, so this is no certain failure.
                        findings.push(
                            Finding::warning("XA0507", place.clone(), message)
                                .help(format!("its variables are `{}`", variables.join("`, `"))),
                        );
                    }
                }
            },
        }
    }
}
