//! What a stage does before entry, on success and on failure: `RETRY`, `ROLLBACK`, or a result with its rules,
//! `SKIP({ name: VariableCheck({ … }) })`.

use codepipeline_xacct_core::declaration::{
    Condition, ConditionSet, FailureConditions, RetryConfiguration, RetryMode, StageDeclaration, StageResult,
};
use codepipeline_xacct_core::finding::Place;
use codepipeline_xacct_core::topology::Gate;
use codepipeline_xacct_syntax::ast::{EntryNode, ValueNode, path_span, path_text};
use codepipeline_xacct_syntax::errors::Errors;
use codepipeline_xacct_syntax::keys;
use syn::{Ident, LitStr};

use super::{rules, value_suggestions, values};
use crate::model::LoweredPipeline;

/// A stage that is being added to the declaration.
pub(super) struct StageGates<'a> {
    pub(super) pipeline: &'a mut LoweredPipeline,
    /// Name of the stage.
    pub(super) stage: &'a str,
    /// Where the stage is in the declaration.
    pub(super) place: Place,
}

impl StageGates<'_> {
    /// `before_entry: SKIP({ … })`, `on_success: FAIL({ … })`
    pub(super) fn condition_set(
        &mut self,
        gate: Gate,
        key: &Ident,
        value: ValueNode,
        errors: &mut Errors,
    ) -> Option<ConditionSet> {
        self.pipeline.spans.insert(self.place.key(gate.as_str()), key.span());
        let condition = self.condition(gate, key, value, errors)?;
        Some(ConditionSet { conditions: Some(vec![condition]), ..Default::default() })
    }

    /// `ROLLBACK`, `RETRY`, `RETRY(ALL_ACTIONS)`, `ROLLBACK({ … })`
    pub(super) fn on_failure(
        &mut self,
        key: &Ident,
        value: ValueNode,
        stage: &mut StageDeclaration,
        errors: &mut Errors,
    ) {
        let place = self.place.key("onFailure");
        self.pipeline.spans.insert(place.clone(), key.span());
        stage.on_failure = match value {
            ValueNode::Call(result, arguments) if matches!(arguments.as_slice(), [ValueNode::Map(..)]) => {
                let condition = self.condition(Gate::OnFailure, key, ValueNode::Call(result, arguments), errors);
                condition.map(|condition| FailureConditions { conditions: Some(vec![condition]), ..Default::default() })
            }
            value => {
                self.pipeline.spans.insert(place.key("result").value(), value.span());
                result_alone(value, errors)
            }
        };
    }

    /// A result with its rules.
    fn condition(&mut self, gate: Gate, key: &Ident, value: ValueNode, errors: &mut Errors) -> Option<Condition> {
        let member = gate.as_str();
        let place = self.place.key(member).key("conditions").index(0);
        if matches!(value, ValueNode::Hole(..)) {
            return None;
        }
        let help = format!("write `{key}: FAIL({{ name: VariableCheck({{ … }}) }})`");
        let ValueNode::Call(result, arguments) = value else {
            let quoted = quoted_result(&value).filter(|result| gate.results().contains(result));
            let help = match (quoted, first_map(&value).and_then(meant_condition)) {
                (Some(result), _) => format!("write `{key}: {result}({{ … }})`, without quotes"),
                (None, Some(condition)) => format!("write `{key}: {condition}`"),
                (None, None) => help,
            };
            errors.push_help(value.span(), format!("`{key}` takes a result with its rules"), help);
            return None;
        };
        let mut arguments = arguments.into_iter();
        let (Some(ValueNode::Map(entries, _)), None) = (arguments.next(), arguments.next()) else {
            errors.push_help(path_span(&result), format!("`{}` takes a map of rules", path_text(&result)), help);
            return None;
        };
        let (word, span) = values::word(&key.to_string(), ValueNode::Path(result), StageResult::VALUES, errors)?;
        self.pipeline.spans.insert(place.key("result").value(), span);
        let list = place.key("rules");
        let written = entries.len();
        let mut lowered = Vec::new();
        for entry in entries {
            let place = list.index(lowered.len());
            lowered.extend(rules::lower(self.pipeline, (self.stage, gate), &place, entry, errors));
        }
        if lowered.len() < written {
            self.pipeline.open.insert(list);
        }
        Some(Condition { result: Some(word.as_str().into()), rules: Some(lowered), ..Default::default() })
    }
}

/// The result in `"SKIP"` and `"SKIP"({ … })`.
fn quoted_result(value: &ValueNode) -> Option<&'static str> {
    let text = match value {
        ValueNode::Str(text) => text.value(),
        ValueNode::NotAValue(tokens, _) => {
            syn::parse2::<LitStr>(tokens.clone().into_iter().next()?.into()).ok()?.value()
        }
        _ => return None,
    };
    StageResult::VALUES.iter().copied().find(|result| *result == text)
}

