//! What starts a pipeline: `triggers: { Source: { push: [{ branches: ["main"] }], pull_request: { branches: ["main"] } } }`.
//! A source action has at most one trigger, so triggers are a map of source actions.

use codepipeline_xacct_core::declaration::fixed_values::TRIGGER_PROVIDER;
use codepipeline_xacct_core::declaration::{
    GitConfiguration, GitFilterCriteria, GitPullRequestFilter, GitPushFilter, PipelineTriggerDeclaration,
};
use codepipeline_xacct_core::finding::Place;
use codepipeline_xacct_syntax::ast::{EntryNode, ValueNode};
use codepipeline_xacct_syntax::errors::Errors;
use codepipeline_xacct_syntax::keys;
use proc_macro2::Span;

use super::fields::{KnownKeys, known_entries};
use super::json_triggers;
use super::members::texts;
use super::values;
use crate::model::LoweredPipeline;

/// Lowers the whole map.
pub(super) fn lower(
    pipeline: &mut LoweredPipeline,
    list: &Place,
    value: ValueNode,
    errors: &mut Errors,
) -> Option<Vec<PipelineTriggerDeclaration>> {
    let mut triggers = Vec::new();
    if let Some(meant) = json_triggers::entries(&value) {
        let help = format!("write `triggers: {{ {meant} }}`");
        errors.push_help(value.span(), "`triggers` takes a map of source actions", help);
        return None;
    }
    let entries = values::map("triggers", value, errors)?;
    // A source action may have such a name: what it has then is a trigger.
    let is_key = |entry: &EntryNode| keys::TRIGGER.key(&entry.key.text()).is_some();
    let is_trigger = |value: &ValueNode| matches!(value, ValueNode::Map(entries, _) if entries.iter().any(is_key));
    let bare = entries.iter().find(|entry| is_key(entry) && !entry.value.as_ref().is_some_and(is_trigger));
    if let Some(entry) = bare {
        let key = entry.key.text();
        errors.push_help(
            entry.key.span(),
            format!("`{key}` is not the name of a source action"),
            format!("write `triggers: {{ <source action>: {{ {key}: … }} }}`"),
        );
        return None;
    }
    for entry in entries {
        let at = list.index(triggers.len());
        triggers.extend(trigger(pipeline, &at, entry, errors));
    }
    Some(triggers)
}

fn trigger(
    pipeline: &mut LoweredPipeline,
    at: &Place,
    entry: EntryNode,
    errors: &mut Errors,
) -> Option<PipelineTriggerDeclaration> {
    let (source, span) = (entry.key.text(), entry.key.span());
    let git = at.key("gitConfiguration");
    pipeline.spans.insert(at.clone(), span);
    pipeline.spans.insert(git.key("sourceActionName").value(), span);
    let mut configuration = GitConfiguration { source_action_name: source, ..Default::default() };
    let value = values::entry_value(entry, errors)?;
    for (key, span, value) in known_entries(&KnownKeys::of(&keys::TRIGGER), value, errors)? {
        match key.as_str() {
            "push" => {
                configuration.push = filters(pipeline, &git.key("push"), (&key, span), value, errors, push);
            }
            _ => {
                configuration.pull_request =
                    filters(pipeline, &git.key("pullRequest"), (&key, span), value, errors, pull_request);
            }
        }
    }
    Some(PipelineTriggerDeclaration {
        provider_type: TRIGGER_PROVIDER.to_owned(),
        git_configuration: configuration,
        ..Default::default()
    })
}

/// One filter, or a list of them; `None` where none of them is known.
fn filters<F>(
    pipeline: &mut LoweredPipeline,
    at: &Place,
    (key, span): (&str, Span),
    value: ValueNode,
    errors: &mut Errors,
    filter: impl Fn(&mut LoweredPipeline, &Place, ValueNode, &mut Errors) -> Option<F>,
) -> Option<Vec<F>> {
    let before = errors.count();
    pipeline.spans.insert(at.clone(), span);
    let mut filters = Vec::new();
    for value in values::list(key, value, errors) {
        let at = at.index(filters.len());
        pipeline.spans.insert(at.clone(), value.span());
        filters.extend(filter(pipeline, &at, value, errors));
    }
    (!filters.is_empty() || errors.count() == before).then_some(filters)
}

fn push(pipeline: &mut LoweredPipeline, at: &Place, value: ValueNode, errors: &mut Errors) -> Option<GitPushFilter> {
    let mut filter = GitPushFilter::default();
    for (key, span, value) in known_entries(&KnownKeys::of(&keys::PUSH), value, errors)? {
        let slot = match key.as_str() {
            "tags" => &mut filter.tags,
            "branches" => &mut filter.branches,
            _ => &mut filter.file_paths,
        };
        *slot = criteria(pipeline, at, &key, span, value, errors);
    }
    Some(filter)
}

fn pull_request(
    pipeline: &mut LoweredPipeline,
    at: &Place,
    value: ValueNode,
    errors: &mut Errors,
) -> Option<GitPullRequestFilter> {
    let mut filter = GitPullRequestFilter::default();
    for (key, span, value) in known_entries(&KnownKeys::of(&keys::PULL_REQUEST), value, errors)? {
        match key.as_str() {
            "events" => {
                let place = at.key("events");
                pipeline.spans.insert(place.clone(), span);
                let before = errors.count();
                let names = values::names("events", value, errors);
                for (index, (_, span)) in names.iter().enumerate() {
                    pipeline.spans.insert(place.index(index).value(), *span);
                }
                let known = !names.is_empty() || errors.count() == before;
                filter.events = known.then(|| names.into_iter().map(|(name, _)| name).collect());
            }
            "branches" => filter.branches = criteria(pipeline, at, &key, span, value, errors),
            _ => filter.file_paths = criteria(pipeline, at, &key, span, value, errors),
        }
    }
    Some(filter)
}

/// Patterns to include, or `{ includes: […], excludes: […] }`.
fn criteria(
    pipeline: &mut LoweredPipeline,
    filter: &Place,
    key: &str,
    span: Span,
    value: ValueNode,
    errors: &mut Errors,
) -> Option<GitFilterCriteria> {
    let at = filter.key(if key == "file_paths" { "filePaths" } else { key });
    pipeline.spans.insert(at.clone(), span);
    let mut criteria = GitFilterCriteria::default();
    if !matches!(value, ValueNode::Map(..)) {
        let before = errors.count();
        let found = texts(pipeline, &at.key("includes"), (key, span), value, errors);
        if errors.count() > before {
            pipeline.holes.insert(at);
        }
        criteria.includes = Some(found);
        return Some(criteria);
    }
    for (list, span, value) in known_entries(&KnownKeys::named(format!("`{key}`"), &keys::PATTERNS), value, errors)? {
        let before = errors.count();
        let found = texts(pipeline, &at.key(&list), (&list, span), value, errors);
        let found = (!found.is_empty() || errors.count() == before).then_some(found);
        if list == "includes" { criteria.includes = found } else { criteria.excludes = found }
    }
    Some(criteria)
}
