//! Stages.

use codepipeline_xacct_core::finding::Place;
use serde_json::{Map, Value};

use super::action::action;
use super::conditions::condition;
use super::literal;
use super::printer::Printer;
use super::values;
use crate::keys::{STAGE, ValueKind};

/// The clause of a whole stage; `None` where it has no name, which is reported.
pub(super) fn stage(printer: &mut Printer<'_>, stage: &Value, place: &Place) -> Option<String> {
    let members = values::object(printer, stage, place)?;
    let Some(name) = members.get("name").and_then(Value::as_str) else {
        printer.unsaid(place.clone(), "this stage has no name");
        return None;
    };
    printer.literal(name, place)?;
    let mut fields = values::fields(printer, &[&STAGE], "StageDeclaration", members, place);
    for key in STAGE.keys.iter().filter(|key| matches!(key.value, ValueKind::Conditions(_))) {
        let Some(member) = key.member else { continue };
        let given =
            members.get(member.name).filter(|value| value.as_object().is_none_or(|members| !members.is_empty()));
        if let Some(value) = given.filter(|value| !value.is_null())
            && let Some(source) = condition(printer, member.name, value, &place.key(member.name))
        {
            fields.push((key.name.to_owned(), source));
        }
    }
    let actions = actions(printer, members, place);
    let actions = clauses(printer, name, actions);
    Some(literal::block(&head(printer, name), &fields, &actions))
}

/// The clause of a stage with some of its actions and nothing else; `None` where it has none of them.
pub(super) fn part(
    printer: &mut Printer<'_>,
    stage: &Value,
    place: &Place,
    wanted: &dyn Fn(&Value) -> bool,
) -> Option<String> {
    let members = stage.as_object()?;
    let name = printer.literal(members.get("name").and_then(Value::as_str)?, place)?;
    let wanted = actions(printer, members, place).into_iter().filter(|(action, _)| wanted(action)).collect();
    let actions = clauses(printer, name, wanted);
    (!actions.is_empty()).then(|| literal::block(&head(printer, name), &[], &actions))
}

/// The beginning of a stage; of one that a program adds, with its place.
fn head(printer: &Printer<'_>, name: &str) -> String {
    let written = literal::text(name);
    let added = printer.additions.and_then(|additions| additions.stages().find(|(added, _)| *added == name));
    added.map_or_else(|| format!("stage {written}"), |(_, place)| format!("add stage {written} {place}"))
}

/// The clauses of actions of a stage. A stage that is added has its actions without a word.
fn clauses(printer: &mut Printer<'_>, stage: &str, actions: Vec<(&Value, Place)>) -> Vec<String> {
    let additions = printer.additions.filter(|additions| !additions.has_stage(stage));
    let clause = |(of, place): (&Value, Place)| {
        let source = action(printer, of, &place)?;
        let name = of.get("name").and_then(Value::as_str).unwrap_or_default();
        let is_added = additions.is_some_and(|additions| additions.has_action(stage, name));
        Some(if is_added { format!("add {source}") } else { source })
    };
    actions.into_iter().filter_map(clause).collect()
}

fn actions<'v>(printer: &mut Printer<'_>, members: &'v Map<String, Value>, place: &Place) -> Vec<(&'v Value, Place)> {
    let actions = values::elements(printer, members.get("actions"), &place.key("actions")).iter().enumerate();
    let name = |action: &'v Value| action.get("name").and_then(Value::as_str).unwrap_or_default();
    actions.map(|(at, action)| (action, place.action(at, name(action)))).collect()
}