/// The condition that `{ conditions: [{ result: ROLLBACK, rules: [{ name: "…", rule_type_id: { provider: "…" } }] }] }` means, where
/// it has rules.
fn meant_condition(entries: &[EntryNode]) -> Option<String> {
    if let Some(conditions) = member(entries, "conditions") {
        return meant_condition(first_map(conditions)?);
    }
    let word = |entries: &[EntryNode], key: &str| member(entries, key).and_then(value_suggestions::word_of);
    let result = word(entries, "result").unwrap_or_else(|| "FAIL".to_owned());
    let ValueNode::List(rules, _) = member(entries, "rules")? else { return None };
    let rule = |rule: &ValueNode| {
        let ValueNode::Map(rule, _) = rule else { return None };
        let name = word(rule, "name").unwrap_or_else(|| "<name>".to_owned());
        let kind = member(rule, "rule_type_id").and_then(first_map).unwrap_or(rule);
        Some(format!("{}: {}({{ … }})", value_suggestions::written_key(&name), word(kind, "provider")?))
    };
    let rules: Option<Vec<String>> = rules.iter().map(rule).collect();
    rules.filter(|rules| !rules.is_empty()).map(|rules| format!("{result}({{ {} }})", rules.join(", ")))
}

/// The value of a key, however its words are joined.
fn member<'a>(entries: &'a [EntryNode], key: &str) -> Option<&'a ValueNode> {
    entries.iter().find(|entry| keys::is_same_word(&entry.key.text(), key))?.value.as_ref()
}

/// The entries of a map, or of the first in a list.
fn first_map(value: &ValueNode) -> Option<&[EntryNode]> {
    match value {
        ValueNode::Map(entries, _) => Some(entries),
        ValueNode::List(values, _) => values.first().and_then(first_map),
        _ => None,
    }
}

/// The mode of a retry, at any depth of a map.
fn retry_mode(entries: &[EntryNode]) -> Option<&'static str> {
    entries.iter().find_map(|entry| {
        let mode = RetryMode::VALUES.iter().find(|mode| is_word(entry, mode)).copied();
        mode.or_else(|| match &entry.value {
            Some(ValueNode::Map(inner, _)) => retry_mode(inner),
            _ => None,
        })
    })
}

fn is_word(entry: &EntryNode, word: &str) -> bool {
    match &entry.value {
        Some(ValueNode::Path(path)) => path.is_ident(word),
        Some(ValueNode::Str(text)) => text.value() == word,
        _ => false,
    }
}

/// `ROLLBACK`, `RETRY` or `RETRY(ALL_ACTIONS)`
fn result_alone(value: ValueNode, errors: &mut Errors) -> Option<FailureConditions> {
    if let ValueNode::Call(function, arguments) = value {
        if path_text(&function) != "RETRY" {
            errors.push_help(
                path_span(&function),
                format!("`{}(…)` is not a result", path_text(&function)),
                "write `ROLLBACK`, `RETRY(ALL_ACTIONS)`, `RETRY(FAILED_ACTIONS)`, or `ROLLBACK({ … })` with rules",
            );
            return None;
        }
        let mut arguments = arguments.into_iter();
        let (Some(mode), None) = (arguments.next(), arguments.next()) else {
            errors.push_help(
                path_span(&function),
                "`RETRY(…)` takes one mode",
                "write `RETRY(ALL_ACTIONS)` or `RETRY(FAILED_ACTIONS)`",
            );
            return None;
        };
        let (mode, _) = values::word("the retry mode", mode, RetryMode::VALUES, errors)?;
        return Some(FailureConditions {
            result: Some(StageResult::Retry),
            retry_configuration: Some(RetryConfiguration {
                retry_mode: Some(mode.as_str().into()),
                ..Default::default()
            }),
            ..Default::default()
        });
    }
    if let Some(condition) = first_map(&value).and_then(meant_condition) {
        let help = format!("write `on_failure: {condition}`");
        errors.push_help(value.span(), "`on_failure` takes a result with its rules", help);
        return None;
    }
    // `ALL_ACTIONS`
    if let ValueNode::Path(path) = &value
        && let Some(mode) = RetryMode::VALUES.iter().find(|mode| path.is_ident(mode))
    {
        let message = format!("`{mode}` is the mode of a retry");
        errors.push_help(value.span(), message, format!("write `on_failure: RETRY({mode})`"));
        return None;
    }
    // `RETRY: ALL_ACTIONS`, `RETRY[ALL_ACTIONS]`, `{ RETRY: ALL_ACTIONS }`
    if let Some(call) = value_suggestions::called(&value) {
        errors.push_help(
            value.span(),
            "the mode of a retry goes in parentheses",
            format!("write `on_failure: {call}`"),
        );
        return None;
    }
    // `{ result: RETRY, retry_configuration: { retry_mode: ALL_ACTIONS } }`
    if let ValueNode::Map(entries, span) = &value {
        let form = match retry_mode(entries) {
            Some(mode) => format!("RETRY({mode})"),
            None if entries.iter().any(|entry| is_word(entry, "RETRY")) => "RETRY(ALL_ACTIONS)".to_owned(),
            None => "ROLLBACK".to_owned(),
        };
        errors.push_help(*span, "`on_failure` takes a word, not a map", format!("write `on_failure: {form}`"));
        return None;
    }
    let (word, _) = values::word("on_failure", value, &keys::ON_FAILURE.names().collect::<Vec<_>>(), errors)?;
    Some(FailureConditions { result: Some(word.as_str().into()), ..Default::default() })
}
