//! Conditions of stages and their rules.
//! Source: CodePipeline User Guide, "Stage conditions" and "Rule structure reference".

use super::configuration::{self, ADD_COMMANDS, Configured, KeyRules, add, input_names, is_meant_by, spelled};
use super::view::{ConditionView, RuleView, View};
use super::{commands, configuration_sizes, names, numbers};
use crate::catalogue::{self, ConfigurationKey, KeyCondition, Required, RuleProvider};
use crate::declaration::{RuleDeclaration, StageResult};
use crate::finding::Finding;
use crate::json::member::Member as _;
use crate::rules;
use crate::sentences::with_article;
use crate::suggest::misspelt;
use crate::topology::parts::Gate;

pub(super) const KEY_RULES: KeyRules = KeyRules {
    misspelt: &rules::XA1112,
    unknown: &rules::XA1113,
    value: &rules::XA1114,
    unlisted: &rules::XA0624,
    not_bare: &rules::XA1120,
    form: &rules::XA1114,
    no_input: &rules::XA1114,
    no_path: &rules::XA1114,
    placeholder: &rules::XA0622,
    one_input: &rules::XA0312,
};

pub(super) fn check(view: &View<'_>, findings: &mut Vec<Finding>) {
    counts(view, findings);
    for condition in view.stages.iter().flat_map(|s| &s.conditions) {
        result(condition, findings);
        skipping(view, condition, findings);
        rule_count(view, condition, findings);
        for rule in &condition.rules {
            type_id(view, rule, findings);
            provider(view, rule, findings);
            required_keys(view, rule, findings);
            written_keys(view, rule, findings);
            commands(view, rule, findings);
            sizes(view, rule, findings);
        }
    }
}

/// Each gate has exactly one condition. Source: CodePipeline API Reference, `BeforeEntryConditions` and the like.
fn counts(view: &View<'_>, findings: &mut Vec<Finding>) {
    for stage in &view.stages {
        for gate in Gate::ALL {
            let Some(count) = gate.conditions(stage.stage).map(<[_]>::len).filter(|count| *count != 1) else {
                continue;
            };
            let member = gate.as_str();
            let message =
                format!("`{member}` of stage `{}` has {count} conditions; exactly one is allowed", stage.stage.name);
            let help = if count == 0 {
                format!("leave `{member}` out")
            } else {
                "put the rules into one condition".to_owned()
            };
            findings.push(Finding::of(&rules::XA1106, stage.place.key(member).key("conditions"), message).help(help));
        }
    }
}

/// The result of a gate's condition.
fn result(condition: &ConditionView<'_>, findings: &mut Vec<Finding>) {
    let Some(result) = &condition.condition.result else { return };
    let place = condition.place.key("result").value();
    let member = condition.gate.as_str();
    let allowed = condition.gate.results();
    if allowed.contains(&result.as_str()) {
        return;
    }
    let rule = match (condition.gate, result) {
        (Gate::OnFailure, StageResult::Retry) => {
            let message = "sources differ on RETRY as the result of an `onFailure` condition";
            findings.push(
                Finding::of(&rules::XA1102, place, message)
                    .help("write ROLLBACK, or `\"onFailure\": {\"result\": \"RETRY\"}` (`on_failure: RETRY` in `pipeline!`) without conditions"),
            );
            return;
        }
        (Gate::OnFailure, _) => &rules::XA1101,
        (Gate::OnSuccess, _) => &rules::XA1103,
        (Gate::BeforeEntry, _) => &rules::XA1104,
    };
    let message = format!("a condition of `{member}` can't have the result `{result}`");
    findings.push(Finding::of(rule, place, message).help(format!("write {}", allowed.join(" or "))));
}

