//! Rules of conditions: `name: VariableCheck({ … })`.

use codepipeline_xacct_core::catalogue::{self, Required};
use codepipeline_xacct_core::declaration::{InputArtifact, RuleDeclaration, RuleTypeId};
use codepipeline_xacct_core::finding::Place;
use codepipeline_xacct_core::sentences::with_article;
use codepipeline_xacct_core::suggest::misspelt;
use codepipeline_xacct_core::topology::{Gate, RoleUser};
use codepipeline_xacct_syntax::ast::{EntryNode, ValueNode, path_span, path_text};
use codepipeline_xacct_syntax::errors::Errors;
use codepipeline_xacct_syntax::keys;
use proc_macro2::Span;
use syn::Path;

use super::fields::KnownKeys;
use super::members::{ConfiguredKey, configure, free_configuration, names, texts};
use super::roles::role_use;
use super::values;
use crate::model::{LoweredPipeline, LoweredRoleLink};

pub(super) fn lower(
    pipeline: &mut LoweredPipeline,
    (stage, gate): (&str, Gate),
    place: &Place,
    entry: EntryNode,
    errors: &mut Errors,
) -> Option<RuleDeclaration> {
    let (name, span) = (entry.key.text(), entry.key.span());
    pipeline.spans.insert(place.clone(), span);
    let Some(value) = entry.value else {
        let help = format!("write `{name}: {}`", example("VariableCheck"));
        errors.push_help(span, format!("rule `{name}` has no provider"), help);
        return None;
    };
    if matches!(value, ValueNode::Hole(..)) {
        return None;
    }
    let provider = match &value {
        ValueNode::Path(path) | ValueNode::Call(path, _) => path_text(path),
        _ => "VariableCheck".to_owned(),
    };
    let help = format!("write `{name}: {}`", example(&provider));
    let ValueNode::Call(provider, arguments) = value else {
        errors.push_help(value.span(), format!("rule `{name}` has no provider"), help);
        return None;
    };
    // `LambdaInvoke("gate")`
    let given = match arguments.as_slice() {
        [ValueNode::Str(text)] => Some(text.token().to_string()),
        _ => None,
    };
    let mut arguments = arguments.into_iter();
    let (Some(ValueNode::Map(entries, _)), None) = (arguments.next(), arguments.next()) else {
        let help = match (given.as_deref(), help.matches("\"…\"").count()) {
            (Some(text), 1) => help.replace("\"…\"", text),
            _ => help,
        };
        errors.push_help(path_span(&provider), format!("`{}` takes a map of keys", path_text(&provider)), help);
        return None;
    };
    let mut rule = RuleDeclaration { name, rule_type_id: type_id(&provider), ..Default::default() };
    pipeline.spans.insert(place.key("ruleTypeId").key("provider").value(), path_span(&provider));
    let known = known_keys(&rule.rule_type_id);
    let before = errors.count();
    if !is_meant(&rule.rule_type_id) && entries.iter().filter(|entry| !known.contain(&entry.key.text())).count() > 1 {
        let message = format!("`{}` is not a rule that this version knows", path_text(&provider));
        let names: Vec<&str> = catalogue::RULES.iter().map(|known| known.provider).collect();
        let help =
            format!("rules are `{}`; any other rule has its keys in `configuration: {{ … }}`", names.join("`, `"));
        errors.push_help(path_span(&provider), message, help);
        pipeline.holes.insert(place.clone());
        return Some(rule);
    }
    let mut seen: Vec<String> = Vec::new();
    for entry in entries {
        let (key, span) = (entry.key.text(), entry.key.span());
        if seen.contains(&key) {
            values::report_repeated(&key, span, errors);
            continue;
        }
        seen.push(key.clone());
        if !known.contain(&key) {
            let _ = known.report_unknown(&key, span, entry.value.as_ref(), errors);
            continue;
        }
        let Some(value) = values::entry_value(entry, errors) else { continue };
        if matches!(value, ValueNode::Hole(..)) {
            pipeline.holes.insert(place.clone());
            continue;
        }
        if values::report_nothing(&key, &value, errors) {
            continue;
        }
        if let Some(configured) = known.configured(&key) {
            let named = ConfiguredKey { written: &key, name: configured.name, format: &configured.format, span };
            configure(pipeline, place, &named, value, &mut rule.configuration, errors);
        } else {
            field(pipeline, (stage, gate), place, (&key, span), value, &mut rule, errors);
        }
    }
    if errors.count() > before {
        pipeline.holes.insert(place.clone());
    }
    Some(rule)
}

