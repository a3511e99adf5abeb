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
    let name = printer.literal(name, place)?;
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
    let actions: Vec<String> =
        actions(printer, members, place).into_iter().filter_map(|(of, place)| action(printer, of, &place)).collect();
    Some(literal::block(&format!("stage {}", literal::text(name)), &fields, &actions))
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
    let wanted = actions(printer, members, place).into_iter().filter(|(action, _)| wanted(action));
    let actions: Vec<String> = wanted.filter_map(|(of, place)| action(printer, of, &place)).collect();
    (!actions.is_empty()).then(|| literal::block(&format!("stage {}", literal::text(name)), &[], &actions))
}

fn actions<'v>(printer: &mut Printer<'_>, members: &'v Map<String, Value>, place: &Place) -> Vec<(&'v Value, Place)> {
    let actions = values::elements(printer, members.get("actions"), &place.key("actions")).iter().enumerate();
    let name = |action: &'v Value| action.get("name").and_then(Value::as_str).unwrap_or_default();
    actions.map(|(at, action)| (action, place.action(at, name(action)))).collect()
}
