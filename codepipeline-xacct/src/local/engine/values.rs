//! The values of an action: its configuration, its output variables.

use std::collections::BTreeMap;

use indexmap::IndexMap;

use crate::core::catalogue::{self, OutputVariables};
use crate::core::declaration::ActionDeclaration;
use crate::core::declaration::references::{EXECUTION, EXECUTION_ID, VARIABLES, replaced};
use crate::local::execution::{SourceRevision, StoredExecution};
use crate::local::refusal::Refusal;

/// The most bytes of the configuration of an action with its references replaced. Source: CodePipeline User Guide, "Quotas".
const RESOLVED: usize = 100 * 1024;

/// A text with its `#{…}` references replaced; `None` where one has no value.
pub(super) fn resolved(execution: &StoredExecution, text: &str) -> Option<String> {
    let value = |namespace: &str, key: &str| -> Option<String> {
        match namespace {
            VARIABLES => execution.variables.get(key).cloned(),
            EXECUTION => (key == EXECUTION_ID).then(|| execution.id.clone()),
            _ => {
                let namespace = execution.namespaces.get(namespace)?;
                namespace.values.get(key).cloned().or_else(|| namespace.is_open.then(|| placeholder(key)))
            }
        }
    };
    let mut complete = true;
    let text = replaced(text, |reference| {
        let (namespace, key) = reference.parts()?;
        let value = value(namespace, key);
        complete &= value.is_some();
        value
    });
    complete.then_some(text)
}

fn placeholder(name: &str) -> String {
    format!("local-{name}")
}

/// The configuration of an action or a rule with its references replaced, after a look at the other texts that may have some.
/// AWS's own words for one that is too large are not documented.
pub(super) fn resolve<'t>(
    execution: &StoredExecution,
    name: &str,
    configuration: Option<&IndexMap<String, String>>,
    others: impl IntoIterator<Item = &'t String>,
) -> Result<BTreeMap<String, String>, Refusal> {
    let of = |text: &String| {
        resolved(execution, text).ok_or_else(|| {
            let message = format!(
                "An action in this pipeline failed because one or more variables could not be resolved: Action name={name}."
            );
            Refusal::new("ConfigurationError", message)
        })
    };
    others.into_iter().try_for_each(|text| of(text).map(drop))?;
    let configuration = configuration.into_iter().flatten();
    let resolved: BTreeMap<String, String> =
        configuration.map(|(key, text)| Ok((key.clone(), of(text)?))).collect::<Result<_, Refusal>>()?;
    let size: usize = resolved.iter().map(|(key, text)| key.len() + text.len()).sum();
    if size > RESOLVED {
        let message =
            format!("The resolved configuration of action {name} has {size} bytes; at most {RESOLVED} are allowed.");
        return Err(Refusal::new("ConfigurationError", message));
    }
    Ok(resolved)
}

/// The output variable that holds the revision of a source, by the type of the revision.
/// Source: CodePipeline User Guide, "Variables reference" and "Start a pipeline with a source revision override".
const REVISION_VARIABLES: &[(&str, &str)] = &[
    ("COMMIT_ID", "CommitId"),
    ("IMAGE_DIGEST", "ImageDigest"),
    ("S3_OBJECT_VERSION_ID", "VersionId"),
    ("S3_OBJECT_KEY", "ObjectKey"),
];

/// The output variables that an action has if nothing else is configured: a value from its configuration or from an override, or a text
/// with the name of the variable.
pub(super) fn outputs(
    action: &ActionDeclaration,
    configuration: &BTreeMap<String, String>,
    overrides: &[SourceRevision],
) -> BTreeMap<String, String> {
    let known = catalogue::find(&action.action_type_id).map(|known| known.output_variables);
    let fixed: Vec<&str> = match known {
        Some(OutputVariables::Fixed(variables)) => variables.to_vec(),
        _ => action.output_variables.iter().flatten().map(String::as_str).collect(),
    };
    let value = |name: &str| {
        let mut asked = overrides.iter().filter(|revision| revision.action == action.name);
        let asked = asked.rfind(|revision| REVISION_VARIABLES.contains(&(revision.kind.as_str(), name)));
        let asked = asked.map(|revision| revision.value.clone());
        asked.or_else(|| configuration.get(name).cloned()).unwrap_or_else(|| placeholder(name))
    };
    fixed.into_iter().map(|name| (name.to_owned(), value(name))).collect()
}

/// Whether an action may have other output variables than those that are known.
pub(super) fn has_others(action: &ActionDeclaration) -> bool {
    let known = catalogue::find(&action.action_type_id).map(|known| known.output_variables);
    !matches!(known, Some(OutputVariables::Fixed(_))) && !action.action_type_id.is_pipeline_invoke()
}

/// The revision among the output variables of a source.
pub(super) fn revision(variables: &BTreeMap<String, String>) -> Option<&String> {
    REVISION_VARIABLES.iter().find_map(|(_, name)| variables.get(*name))
}
