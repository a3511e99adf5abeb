//! The effect of a step, in words: in short a line for each thing that is added, removed or changed, and in full.

use std::fmt::Write as _;

use indexmap::IndexMap;
use serde_json::Value;

use super::write::Write;
use crate::declaration::PipelineDeclaration;
use crate::plan::ownership::applied_tag::is_noted;
use crate::plan::pipelines::diff::Change;
use crate::plan::pipelines::leaves::stage_path;
use crate::policy::Document;
use crate::policy::description::{statements, with_verb};
use crate::topology::Wait;

/// How long a value is shown.
const WIDTH: usize = 100;

/// The effect of a write, in short.
pub(in crate::plan) fn effect(write: &Write) -> Vec<String> {
    match write {
        Write::CreateRole { trust, .. } => statements("trusts", trust),
        Write::UpdateTrust { before, after, .. } => documents("trusts", before, after),
        Write::PutRolePolicy { before: None, after, .. } => statements("may", after),
        Write::PutRolePolicy { before: Some(before), after, .. } => documents("may", before, after),
        Write::DeleteRolePolicy { before, .. } => statements("may", before),
        write if write.is_note() => vec!["what was applied".to_owned()],
        Write::TagRole { tags, .. }
        | Write::UntagRole { tags, .. }
        | Write::TagPipeline { tags, .. }
        | Write::UntagPipeline { tags, .. } => lines(tags),
        Write::CreatePipeline { declaration, .. } => {
            let waits = declaration.actions().filter_map(|action| Some((&action.name, Wait::of(action)?)));
            let waits = waits.map(|(action, wait)| format!("action {action} {wait}"));
            [stages(declaration)].into_iter().chain(waits).collect()
        }
        Write::UpdatePipeline { changes, declaration, .. } => {
            changes.iter().map(|of| change(of, declaration)).collect()
        }
        Write::DeleteRole { .. } | Write::DeletePipeline { .. } => Vec::new(),
    }
}

/// What is written, in full.
pub(in crate::plan) fn details(write: &Write) -> String {
    let mut text = String::new();
    // Writing to a string can't fail.
    let _ = match write {
        Write::CreateRole { trust, tags, .. } => {
            write!(text, "trust policy {}\ntags {}", pretty(trust), joined(tags))
        }
        Write::UpdateTrust { before, after, .. } => write!(text, "- {}\n+ {}", pretty(before), pretty(after)),
        Write::TagRole { tags, .. }
        | Write::UntagRole { tags, .. }
        | Write::TagPipeline { tags, .. }
        | Write::UntagPipeline { tags, .. } => tags.iter().try_for_each(|(key, value)| writeln!(text, "{key}={value}")),
        Write::PutRolePolicy { before: None, after, .. } => write!(text, "{}", pretty(after)),
        Write::PutRolePolicy { before: Some(before), after, .. } => {
            write!(text, "- {}\n+ {}", pretty(before), pretty(after))
        }
        Write::CreatePipeline { declaration, .. } => {
            write!(text, "{}", serde_json::to_string_pretty(declaration).unwrap_or_default())
        }
        Write::UpdatePipeline { changes, .. } => changes.iter().try_for_each(|c| writeln!(text, "{}", c)),
        Write::DeleteRolePolicy { .. } | Write::DeleteRole { .. } | Write::DeletePipeline { .. } => Ok(()),
    };
    text
}

fn joined(tags: &IndexMap<String, String>) -> String {
    tags.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join(", ")
}

fn pretty(document: &Document) -> String {
    serde_json::to_string_pretty(document).unwrap_or_default()
}

fn lines(tags: &IndexMap<String, String>) -> Vec<String> {
    tags.iter().filter(|(key, _)| !is_noted(key)).map(|(key, value)| format!("{key}={value}")).collect()
}

fn stages(declaration: &PipelineDeclaration) -> String {
    let names: Vec<&str> = declaration.stages.iter().flatten().map(|stage| stage.name.as_str()).collect();
    format!("stages {}", names.join(", "))
}

/// The statements that go and those that come. Where some of both have the same words, the whole documents.
fn documents(verb: &str, before: &Document, after: &Document) -> Vec<String> {
    let only_in = |one: &Document, other: &Document| {
        let statements = one.statements.iter().filter(|statement| !other.statements.contains(statement));
        statements.map(|statement| with_verb(verb, statement)).collect::<Vec<_>>()
    };
    let (gone, come) = (only_in(before, after), only_in(after, before));
    if gone.is_empty() && come.is_empty() || gone.iter().any(|line| come.contains(line)) {
        return vec![format!("- {}", before.to_json()), format!("+ {}", after.to_json())];
    }
    let gone = gone.into_iter().map(|line| format!("- {line}"));
    gone.chain(come.into_iter().map(|line| format!("+ {line}"))).collect()
}

fn change(change: &Change, pipeline: &PipelineDeclaration) -> String {
    let Change { path, before, after } = change;
    match (before, after) {
        _ if change.rotates() => change.to_string(),
        (None, Some(after)) => format!("+ {path}{}{}", place(path, pipeline), said(after)),
        (Some(before), None) => format!("- {path}{}", said(before)),
        (Some(before), Some(after)) => format!("~ {path}: {} -> {}", value(before), value(after)),
        (None, None) => path.clone(),
    }
}

/// Where a stage is that has come.
fn place(path: &str, pipeline: &PipelineDeclaration) -> String {
    let names = || pipeline.stages.iter().flatten().map(|stage| stage.name.as_str());
    match names().position(|name| path == stage_path(name)) {
        None => String::new(),
        Some(0) => ", first".to_owned(),
        Some(at) => names().nth(at - 1).map(|before| format!(", after {before}")).unwrap_or_default(),
    }
}

/// What has come or gone: a stage with its actions, an action with its provider, or the value.
fn said(new: &Value) -> String {
    if let Some(actions) = new.get("actions").and_then(Value::as_array) {
        let names: Vec<&str> = actions.iter().filter_map(|action| action.get("name")?.as_str()).collect();
        return format!(": actions {}", names.join(", "));
    }
    match new.get("actionTypeId").and_then(|id| id.get("provider")).and_then(Value::as_str) {
        Some(provider) => match serde_json::from_value(new.clone()).ok().as_ref().and_then(Wait::of) {
            Some(wait) => format!(": {provider}, which {wait}"),
            None => format!(": {provider}"),
        },
        None => format!(": {}", value(new)),
    }
}

fn value(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(WIDTH) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}
