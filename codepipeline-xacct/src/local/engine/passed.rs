//! Variables and revisions that a start passes to an execution: read alike from a request and from the configuration of an invoke action.
//!
//! Source: CodePipeline API Reference, "StartPipelineExecution"; User Guide, "CodePipeline invoke action reference".

use indexmap::IndexMap;
use serde_json::{Value, json};

use crate::core::declaration::invoke::REVISION_TYPES;
use crate::local::execution::SourceRevision;
use crate::local::input::{bounded, list, missing, one_of, text};
use crate::local::refusal::{Refusal, validation};

/// The variables in `variables` of an input.
pub(crate) fn variables(input: &Value) -> Result<IndexMap<String, String>, Refusal> {
    let mut variables = IndexMap::new();
    for (index, variable) in list(input, "variables", 1, 50)?.iter().enumerate() {
        let member = |key: &'static str| entry(variable, "variables", index, key);
        let name = bounded(member("name")?, &path("variables", index, "name"), 1, 128)?;
        let value = bounded(member("value")?, &path("variables", index, "value"), 1, 1000)?;
        variables.insert(name.to_owned(), value.to_owned());
    }
    Ok(variables)
}

/// The source revisions in `sourceRevisions` of an input.
pub(crate) fn revisions(input: &Value) -> Result<Vec<SourceRevision>, Refusal> {
    let mut revisions = Vec::new();
    for (index, revision) in list(input, "sourceRevisions", 0, 50)?.iter().enumerate() {
        let member = |key: &'static str| entry(revision, "sourceRevisions", index, key);
        let kind = one_of(member("revisionType")?, &path("sourceRevisions", index, "revisionType"), REVISION_TYPES)?;
        let value = bounded(member("revisionValue")?, &path("sourceRevisions", index, "revisionValue"), 1, 1500)?;
        let action = member("actionName")?.to_owned();
        revisions.push(SourceRevision { action, kind: kind.to_owned(), value: value.to_owned() });
    }
    Ok(revisions)
}

/// The path of a member of an entry of a list, as constraints name it.
fn path(list: &str, index: usize, member: &str) -> String {
    format!("{list}.{}.member.{member}", index + 1)
}

/// A text of an entry of a list that has to be there.
fn entry<'v>(value: &'v Value, list: &str, index: usize, member: &str) -> Result<&'v str, Refusal> {
    text(value, member).ok_or_else(|| missing(&path(list, index, member)))
}

/// The text of a JSON array in a key of an action, as the input of a start. AWS's own words for another text are not documented.
pub(super) fn input(key: &str, text: &str, member: &str) -> Result<Value, Refusal> {
    match serde_json::from_str(text) {
        Ok(entries @ Value::Array(_)) => Ok(json!({ member: entries })),
        _ => Err(validation(format!("{key} is not a JSON array: {text}"))),
    }
}
