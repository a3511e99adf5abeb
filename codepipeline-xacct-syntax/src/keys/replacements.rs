//! Words that people write as keys from habit, and what belongs there instead.

use super::row::Construct;

/// What belongs in the place of a word that is not a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Replacement {
    /// Another key.
    Key(&'static str),
    /// Another form, as a help says it.
    Form(&'static str),
}

const PIPELINES: &[&str] = &["Pipeline", "ExtendedPipeline", "ExternPipeline"];
const ACTIONS: &[&str] = &["Action", "Invoke"];

const STAGE: Replacement = Replacement::Form("write each stage as `stage \"<name>\" { … }`");
const RETRY: Replacement =
    Replacement::Form("write `on_failure: RETRY(ALL_ACTIONS)` or `on_failure: RETRY(FAILED_ACTIONS)`");
const OF_ACTIONS: Replacement =
    Replacement::Form("it is a key of an action: write it inside the braces of each action");
const ACTION: Replacement = Replacement::Form("write each action as `action \"<name>\": <provider> { … }`");
const PROVIDER: Replacement = Replacement::Form("the provider follows the name: `action \"<name>\": <provider> { … }`");
const TARGET: Replacement =
    Replacement::Form("the target follows the name: `invoke \"<name>\": <pipeline item> { … }`");

const TRIGGER: Replacement = Replacement::Form(
    "what starts the pipeline is one of its keys: write `triggers: { <source action>: { push: { branches: [\"…\"] } } }` before its stages",
);

/// Constructs by their names, a word, and what is meant by it.
static ROWS: &[(&[&str], &str, Replacement)] = &[
    (&["Role"], "arn", Replacement::Key("name")),
    (&["ExtendedRole", "ExternRole"], "name", Replacement::Key("arn")),
    (&["ExtendedRole", "ExternRole"], "path", Replacement::Form("leave it out: the path is part of the `arn`")),
    (
        &["ExtendedRole", "ExternRole"],
        "tags",
        Replacement::Form("leave it out: the tags of a role that is not ours are not written"),
    ),
    (&["ExternRole"], "permissions_boundary_arn", Replacement::Key("permissions_boundary")),
    (&["Role"], "trust", Replacement::Key("trusts")),
    (PIPELINES, "role", Replacement::Key("service_role")),
    (PIPELINES, "title", Replacement::Key("name")),
    (&["Role"], "title", Replacement::Key("name")),
    (PIPELINES, "bucket", Replacement::Key("artifact_bucket")),
    (
        &["Pipeline", "ExtendedPipeline"],
        "artifact_store",
        Replacement::Form(
            "write `artifact_bucket: \"…\"`, or `artifact_bucket: { location: \"…\", encryption_key: \"arn:…\" }` with a key",
        ),
    ),
    (PIPELINES, "mode", Replacement::Key("execution_mode")),
    (PIPELINES, "type", Replacement::Key("pipeline_type")),
    (PIPELINES, "stages", STAGE),
    (PIPELINES, "actions", ACTION),
    (&["Stage"], "actions", ACTION),
    (&["Stage"], "name", STAGE),
    (&["Stage"], "retry", RETRY),
    (&["Stage"], "retry_mode", RETRY),
    (&["Stage"], "retry_configuration", RETRY),
    (&["Stage"], "rollback", Replacement::Form("write `on_failure: ROLLBACK`")),
    (&["Stage"], "run_order", OF_ACTIONS),
    (&["Stage"], "namespace", OF_ACTIONS),
    (&["Stage"], "input", OF_ACTIONS),
    (&["Stage"], "output", OF_ACTIONS),
    (&["Stage"], "role", OF_ACTIONS),
    (&["Stage"], "region", OF_ACTIONS),
    (&["Stage"], "after_success", Replacement::Key("on_success")),
    (&["Stage"], "after_failure", Replacement::Key("on_failure")),
    (&["Stage"], "on_error", Replacement::Key("on_failure")),
    (&["Stage"], "condition", Replacement::Key("before_entry")),
    (&["Stage"], "conditions", Replacement::Key("before_entry")),
    (&["Bucket"], "bucket", Replacement::Key("location")),
    (&["Bucket"], "bucket_name", Replacement::Key("location")),
    (&["Bucket"], "name", Replacement::Key("location")),
    (&["Bucket"], "kms_key", Replacement::Key("encryption_key")),
    (&["Bucket"], "kms_key_id", Replacement::Key("encryption_key")),
    (&["Bucket"], "kms_key_arn", Replacement::Key("encryption_key")),
    (
        &["Push"],
        "events",
        Replacement::Form("write it in a filter of pull requests: `pull_request: [{ events: […] }]`"),
    ),
    (&["Action"], "push", TRIGGER),
    (&["Action"], "pull_request", TRIGGER),
    (&["Action"], "triggers", TRIGGER),
    (&["Action"], "env", Replacement::Key("environment_variables")),
    (&["Action"], "environment", Replacement::Key("environment_variables")),
    (&["Action"], "exported_variables", Replacement::Key("output_variables")),
    (&["Action"], "parameters", Replacement::Key("parameter_overrides")),
    (ACTIONS, "name", Replacement::Form("the name follows the word: `action \"<name>\": … { … }`")),
    (&["Action"], "provider", PROVIDER),
    (&["Action"], "action_type_id", PROVIDER),
    (&["Action"], "type", PROVIDER),
    (&["Action"], "category", PROVIDER),
    (&["Invoke"], "with", Replacement::Key("variables")),
    (&["Invoke"], "inputs", Replacement::Key("variables")),
    (&["Invoke"], "parameters", Replacement::Key("variables")),
    (&["Invoke"], "env", Replacement::Key("variables")),
    (&["Invoke"], "target", TARGET),
    (&["Invoke"], "pipeline", TARGET),
];

/// What is meant by a word that is not a key of a construct.
pub fn replacement(construct: &Construct, word: &str) -> Option<Replacement> {
    let row = ROWS.iter().find(|(constructs, known, _)| constructs.contains(&construct.name) && *known == word)?;
    Some(row.2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::{CONSTRUCTS, PROVIDER_CONSTRUCTS};

    #[test]
    fn every_row_is_of_known_constructs_and_means_a_key_of_theirs() {
        for (names, word, meant) in ROWS {
            for name in *names {
                let construct = CONSTRUCTS.iter().chain(PROVIDER_CONSTRUCTS).find(|c| c.name == *name).unwrap();
                assert!(construct.key(word).is_none(), "{name}: {word}");
                if let Replacement::Key(key) = meant {
                    // An extern pipeline lacks some keys of the others, and actions have those of their provider.
                    let others = ["ExternPipeline", "Action"].contains(name);
                    assert!(others || construct.key(key).is_some(), "{name}: {key}");
                }
            }
        }
    }
}