/// Only some rules can skip a stage.
fn skipping(view: &View<'_>, condition: &ConditionView<'_>, findings: &mut Vec<Finding>) {
    if condition.gate != Gate::BeforeEntry || condition.condition.result != Some(StageResult::Skip) {
        return;
    }
    for rule in &condition.rules {
        let provider = &rule.rule.rule_type_id.provider;
        let place = rule.place.key("ruleTypeId").key("provider");
        // A rule that does not exist is reported as such.
        let known = catalogue::find_rule(&rule.rule.rule_type_id);
        if known.is_some_and(|known| !known.can_skip) && !view.context.is_open(&place) {
            let message = format!("{one} rule can't skip the stage", one = with_article(provider));
            let able: Vec<&str> =
                catalogue::RULES.iter().filter(|rule| rule.can_skip).map(|rule| rule.provider).collect();
            findings.push(
                Finding::of(&rules::XA1105, place.value(), message)
                    .help(format!("use {}, or the result FAIL", able.join(" or "))),
            );
        }
    }
}

/// A condition has 1 to 5 rules. Source: CodePipeline API Reference, `Condition`.
fn rule_count(view: &View<'_>, condition: &ConditionView<'_>, findings: &mut Vec<Finding>) {
    let count = condition.rules.len();
    let place = condition.place.key("rules");
    if !(1..=5).contains(&count) && !view.context.is_open(&place) {
        let message = format!("a condition has 1 to 5 rules, this one has {count}");
        findings.push(Finding::of(&rules::XA1107, place, message));
    }
}

/// Category and owner are enumerations. Source: CodePipeline API Reference, `RuleTypeId`.
fn type_id(view: &View<'_>, rule: &RuleView<'_>, findings: &mut Vec<Finding>) {
    let id = &rule.rule.rule_type_id;
    let place = rule.place.key("ruleTypeId");
    let mut word = |key: &str, found: &str, wanted: &str| {
        if found != wanted && !view.context.is_open(&place.key(key)) {
            let message = format!("`{found}` is not a valid {key} of a rule");
            findings
                .push(Finding::of(&rules::XA1108, place.key(key).value(), message).help(format!("write `{wanted}`")));
        }
    };
    word("category", &id.category, "Rule");
    if let Some(owner) = &id.owner {
        word("owner", owner, "AWS");
    }
    // What doesn't fit its pattern is reported as such.
    if let Some(version) = id.version.as_ref().filter(|version| names::is_word(version, 9)) {
        word("version", version, "1");
    }
}

/// A rule is known, misspelt or new. Source: CodePipeline User Guide, "Rule structure reference".
fn provider(view: &View<'_>, rule: &RuleView<'_>, findings: &mut Vec<Finding>) {
    let id = &rule.rule.rule_type_id;
    let place = rule.place.key("ruleTypeId").key("provider");
    if catalogue::find_rule(id).is_some() || view.context.is_open(&place) {
        return;
    }
    let names = catalogue::RULES.iter().map(|r| r.provider);
    let near = misspelt(&id.provider, names).or_else(|| catalogue::meant_rule(&id.provider).map(|rule| rule.provider));
    findings.push(match near {
        Some(near) => Finding::of(&rules::XA1109, place.value(), format!("there is no rule `{}`", id.provider))
            .help(format!("did you mean `{near}`?")),
        None => {
            let message = format!("`{}` is not a rule that this version knows", id.provider);
            Finding::of(&rules::XA1110, place.value(), message).help("its configuration is not checked")
        }
    });
}

