//! Conditions of stages, and their rules.

use codepipeline_xacct_core::catalogue;
use codepipeline_xacct_core::declaration::{RetryMode, RuleTypeId, StageResult};
use codepipeline_xacct_core::finding::Place;
use serde_json::{Map, Value};

use super::literal;
use super::printer::Printer;
use super::provider::configured;
use super::values;
use crate::keys::{RULE, extra_of_rule};

/// `FAIL({ … })`, `RETRY(ALL_ACTIONS)`, …
pub(super) fn condition(printer: &mut Printer<'_>, member: &str, value: &Value, place: &Place) -> Option<String> {
    let members = values::object(printer, value, place)?;
    let structure = if member == "onFailure" { "FailureConditions" } else { "ConditionSet" };
    values::report_others(printer, &[], structure, members, place);
    let conditions = members.get("conditions").and_then(Value::as_array).filter(|list| !list.is_empty());
    match (conditions.map(Vec::as_slice), members.get("result")) {
        (None, Some(result)) if structure == "FailureConditions" => {
            let result = result_word(printer, result, &place.key("result"))?;
            let mode = members.get("retryConfiguration").and_then(|retry| retry.get("retryMode"));
            match mode.and_then(Value::as_str) {
                None => Some(result),
                Some(mode) if result == "RETRY" && RetryMode::VALUES.contains(&mode) => Some(format!("RETRY({mode})")),
                Some(mode) => {
                    let place = place.key("retryConfiguration");
                    printer.unsaid(place, format!("`{mode}` is not what `{result}` takes"));
                    Some(result)
                }
            }
        }
        (Some([one]), None) => {
            let place = place.key("conditions").index(0);
            let members = values::object(printer, one, &place)?;
            values::report_others(printer, &[], "Condition", members, &place);
            let result = result_word(printer, members.get("result").unwrap_or(&Value::Null), &place.key("result"))?;
            let list = place.key("rules");
            let rules = values::list(printer, members.get("rules").unwrap_or(&Value::Null), &list)?;
            let rules: Vec<String> =
                rules.iter().enumerate().filter_map(|(at, of)| rule(printer, of, &list.index(at))).collect();
            Some(format!("{result}({})", literal::map(&rules)))
        }
        _ => {
            printer.unsaid(place.clone(), format!("`{member}` is written with one condition, or with a result alone"));
            None
        }
    }
}

fn result_word(printer: &mut Printer<'_>, result: &Value, place: &Place) -> Option<String> {
    if let Some(word) = result.as_str() {
        printer.literal(word, place)?;
    }
    match result.as_str().filter(|word| StageResult::VALUES.contains(word)) {
        Some(word) => Some(word.to_owned()),
        None => {
            printer.unsaid(place.clone(), "this is not a result that this version knows");
            None
        }
    }
}

/// `name: VariableCheck({ … })`
fn rule(printer: &mut Printer<'_>, rule: &Value, place: &Place) -> Option<String> {
    let members = values::object(printer, rule, place)?;
    let of_type = place.key("ruleTypeId");
    let type_members = members.get("ruleTypeId").and_then(Value::as_object);
    let provider = type_members.and_then(|members| members.get("provider")).and_then(Value::as_str);
    let name = members.get("name").and_then(Value::as_str);
    let (Some(name), Some(provider), Some(type_members)) =
        (name, provider.filter(|p| literal::is_ident(p)), type_members)
    else {
        printer.unsaid(place.clone(), "this rule has no name or no provider that can be written");
        return None;
    };
    let name = printer.literal(name, place)?;
    values::report_others(printer, &[], "RuleTypeId", type_members, &of_type);
    let known = catalogue::find_rule(&RuleTypeId::of_provider(provider));
    let mut constructs = vec![&RULE];
    constructs.extend(extra_of_rule(known.is_some_and(|known| known.compute), known.is_none()));
    let mut rest: Map<String, Value> = members.clone();
    let mut of_provider = Vec::new();
    if let (Some(known), Some(Value::Object(configuration))) = (known, members.get("configuration")) {
        of_provider = configured(printer, known.keys, configuration, &place.key("configuration"));
        rest.remove("configuration");
    }
    let mut fields = values::fields(printer, &constructs, "RuleDeclaration", &rest, place);
    fields.extend(of_provider);
    let fields: Vec<String> = fields.into_iter().map(|(key, value)| format!("{key}: {value}")).collect();
    Some(format!("{}: {provider}({})", literal::key(name), literal::map(&fields)))
}
