//! The table the other way round: how a member of the API is written.

use super::row::{DslKey, ValueKind};
use super::tables::{BUCKET, rows};
use codepipeline_xacct_core::catalogue::{self, ConfigurationKey};
use codepipeline_xacct_core::declaration::fixed_values::{
    ARTIFACT_STORE_TYPE, BLOCKER_TYPE, ENCRYPTION_KEY_TYPE, TRIGGER_PROVIDER,
};
use codepipeline_xacct_core::finding::{Place, Segment};

/// How a member of the API is written in `pipeline!`.
#[derive(Debug, Clone, Copy)]
pub enum Written {
    /// With a key.
    Key(&'static DslKey),
    /// As the name in the head of an item, a stage or an action, or as the name of an entry of a map.
    Name,
    /// As clauses in the body: stages and actions.
    Clauses,
    /// As the provider after the name of an action or a rule, or with `type(…)`.
    Provider,
    /// As the value of the key of the structure around it, with its words and functions.
    Value,
    /// Not at all: its own members are written instead.
    Inlined,
    /// Not at all: it always has this value.
    Always(&'static str),
    /// Not at all: it is derived from the target of an invoke.
    Target,
    /// Not at all: the service makes it.
    Service,
}

/// Members of structures without a key of their own.
const KEYLESS: &[(&str, &str, Written)] = &[
    ("PipelineDocument", "pipeline", Written::Inlined),
    ("PipelineDocument", "metadata", Written::Service),
    ("PipelineMetadata", "pipelineArn", Written::Service),
    ("PipelineMetadata", "created", Written::Service),
    ("PipelineMetadata", "updated", Written::Service),
    ("PipelineMetadata", "pollingDisabledAt", Written::Service),
    ("Tag", "key", Written::Name),
    ("Tag", "value", Written::Value),
    ("PipelineDeclaration", "version", Written::Service),
    ("PipelineDeclaration", "stages", Written::Clauses),
    ("ArtifactStore", "type", Written::Always(ARTIFACT_STORE_TYPE)),
    ("EncryptionKey", "id", Written::Value),
    ("EncryptionKey", "type", Written::Always(ENCRYPTION_KEY_TYPE)),
    ("StageDeclaration", "name", Written::Name),
    ("StageDeclaration", "actions", Written::Clauses),
    ("BlockerDeclaration", "name", Written::Value),
    ("BlockerDeclaration", "type", Written::Always(BLOCKER_TYPE)),
    ("ActionDeclaration", "name", Written::Name),
    ("ActionDeclaration", "actionTypeId", Written::Provider),
    ("ActionTypeId", "category", Written::Provider),
    ("ActionTypeId", "owner", Written::Provider),
    ("ActionTypeId", "provider", Written::Provider),
    ("ActionTypeId", "version", Written::Provider),
    ("InputArtifact", "name", Written::Value),
    ("OutputArtifact", "name", Written::Value),
    ("EnvironmentVariable", "name", Written::Name),
    ("EnvironmentVariable", "value", Written::Value),
    ("EnvironmentVariable", "type", Written::Value),
    ("FailureConditions", "result", Written::Value),
    ("FailureConditions", "retryConfiguration", Written::Value),
    ("FailureConditions", "conditions", Written::Value),
    ("RetryConfiguration", "retryMode", Written::Value),
    ("ConditionSet", "conditions", Written::Value),
    ("Condition", "result", Written::Value),
    ("Condition", "rules", Written::Value),
    ("RuleDeclaration", "name", Written::Name),
    ("RuleDeclaration", "ruleTypeId", Written::Provider),
    ("RuleTypeId", "category", Written::Always("Rule")),
    ("RuleTypeId", "owner", Written::Always("AWS")),
    ("RuleTypeId", "provider", Written::Provider),
    ("RuleTypeId", "version", Written::Always("1")),
    ("PipelineVariableDeclaration", "name", Written::Name),
    ("PipelineTriggerDeclaration", "providerType", Written::Always(TRIGGER_PROVIDER)),
    ("PipelineTriggerDeclaration", "gitConfiguration", Written::Inlined),
    ("GitConfiguration", "sourceActionName", Written::Name),
    ("configuration", "PipelineName", Written::Target),
];

/// How a member of a structure is written: `written("StageDeclaration", "onFailure")` is the key `on_failure`. The keys of a provider are
/// in the catalogue; `configuration` as a structure means what the configuration of an invoke action has.
pub fn written(structure: &str, member: &str) -> Option<Written> {
    let is_meant = |key: &&DslKey| key.member.is_some_and(|of| of.structure == structure && of.name == member);
    let key = rows().map(|(_, key)| key).find(is_meant).map(Written::Key);
    key.or_else(|| KEYLESS.iter().find(|(of, name, _)| *of == structure && *name == member).map(|(.., how)| *how))
}

/// The members of the API on the way to a place, with their keys.
pub fn of_place(place: &Place) -> Vec<(&str, &'static str)> {
    let steps = place.steps();
    let before = std::iter::once(None).chain(steps.iter().map(Some));
    let keys = before.zip(steps).filter_map(|(before, step)| {
        let Segment::Key(member) = step else { return None };
        let key = match before {
            Some(Segment::Key(of)) if &**of == CONFIGURATION => of_provider(member),
            Some(Segment::Pipeline(_)) => of_structure(member, |structure| structure == "PipelineDeclaration"),
            Some(Segment::Action(..)) => of_structure(member, |structure| structure == "ActionDeclaration"),
            _ => of_structure(member, |_| true),
        };
        Some((&**member, key?))
    });
    keys.filter(|(member, key)| member != key).collect()
}

const CONFIGURATION: &str = "configuration";

/// Whether a word is a key of something.
pub fn is_key(word: &str) -> bool {
    rows().any(|(_, key)| key.name == word) || of_providers().any(|key| key.dsl == word)
}

/// Whether a key takes one text and no list, wherever it is.
pub fn takes_one_text(name: &str) -> bool {
    let kinds = || rows().filter(|(_, key)| key.name == name).map(|(_, key)| &key.value);
    let is_one = |kind: &ValueKind| match kind {
        ValueKind::Text | ValueKind::Literal => true,
        ValueKind::Keys(of) => of.name == BUCKET.name,
        _ => false,
    };
    is_key(name) && kinds().all(is_one)
}

/// A key of a provider has the same name wherever it is.
fn of_provider(member: &str) -> Option<&'static str> {
    of_providers().find(|key| key.name == member).map(|key| key.dsl)
}

fn of_providers() -> impl Iterator<Item = &'static ConfigurationKey> {
    let actions = catalogue::ACTIONS.iter().flat_map(|provider| provider.known_keys());
    actions.chain(catalogue::RULES.iter().flat_map(|provider| provider.keys))
}

