//! What a stage does before entry, on success and on failure: `RETRY`, `ROLLBACK`, or a result with its rules,
//! `SKIP({ name: VariableCheck({ … }) })`.

use codepipeline_xacct_core::catalogue::{self, ConfigurationKey};
use codepipeline_xacct_core::declaration::{
    Condition, ConditionSet, FailureConditions, InputArtifact, RetryConfiguration, RetryMode, RuleDeclaration,
    RuleTypeId, StageDeclaration, StageResult,
};
use codepipeline_xacct_core::finding::Place;
use codepipeline_xacct_core::sentences::with_article;
use codepipeline_xacct_core::suggest::misspelt;
use proc_macro2::Span;
use syn::{Ident, Path};

use super::values::{self, escape, literal};
use crate::model::{Gate, LoweredPipeline, LoweredRoleLink, RoleUser};
use codepipeline_xacct_syntax::ast::{EntryNode, ValueNode, path_span, path_text};
use codepipeline_xacct_syntax::errors::Errors;

/// Keys that every rule takes.
pub(super) const COMMON: &[&str] = &["input", "region", "role", "timeout_in_minutes"];

/// A stage on its way into the declaration.
pub(super) struct StageGates<'a> {
    pub(super) pipeline: &'a mut LoweredPipeline,
    /// Name of the stage.
    pub(super) stage: &'a str,
    /// Place of the stage.
    pub(super) place: Place,
    /// JSON pointer of the stage.
    pub(super) pointer: String,
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
        let pointer = format!("{}/{member}/conditions/0", self.pointer);
        let help = format!("write `{key}: FAIL({{ name: VariableCheck({{ … }}) }})`");
        let ValueNode::Call(result, arguments) = value else {
            errors.push_help(value.span(), format!("`{key}` takes a result with its rules"), help);
            return None;
        };
        let mut arguments = arguments.into_iter();
        let (Some(ValueNode::Map(rules, _)), None) = (arguments.next(), arguments.next()) else {
            errors.push_help(path_span(&result), format!("`{}` takes a map of rules", path_text(&result)), help);
            return None;
        };
        let (word, span) = values::word(&key.to_string(), ValueNode::Path(result), StageResult::VALUES, errors)?;
        self.pipeline.spans.insert(place.key("result").value(), span);
        let written = rules.len();
        let mut lowered = Vec::new();
        for entry in rules {
            let (place, pointer) =
                (place.key("rules").index(lowered.len()), format!("{pointer}/rules/{}", lowered.len()));
            lowered.extend(self.rule(gate, &place, &pointer, entry, errors));
        }
        if lowered.len() < written {
            self.pipeline.open.insert(place.key("rules"));
        }
        Some(Condition { result: Some(word.as_str().into()), rules: Some(lowered), ..Default::default() })
    }

    /// `name: Provider({ keys })`
    fn rule(
        &mut self,
        gate: Gate,
        place: &Place,
        pointer: &str,
        entry: EntryNode,
        errors: &mut Errors,
    ) -> Option<RuleDeclaration> {
        let (name, span) = (entry.key.text(), entry.key.span());
        self.pipeline.spans.insert(place.clone(), span);
        let help = "write `name: VariableCheck({ variable: \"…\", operator: \"EQ\", value: \"…\" })`";
        let value = values::entry_value(entry, errors)?;
        let ValueNode::Call(provider, arguments) = value else {
            errors.push_help(value.span(), format!("rule `{name}` has no provider"), help);
            return None;
        };
        let mut arguments = arguments.into_iter();
        let (Some(ValueNode::Map(keys, _)), None) = (arguments.next(), arguments.next()) else {
            errors.push_help(path_span(&provider), format!("`{}` takes a map of keys", path_text(&provider)), help);
            return None;
        };
        let mut rule = RuleDeclaration { name, rule_type_id: type_id(&provider), ..Default::default() };
        self.pipeline.spans.insert(place.key("ruleTypeId").key("provider").value(), path_span(&provider));
        // A misspelt provider has the keys of the one that is meant; that it is misspelt is said by the checks.
        let exact = catalogue::find_rule(&rule.rule_type_id);
        let known = exact.or_else(|| {
            let near = misspelt(&rule.rule_type_id.provider, catalogue::RULES.iter().map(|known| known.provider))?;
            catalogue::RULES.iter().find(|known| known.provider == near)
        });
        let (configured, compute) = known.map_or((&[][..], false), |known| (known.keys, known.compute));
        let before = errors.count();
        let mut seen: Vec<String> = Vec::new();
        for entry in keys {
            let (key, span) = (entry.key.text(), entry.key.span());
            if seen.contains(&key) {
                errors.push_help(span, format!("`{key}` stands here twice"), "leave one of them out");
                continue;
            }
            seen.push(key.clone());
            let Some(value) = values::entry_value(entry, errors) else { continue };
            let at = RuleKey { gate, place, pointer, key: &key, span };
            self.key(&at, value, &mut rule, (configured, compute, exact.is_none()), errors);
        }
        if errors.count() > before {
            self.pipeline.holes.insert(place.clone());
        }
        Some(rule)
    }

    fn key(
        &mut self,
        at: &RuleKey<'_>,
        value: ValueNode,
        rule: &mut RuleDeclaration,
        (configured, compute, free): (&'static [ConfigurationKey], bool, bool),
        errors: &mut Errors,
    ) {
        match at.key {
            "region" => {
                rule.region = values::string("region", value, errors).map(|text| {
                    self.pipeline.spans.insert(at.place.key("region").value(), text.span());
                    text.value()
                });
            }
            "role" => {
                if let Some(role) = values::role_use("role", value, errors) {
                    let user = RoleUser::Rule { gate: at.gate, rule: rule.name.clone() };
                    self.pipeline.role_links.push(LoweredRoleLink { stage: self.stage.to_owned(), user, role });
                }
            }
            "timeout_in_minutes" => {
                rule.timeout_in_minutes =
                    values::integer("timeout_in_minutes", value, errors).map(|(minutes, span)| {
                        self.pipeline.spans.insert(at.place.key("timeoutInMinutes").value(), span);
                        minutes
                    });
            }
            "input" => {
                let names = values::names("input", value, errors);
                let list = at.place.key("inputArtifacts");
                self.pipeline.spans.insert(list.clone(), at.span);
                for (index, (_, span)) in names.iter().enumerate() {
                    self.pipeline.spans.insert(list.index(index).value(), *span);
                }
                let artifacts = names.into_iter().map(|(name, _)| InputArtifact { name, ..Default::default() });
                rule.input_artifacts = Some(artifacts.collect());
            }
            "commands" if compute => {
                let list = at.place.key("commands");
                self.pipeline.spans.insert(list.clone(), at.span);
                let mut commands = Vec::new();
                for value in values::list(value) {
                    let Some((text, span)) = values::text("commands", value, errors) else { continue };
                    let place = list.index(commands.len()).value();
                    self.pipeline.spans.insert(place.clone(), span);
                    let pointer = format!("{}/commands/{}", at.pointer, commands.len());
                    commands.push(literal(self.pipeline, place, pointer, text));
                }
                rule.commands = Some(commands);
            }
            "configuration" if free => {
                for entry in values::map("configuration", value, errors).unwrap_or_default() {
                    let (key, span) = (entry.key.text(), entry.key.span());
                    let Some(value) = values::entry_value(entry, errors) else { continue };
                    self.configuration(&RuleKey { key: &key, span, ..*at }, value, rule, errors);
                }
            }
            key => match configured.iter().find(|known| known.dsl == key) {
                Some(known) => self.configuration(&RuleKey { key: known.name, ..*at }, value, rule, errors),
                None => {
                    let mut known: Vec<&str> = COMMON.to_vec();
                    known.extend(configured.iter().map(|known| known.dsl));
                    known.extend(compute.then_some("commands"));
                    known.extend(free.then_some("configuration"));
                    let renamed: Vec<(&str, &str)> = configured.iter().map(|known| (known.name, known.dsl)).collect();
                    let what = format!("{} rule", with_article(&rule.rule_type_id.provider));
                    values::unknown_key_at(key, at.span, &what, &known, &renamed, errors);
                }
            },
        }
    }

    fn configuration(&mut self, at: &RuleKey<'_>, value: ValueNode, rule: &mut RuleDeclaration, errors: &mut Errors) {
        let Some((text, value_span)) = values::text(at.key, value, errors) else { return };
        let place = at.place.key("configuration").key(at.key);
        self.pipeline.spans.insert(place.clone(), at.span);
        self.pipeline.spans.insert(place.value(), value_span);
        let pointer = format!("{}/configuration/{}", at.pointer, escape(at.key));
        let text = literal(self.pipeline, place.value(), pointer, text);
        rule.configuration.get_or_insert_default().insert(at.key.to_owned(), text);
    }
}

/// A key of a rule: where the rule stands, and the key.
#[derive(Clone, Copy)]
struct RuleKey<'a> {
    gate: Gate,
    place: &'a Place,
    pointer: &'a str,
    key: &'a str,
    span: Span,
}

fn type_id(provider: &Path) -> RuleTypeId {
    RuleTypeId {
        category: "Rule".to_owned(),
        owner: Some("AWS".to_owned()),
        provider: path_text(provider),
        version: Some("1".to_owned()),
        ..Default::default()
    }
}

/// `ROLLBACK`, `RETRY` or `RETRY(ALL_ACTIONS)`
fn result_alone(value: ValueNode, errors: &mut Errors) -> Option<FailureConditions> {
    if let ValueNode::Call(function, arguments) = value {
        if path_text(&function) != "RETRY" {
            errors.push_help(
                path_span(&function),
                format!("`{}(…)` is no result", path_text(&function)),
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
    let (word, _) = values::word("on_failure", value, &["ROLLBACK", "RETRY"], errors)?;
    Some(FailureConditions { result: Some(word.as_str().into()), ..Default::default() })
}
