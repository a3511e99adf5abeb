//! Words that people write as keys from habit, and what belongs there instead.

use super::row::Construct;

/// What belongs in the place of a word that is not a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Instead {
    /// Another key.
    Key(&'static str),
    /// Another form, as a help says it.
    Form(&'static str),
}

const PIPELINES: &[&str] = &["Pipeline", "ExtendedPipeline", "ExternPipeline"];
const ACTIONS: &[&str] = &["Action", "Invoke"];

const STAGE: Instead = Instead::Form("write each stage as `stage \"<name>\" { … }`");
const RETRY: Instead = Instead::Form("write `on_failure: RETRY(ALL_ACTIONS)` or `on_failure: RETRY(FAILED_ACTIONS)`");
const OF_ACTIONS: Instead = Instead::Form("it is a key of an action: write it inside the braces of each action");
const ACTION: Instead = Instead::Form("write each action as `action \"<name>\": <provider> { … }`");
const PROVIDER: Instead = Instead::Form("the provider follows the name: `action \"<name>\": <provider> { … }`");
const TARGET: Instead = Instead::Form("the target follows the name: `invoke \"<name>\": <pipeline item> { … }`");

const TRIGGER: Instead = Instead::Form(
    "what starts the pipeline is one of its keys: write `triggers: { <source action>: { push: { branches: [\"…\"] } } }` before its stages",
);

/// Constructs by their names, a word, and what is meant by it.
static ROWS: &[(&[&str], &str, Instead)] = &[
    (&["Role"], "arn", Instead::Key("name")),
    (&["ExtendedRole", "ExternRole"], "name", Instead::Key("arn")),
    (&["ExtendedRole", "ExternRole"], "path", Instead::Form("leave it out: the path is part of the `arn`")),
    (
        &["ExtendedRole", "ExternRole"],
        "tags",
        Instead::Form("leave it out: the tags of a role that is not ours are not written"),
    ),
    (&["ExternRole"], "permissions_boundary_arn", Instead::Key("permissions_boundary")),
    (&["Role"], "trust", Instead::Key("trusts")),
    (PIPELINES, "role", Instead::Key("service_role")),
    (PIPELINES, "title", Instead::Key("name")),
    (&["Role"], "title", Instead::Key("name")),
    (PIPELINES, "bucket", Instead::Key("artifact_bucket")),
    (PIPELINES, "mode", Instead::Key("execution_mode")),
    (PIPELINES, "type", Instead::Key("pipeline_type")),
    (PIPELINES, "stages", STAGE),
    (PIPELINES, "actions", ACTION),
    (&["Stage"], "actions", ACTION),
    (&["Stage"], "name", STAGE),
    (&["Stage"], "retry", RETRY),
    (&["Stage"], "retry_mode", RETRY),
    (&["Stage"], "retry_configuration", RETRY),
    (&["Stage"], "rollback", Instead::Form("write `on_failure: ROLLBACK`")),
    (&["Stage"], "run_order", OF_ACTIONS),
    (&["Stage"], "namespace", OF_ACTIONS),
    (&["Stage"], "input", OF_ACTIONS),
    (&["Stage"], "output", OF_ACTIONS),
    (&["Stage"], "role", OF_ACTIONS),
    (&["Stage"], "region", OF_ACTIONS),
    (&["Stage"], "after_success", Instead::Key("on_success")),
    (&["Stage"], "after_failure", Instead::Key("on_failure")),
    (&["Stage"], "on_error", Instead::Key("on_failure")),
    (&["Stage"], "condition", Instead::Key("before_entry")),
    (&["Stage"], "conditions", Instead::Key("before_entry")),
    (&["Bucket"], "bucket", Instead::Key("location")),
    (&["Bucket"], "bucket_name", Instead::Key("location")),
    (&["Bucket"], "name", Instead::Key("location")),
    (&["Bucket"], "kms_key", Instead::Key("encryption_key")),
    (&["Bucket"], "kms_key_id", Instead::Key("encryption_key")),
    (&["Bucket"], "kms_key_arn", Instead::Key("encryption_key")),
    (&["Push"], "events", Instead::Form("write it in a filter of pull requests: `pull_request: [{ events: […] }]`")),
    (&["Action"], "push", TRIGGER),
    (&["Action"], "pull_request", TRIGGER),
    (&["Action"], "triggers", TRIGGER),
    (&["Action"], "env", Instead::Key("environment_variables")),
    (&["Action"], "environment", Instead::Key("environment_variables")),
    (&["Action"], "exported_variables", Instead::Key("output_variables")),
    (&["Action"], "parameters", Instead::Key("parameter_overrides")),
    (ACTIONS, "name", Instead::Form("the name follows the word: `action \"<name>\": … { … }`")),
    (&["Action"], "provider", PROVIDER),
    (&["Action"], "action_type_id", PROVIDER),
    (&["Action"], "type", PROVIDER),
    (&["Action"], "category", PROVIDER),
    (&["Invoke"], "with", Instead::Key("variables")),
    (&["Invoke"], "inputs", Instead::Key("variables")),
    (&["Invoke"], "parameters", Instead::Key("variables")),
    (&["Invoke"], "env", Instead::Key("variables")),
    (&["Invoke"], "target", TARGET),
    (&["Invoke"], "pipeline", TARGET),
];

/// What is meant by a word that is not a key of a construct.
pub fn instead(construct: &Construct, word: &str) -> Option<Instead> {
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
                if let Instead::Key(key) = meant {
                    // An extern pipeline lacks some keys of the others, and actions have those of their provider.
                    let others = ["ExternPipeline", "Action"].contains(name);
                    assert!(others || construct.key(key).is_some(), "{name}: {key}");
                }
            }
        }
    }
}