fn of_structure(member: &str, is_meant: impl Fn(&str) -> bool) -> Option<&'static str> {
    let mut keys = rows().filter_map(|(_, key)| Some((key.member?, key.name)));
    keys.find(|(of, _)| of.name == member && is_meant(of.structure)).map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use crate::keys::takes_texts;
    use std::collections::BTreeSet;

    use codepipeline_xacct_core::catalogue;
    use codepipeline_xacct_core::check::PULL_REQUEST_EVENTS;
    use codepipeline_xacct_core::declaration::fixed_values::{
        BEFORE_ENTRY_RESULTS, FAILURE_RESULTS, ON_SUCCESS_RESULTS,
    };
    use codepipeline_xacct_core::declaration::invoke::REVISION_TYPES;
    use codepipeline_xacct_core::declaration::{ActionTypeId, ExecutionMode, PipelineType, RetryMode, members};
    use codepipeline_xacct_core::topology::CALLER_VARIABLE;

    use super::*;
    use crate::keys::{
        ACTION, APPROVAL_ACTION, BUCKET, COMPUTE_ACTION, COMPUTE_RULE, Construct, INVOKE, PATTERNS, PIPELINE,
        PULL_REQUEST, PUSH, RULE, STAGE, TRIGGER, UNKNOWN_ACTION, UNKNOWN_RULE, VARIABLE, WORD_LISTS,
    };

    /// The constructs of a whole declaration: the others repeat some of their keys.
    const WHOLE: &[&Construct] = &[
        &PIPELINE,
        &BUCKET,
        &VARIABLE,
        &TRIGGER,
        &PUSH,
        &PULL_REQUEST,
        &PATTERNS,
        &STAGE,
        &ACTION,
        &UNKNOWN_ACTION,
        &COMPUTE_ACTION,
        &APPROVAL_ACTION,
        &RULE,
        &COMPUTE_RULE,
        &UNKNOWN_RULE,
    ];

    #[test]
    fn every_member_of_a_declaration_is_written_in_one_way() {
        let mut known: BTreeSet<(&str, &str)> = BTreeSet::new();
        for (structure, names) in members() {
            known.extend(names.into_iter().map(|name| (structure, name)));
        }
        assert!(known.len() > 60, "{known:?}");
        for (structure, name) in &known {
            let of = |key: &&DslKey| key.member.is_some_and(|of| of.structure == *structure && of.name == *name);
            let keys = WHOLE.iter().flat_map(|construct| construct.keys).filter(of).count();
            let keyless = KEYLESS.iter().filter(|(of, member, _)| of == structure && member == name).count();
            assert_eq!(keys + keyless, 1, "{structure}.{name}: {keys} keys, {keyless} rows without a key");
            assert_eq!(matches!(written(structure, name), Some(Written::Key(_))), keys == 1, "{structure}.{name}");
        }
        // And the table has no others.
        let keyed = rows().filter_map(|(_, key)| key.member);
        let named = keyed.map(|of| (of.structure, of.name)).chain(KEYLESS.iter().map(|(of, name, _)| (*of, *name)));
        for (structure, name) in named.filter(|(structure, _)| !["Role", "configuration"].contains(structure)) {
            assert!(known.contains(&(structure, name)), "{structure}.{name}");
        }
    }

    #[test]
    fn every_key_of_an_invoke_is_a_member_of_an_action_or_of_its_configuration() {
        let provider = catalogue::find(&ActionTypeId::pipeline_invoke()).unwrap();
        for key in provider.known_keys() {
            assert!(written("configuration", key.name).is_some(), "{}", key.name);
        }
        // They become a variable that the target declares, and an action.
        let ours: Vec<&str> = INVOKE.keys.iter().filter(|key| key.member.is_none()).map(|key| key.name).collect();
        assert_eq!(ours, ["follow", "wait"]);
        for member in INVOKE.keys.iter().filter_map(|key| key.member) {
            let known = match member.structure {
                "configuration" => provider.key(member.name).is_some(),
                structure => structure == "ActionDeclaration",
            };
            assert!(known, "{member:?}");
        }
    }

    #[test]
    fn a_key_has_one_row_in_its_construct() {
        let named: BTreeSet<_> = rows().map(|(construct, key)| (construct.name, key.name)).collect();
        assert_eq!(named.len(), rows().count());
    }

    #[test]
    fn a_member_leads_to_its_key() {
        let key = |structure, member| match written(structure, member) {
            Some(Written::Key(key)) => key.name,
            other => panic!("{structure}.{member}: {other:?}"),
        };
        assert_eq!(key("PipelineDeclaration", "roleArn"), "service_role");
        assert_eq!(key("StageDeclaration", "onFailure"), "on_failure");
        assert_eq!(key("ActionDeclaration", "inputArtifacts"), "input");
        assert_eq!(key("OutputArtifact", "files"), "files");
        assert_eq!(key("RuleDeclaration", "timeoutInMinutes"), "timeout_in_minutes");
        assert_eq!(key("configuration", "Variables"), "variables");
        assert!(matches!(written("EncryptionKey", "type"), Some(Written::Always("KMS"))));
        assert!(written("StageDeclaration", "description").is_none());
    }

    #[test]
    fn words_are_those_of_the_api() {
        let words = |name: &str| {
            let list = WORD_LISTS.iter().find(|list| list.name == name).unwrap();
            list.names().collect::<BTreeSet<_>>()
        };
        let set = |words: &[&'static str]| words.iter().copied().collect::<BTreeSet<_>>();
        assert_eq!(words("execution_mode"), set(ExecutionMode::VALUES));
        assert_eq!(words("pipeline_type"), set(PipelineType::VALUES));
        assert_eq!(words("retry_mode"), set(RetryMode::VALUES));
        assert_eq!(words("events"), set(PULL_REQUEST_EVENTS));
        assert_eq!(words("revision_type"), set(REVISION_TYPES));
        assert_eq!(words("before_entry"), set(BEFORE_ENTRY_RESULTS));
        assert_eq!(words("on_success"), set(ON_SUCCESS_RESULTS));
        assert_eq!(words("on_failure"), set(FAILURE_RESULTS));
        let follow = WORD_LISTS.iter().find(|list| list.name == "follow").unwrap();
        assert!(follow.words.iter().all(|(_, doc)| doc.contains(&format!("`{CALLER_VARIABLE}`"))));
    }

    #[test]
    fn a_key_takes_texts_if_it_does_so_wherever_it_is() {
        let names: BTreeSet<_> = rows().map(|(_, key)| key.name).filter(|name| takes_texts(name)).collect();
        let expected = ["blockers", "branches", "commands", "excludes", "file_paths", "files", "includes"];
        assert_eq!(names.into_iter().collect::<Vec<_>>(), expected);
    }
}