/// The keys that the rule lacks, and that it requires.
fn lacking(view: &View<'_>, rule: &RuleView<'_>, known: &'static RuleProvider) -> Vec<&'static ConfigurationKey> {
    let written = |key: &str| rule.rule.configuration.as_ref().is_some_and(|c| c.contains_key(key));
    let open = |key: &str| view.context.is_open(&rule.place.key("configuration").key(key).value());
    let several_inputs = rule.rule.input_artifacts.as_ref().is_some_and(|inputs| inputs.len() > 1);
    let required = |key: &ConfigurationKey| match &key.required {
        Required::Always => true,
        Required::When(KeyCondition::SeveralInputs) => several_inputs,
        _ => false,
    };
    known.keys.iter().filter(|key| required(key) && !written(key.name) && !open(key.name)).collect()
}

/// Keys of a rule that its provider doesn't have.
fn strangers<'a>(rule: &RuleView<'a>, known: &'static RuleProvider) -> impl Iterator<Item = &'a str> {
    let written = rule.rule.configuration.iter().flatten().map(|(name, _)| name.as_str());
    written.filter(|name| !known.keys.iter().any(|key| key.name == *name))
}

/// The required keys of the rule are there. Source: the rule's page in the CodePipeline User Guide.
fn required_keys(view: &View<'_>, rule: &RuleView<'_>, findings: &mut Vec<Finding>) {
    let Some(known) = catalogue::find_rule(&rule.rule.rule_type_id) else { return };
    for key in lacking(view, rule, known) {
        // Another name for a key is reported where it is.
        if !strangers(rule, known).any(|stranger| is_meant_by(stranger, key, known.keys)) {
            let lacks = |spelled: &str| format!("rule `{}` lacks {spelled}", rule.rule.name);
            let finding = Finding::of(&rules::XA1111, rule.place.clone(), lacks(&spelled(key))).help(add(key));
            findings.push(finding.fact("message", lacks(&format!("`{}`", key.name))));
        }
    }
    // Commands in `configuration` are reported as misplaced.
    let misplaced = strangers(rule, known).any(|stranger| stranger == "commands");
    if known.compute && !misplaced && rule.rule.commands.as_ref().is_none_or(Vec::is_empty) {
        let message = format!("rule `{}` has no commands", rule.rule.name);
        findings.push(Finding::of(&rules::XA1116, rule.place.clone(), message).help(ADD_COMMANDS));
    }
}

/// Keys of a known rule are known, and their values are valid.
fn written_keys(view: &View<'_>, rule: &RuleView<'_>, findings: &mut Vec<Finding>) {
    let Some(known) = catalogue::find_rule(&rule.rule.rule_type_id) else { return };
    let Some(configuration) = &rule.rule.configuration else { return };
    // Most rules have only keys that are known, and need no list.
    let missing = match strangers(rule, known).next() {
        Some(_) => lacking(view, rule, known),
        None => Vec::new(),
    };
    let configured = Configured {
        provider: known.provider,
        keys: known.keys,
        configuration,
        place: rule.place.key("configuration"),
        inputs: input_names(&rule.rule.input_artifacts),
        missing: missing.iter().map(|key| key.name).collect(),
        beside: (RuleDeclaration::SHAPE.members(), "the rule"),
        region: view.region_of(rule.rule.region.as_deref()),
    };
    configuration::written(view.context, &configured, &KEY_RULES, findings);
}

/// Commands belong to the Commands rule. Source: CodePipeline User Guide, "Commands rule reference".
fn commands(view: &View<'_>, rule: &RuleView<'_>, findings: &mut Vec<Finding>) {
    let Some(commands) = &rule.rule.commands else { return };
    let place = rule.place.key("commands");
    commands::list(view, commands, &place, &rules::XA1116, findings);
    if catalogue::find_rule(&rule.rule.rule_type_id).is_some_and(|known| !known.compute) && !commands.is_empty() {
        let message =
            format!("`commands` is documented for the Commands rule only, but rule `{}` is not one", rule.rule.name);
        findings.push(Finding::of(&rules::XA1115, place, message).help("use a Commands rule"));
    }
}

/// Timeout and sizes of a rule. Source: CodePipeline API Reference, `RuleDeclaration`.
fn sizes(view: &View<'_>, rule: &RuleView<'_>, findings: &mut Vec<Finding>) {
    if let Some(message) = rule.rule.timeout_in_minutes.and_then(numbers::timeout_fault) {
        findings.push(Finding::of(&rules::XA1117, rule.place.key("timeoutInMinutes").value(), message));
    }
    let Some(configuration) = &rule.rule.configuration else { return };
    let place = rule.place.key("configuration");
    if configuration.len() > 200 {
        let message = format!("a rule has at most 200 configuration entries, this one has {}", configuration.len());
        findings.push(Finding::of(&rules::XA1118, place.clone(), message));
    }
    for (key, value) in configuration {
        let place = place.key(key);
        findings.extend(
            configuration_sizes::key_fault(key).map(|message| Finding::of(&rules::XA1118, place.clone(), message)),
        );
        let length = value.chars().count();
        if !(1..=10_000).contains(&length) && !view.context.is_open(&place.value()) {
            let message = format!("the value of `{key}` has {length} characters; 1 to 10000 are allowed");
            findings.push(Finding::of(&rules::XA1118, place.value(), message));
        }
    }
}
