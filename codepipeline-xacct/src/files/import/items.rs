//! Pipelines, roles, and pipelines that are only started, as they become items.

use std::collections::HashSet;

use codepipeline_xacct_syntax::print;
use indexmap::{IndexMap, IndexSet};
use serde_json::Value;

use super::named_in_stages::actions;
use super::note::Note;
use crate::core::check::unknown::is_unknown;
use crate::core::finding::Place;
use crate::core::ids::PipelineArn;
use crate::files::source_file::SourceFile;

/// A pipeline that was read, whose ARN is known.
pub(super) struct GivenPipeline<'a> {
    /// Its position among what was read.
    pub(super) index: usize,
    pub(super) source: &'a SourceFile,
    pub(super) arn: PipelineArn,
}

/// What is known of a role.
#[derive(Default)]
pub(super) struct KnownRole {
    pub(super) trust: Option<Value>,
    pub(super) policies: Option<Vec<Value>>,
    pub(super) boundary: Option<Value>,
    /// Whether it is known to have policies or a boundary whose text is not given.
    pub(super) incomplete: bool,
    /// `file:line:column`, if a file has it.
    pub(super) at: Option<String>,
}

impl KnownRole {
    /// That something in it is not imported.
    pub(super) fn lost(&self, place: &Place, message: &str) -> Note {
        match &self.at {
            Some(at) => Note::lost(at.clone(), format!("{place}: {message}")),
            None => Note::lost(place.to_string(), message),
        }
    }
}

/// A variable, with its default; one without is required.
pub(super) type TargetVariable = (String, Option<String>);

/// The default of a variable that has one, as not every start passes it, where only the pipeline itself could tell which.
const SOME_DEFAULT: &str = "unknown";

/// The pipelines that are started and not among the files, with the variables that they are passed. A variable is required where every
/// start passes it.
pub(super) fn externs(pipelines: &[GivenPipeline<'_>]) -> IndexMap<PipelineArn, Vec<TargetVariable>> {
    let mut passed: IndexMap<PipelineArn, Vec<Vec<String>>> = IndexMap::new();
    let known: HashSet<&PipelineArn> = pipelines.iter().map(|pipeline| &pipeline.arn).collect();
    for pipeline in pipelines {
        for action in actions(pipeline.source.declaration()) {
            let Some(target) = print::started(action, &pipeline.arn) else { continue };
            if !known.contains(&target) {
                let names = print::passed_variables(action).unwrap_or_default();
                passed.entry(target).or_default().push(names.into_iter().map(|(name, _)| name).collect());
            }
        }
    }
    let with_defaults = |starts: Vec<Vec<String>>| {
        let names: IndexSet<&String> = starts.iter().flatten().collect();
        let default = |name| (!starts.iter().all(|start| start.contains(name))).then(|| SOME_DEFAULT.to_owned());
        names.into_iter().map(|name| (name.clone(), default(name))).collect()
    };
    passed.into_iter().map(|(arn, starts)| (arn, with_defaults(starts))).collect()
}

/// The variables that a pipeline declares.
pub(super) fn declared_variables(declaration: &Value) -> Vec<TargetVariable> {
    let variables = declaration.get("variables").and_then(Value::as_array).into_iter().flatten();
    let text = |variable: &Value, name: &str| variable.get(name)?.as_str().map(str::to_owned);
    let default = |variable: &Value| {
        let default = text(variable, "defaultValue")?;
        Some(if is_unknown(&default) { SOME_DEFAULT.to_owned() } else { default })
    };
    variables.filter_map(|variable| Some((text(variable, "name")?, default(variable)))).collect()
}
