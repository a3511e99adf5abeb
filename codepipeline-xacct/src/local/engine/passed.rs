//! What a start passes to an execution: read alike from a request and from the configuration of an invoke action.
//!
//! Source: CodePipeline API Reference, "StartPipelineExecution"; User Guide, "CodePipeline invoke action reference".

use indexmap::IndexMap;
use serde_json::{Value, json};

use crate::core::check::REVISION_TYPES;
use crate::local::execution::SourceRevision;
use crate::local::input::{bounded, list, need, one_of};
use crate::local::refusal::{Refusal, validation};

/// The variables in `variables` of an input.
pub(crate) fn variables(input: &Value) -> Result<IndexMap<String, String>, Refusal> {
    let mut variables = IndexMap::new();
    for variable in list(input, "variables", 1, 50)? {
        let name = bounded(need(variable, "name")?, "variables.member.name", 1, 128)?;
        let value = bounded(need(variable, "value")?, "variables.member.value", 1, 1000)?;
        variables.insert(name.to_owned(), value.to_owned());
    }
    Ok(variables)
}

/// The source revisions in `sourceRevisions` of an input.
pub(crate) fn revisions(input: &Value) -> Result<Vec<SourceRevision>, Refusal> {
    let mut revisions = Vec::new();
    for revision in list(input, "sourceRevisions", 0, 50)? {
        let kind = one_of(need(revision, "revisionType")?, "sourceRevisions.member.revisionType", REVISION_TYPES)?;
        let value = bounded(need(revision, "revisionValue")?, "sourceRevisions.member.revisionValue", 1, 1500)?;
        let action = need(revision, "actionName")?.to_owned();
        revisions.push(SourceRevision { action, kind: kind.to_owned(), value: value.to_owned() });
    }
    Ok(revisions)
}

/// The text of a JSON array in a key of an action, as the input of a start. AWS's own words for another text are not documented.
pub(super) fn input(key: &str, text: &str, member: &str) -> Result<Value, Refusal> {
    match serde_json::from_str(text) {
        Ok(entries @ Value::Array(_)) => Ok(json!({ member: entries })),
        _ => Err(validation(format!("{key} is not a JSON array: {text}"))),
    }
}
