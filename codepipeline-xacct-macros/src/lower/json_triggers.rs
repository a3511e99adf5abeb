//! Triggers as `get-pipeline` prints them, for who pastes them: the map of source actions that they mean.

use codepipeline_xacct_core::case::snake;
use codepipeline_xacct_syntax::ast::{EntryNode, ValueNode};
use codepipeline_xacct_syntax::keys;

use super::value_suggestions::{word_of, written_key};

/// The entries of the map, if every trigger names its source action.
pub(super) fn entries(value: &ValueNode) -> Option<String> {
    let triggers: Vec<String> = match value {
        ValueNode::List(triggers, _) => triggers.iter().map(entry).collect::<Option<_>>()?,
        one => vec![entry(one)?],
    };
    (!triggers.is_empty()).then(|| triggers.join(", "))
}

fn entry(trigger: &ValueNode) -> Option<String> {
    let configuration = member(trigger, "git_configuration")?;
    let ValueNode::Map(members, _) = configuration else { return None };
    let ValueNode::Str(source) = member(configuration, "source_action_name")? else { return None };
    let filters = members.iter().filter(|entry| keys::TRIGGER.key(&name(entry)).is_some());
    let filters: Option<Vec<String>> =
        filters.map(|entry| Some(format!("{}: {}", name(entry), written(entry.value.as_ref()?)?))).collect();
    let filters = filters.filter(|filters| !filters.is_empty())?;
    Some(format!("{}: {{ {} }}", written_key(&source.value()), filters.join(", ")))
}

/// The name of a member as a key.
fn name(entry: &EntryNode) -> String {
    snake(&entry.key.text())
}

fn member<'a>(value: &'a ValueNode, wanted: &str) -> Option<&'a ValueNode> {
    let ValueNode::Map(entries, _) = value else { return None };
    entries.iter().find(|entry| name(entry) == wanted)?.value.as_ref()
}

/// A filter as it is written here; `None` where something in it is no JSON.
fn written(value: &ValueNode) -> Option<String> {
    match value {
        ValueNode::Str(text) => Some(text.token().to_string()),
        ValueNode::List(values, _) => {
            let values: Option<Vec<String>> = values.iter().map(written).collect();
            Some(format!("[{}]", values?.join(", ")))
        }
        ValueNode::Map(entries, _) => match entries.as_slice() {
            [patterns] if name(patterns) == "includes" => written(patterns.value.as_ref()?),
            entries => {
                let entry = |entry: &EntryNode| {
                    let (name, value) = (name(entry), entry.value.as_ref()?);
                    let value = if name == "events" { events(value)? } else { written(value)? };
                    Some(format!("{name}: {value}"))
                };
                let entries: Option<Vec<String>> = entries.iter().map(entry).collect();
                Some(format!("{{ {} }}", entries?.join(", ")))
            }
        },
        _ => None,
    }
}

/// Events are words without quotes.
fn events(value: &ValueNode) -> Option<String> {
    let ValueNode::List(events, _) = value else { return None };
    let events: Option<Vec<String>> = events.iter().map(word_of).collect();
    Some(format!("[{}]", events?.join(", ")))
}
