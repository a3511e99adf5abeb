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

/// The effect of a write that only notes what is there.
const NOTED: &str = "what was applied";

/// How long a value is shown.
const WIDTH: usize = 100;

/// How much of it that is the same is shown before what differs.
const SAME: usize = 20;

/// How many entries of a list are shown.
const ENTRIES: usize = 3;

/// The effect of a write, in short.
pub(in crate::plan) fn effect(write: &Write) -> Vec<String> {
    match write {
        Write::CreateRole { trust, .. } => statements("trusts", trust),
        Write::UpdateTrust { before, after, .. } => documents("trusts", before, after),
        Write::PutRolePolicy { before: None, after, .. } => statements("may", after),
        Write::PutRolePolicy { before: Some(before), after, .. } => documents("may", before, after),
        Write::DeleteRolePolicy { before, .. } => statements("may", before),
        write if write.is_note() => vec![NOTED.to_owned()],
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
        let statements = one.statements.iter().filter(|statement| !other.has(statement));
        statements.map(|statement| with_verb(verb, statement)).collect::<Vec<_>>()
    };
    if before.same_meaning(after) {
        return vec![NOTED.to_owned()];
    }
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
        (Some(before), Some(after)) => format!("~ {path}: {}", replaced(before, after)),
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
    excerpt(&value.to_string(), 0)
}

/// What becomes of a value. What is too long is shown from where it begins to differ, and of a list of texts the entries that go and come.
fn replaced(before: &Value, after: &Value) -> String {
    let [old, new] = [before, after].map(Value::to_string);
    if [&old, &new].iter().all(|text| text.chars().count() <= WIDTH) {
        return format!("{old} -> {new}");
    }
    if let Some((gone, come)) = texts(before).zip(texts(after)).map(|(old, new)| differing(&old, &new))
        && !(gone.is_empty() && come.is_empty())
    {
        let pair = gone.first().zip(come.first()).filter(|_| gone.len() == 1 && come.len() == 1);
        let start = pair.map_or(0, |(gone, come)| start(gone, come));
        let shown = |sign: char, entries: Vec<String>| {
            let more = entries.len().saturating_sub(ENTRIES);
            let entries = entries.iter().take(ENTRIES).map(|entry| format!("{sign} {}", excerpt(entry, start)));
            entries.chain((more > 0).then(|| format!("{sign} {more} more"))).collect::<Vec<_>>()
        };
        return [shown('-', gone), shown('+', come)].concat().join(", ");
    }
    let start = start(&old, &new);
    format!("{} -> {}", excerpt(&old, start), excerpt(&new, start))
}

/// Where two texts are shown from, in characters: their begin, or a bit before they differ.
fn start(one: &str, other: &str) -> usize {
    let same = one.chars().zip(other.chars()).take_while(|(one, other)| one == other).count();
    if same < WIDTH / 2 { 0 } else { same - SAME }
}

/// As much of a text as is shown, from a character on.
fn excerpt(text: &str, start: usize) -> String {
    let shown: String = text.chars().skip(start).take(WIDTH).collect();
    let begin = if start > 0 { "…" } else { "" };
    let end = if text.chars().nth(start + WIDTH).is_some() { "…" } else { "" };
    format!("{begin}{shown}{end}")
}

/// The entries of a list of texts, as they are shown.
fn texts(list: &Value) -> Option<Vec<String>> {
    list.as_array()?.iter().map(|entry| entry.is_string().then(|| entry.to_string())).collect()
}

/// What only the one list has, and what only the other has.
fn differing(old: &[String], new: &[String]) -> (Vec<String>, Vec<String>) {
    let mut come = new.to_vec();
    let mut gone = old.to_vec();
    gone.retain(|entry| match come.iter().position(|other| other == entry) {
        Some(at) => {
            come.remove(at);
            false
        }
        None => true,
    });
    (gone, come)
}