/// A rule with the keys that it needs.
fn example(provider: &str) -> String {
    let known = catalogue::RULES.iter().find(|known| known.provider == provider);
    let keys = known.map_or(&[][..], |known| known.keys).iter();
    let mut keys: Vec<String> =
        keys.filter(|key| matches!(key.required, Required::Always)).map(|key| format!("{}: \"…\"", key.dsl)).collect();
    if known.is_some_and(|known| known.compute) {
        keys.push("commands: [\"…\"]".to_owned());
    }
    if keys.is_empty() { format!("{provider}({{ … }})") } else { format!("{provider}({{ {} }})", keys.join(", ")) }
}

/// Whether the provider is known, or nearly the name of one.
fn is_meant(type_id: &RuleTypeId) -> bool {
    catalogue::find_rule(type_id).is_some()
        || catalogue::meant_rule(&type_id.provider).is_some()
        || misspelt(&type_id.provider, catalogue::RULES.iter().map(|known| known.provider)).is_some()
}

/// The keys of a rule.
fn known_keys(type_id: &RuleTypeId) -> KnownKeys {
    let exact = catalogue::find_rule(type_id);
    // A misspelt provider has the keys of the one that is meant; the checks report the misspelling.
    let known = exact.or_else(|| catalogue::meant_rule(&type_id.provider)).or_else(|| {
        let near = misspelt(&type_id.provider, catalogue::RULES.iter().map(|known| known.provider))?;
        catalogue::RULES.iter().find(|known| known.provider == near)
    });
    let (configured, compute) = known.map_or((&[][..], false), |known| (known.keys, known.compute));
    let phrase = format!("{} rule", with_article(&type_id.provider));
    KnownKeys::of_provider(phrase, &keys::RULE, configured, keys::extra_of_rule(compute, exact.is_none()))
}

/// A key that is not one of the rule's provider.
fn field(
    pipeline: &mut LoweredPipeline,
    (stage, gate): (&str, Gate),
    place: &Place,
    (key, span): (&str, Span),
    value: ValueNode,
    rule: &mut RuleDeclaration,
    errors: &mut Errors,
) {
    match key {
        "region" => {
            rule.region = values::string("region", value, errors).map(|text| {
                pipeline.spans.insert(place.key("region").value(), text.span());
                text.value()
            });
        }
        "role" => {
            if let Some(role) = role_use("role", value, errors) {
                let user = RoleUser::Rule { gate, rule: rule.name.clone() };
                pipeline.role_links.push(LoweredRoleLink { stage: stage.to_owned(), user, role });
            }
        }
        "timeout_in_minutes" => {
            rule.timeout_in_minutes = values::integer("timeout_in_minutes", value, errors).map(|(minutes, span)| {
                pipeline.spans.insert(place.key("timeoutInMinutes").value(), span);
                minutes
            });
        }
        "input" => {
            let names = names(pipeline, &place.key("inputArtifacts"), ("input", span), value, errors);
            let artifacts = names.into_iter().map(|name| InputArtifact { name, ..Default::default() });
            rule.input_artifacts = Some(artifacts.collect());
        }
        "commands" => {
            rule.commands = Some(texts(pipeline, &place.key("commands"), ("commands", span), value, errors));
        }
        "configuration" => free_configuration(pipeline, place, value, &mut rule.configuration, errors),
        _ => {}
    }
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
