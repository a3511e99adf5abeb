//! Facts that belong in one place appear only there.
#![allow(clippy::unwrap_used, missing_docs)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use codepipeline_xacct_core::catalogue::{ACTIONS, RULES};

/// The source files of all crates that are neither generated nor tests, by path.
fn sources() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut open: Vec<PathBuf> =
        std::fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path().join("src")).collect();
    let mut files = Vec::new();
    while let Some(path) = open.pop() {
        if let Ok(entries) = std::fs::read_dir(&path) {
            open.extend(entries.map(|entry| entry.unwrap().path()));
        } else if path.extension().is_some_and(|extension| extension == "rs") && !path.ends_with("tests.rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            if !text.contains("by `cargo xtask write`; edit that file instead") {
                let end = text.find("#[cfg(test)]\nmod tests {").unwrap_or(text.len());
                files.push((path, text[..end].to_owned()));
            }
        }
    }
    assert!(files.len() > 50, "{}", files.len());
    files
}

/// The files that contain a text, without those that may.
fn found(text: &str, allowed: &[&str]) -> Vec<PathBuf> {
    let named = sources().into_iter().filter(|(path, source)| {
        source.contains(text) && !allowed.iter().any(|allowed| path.to_string_lossy().ends_with(allowed))
    });
    named.map(|(path, _)| path).collect()
}

#[test]
fn only_the_catalogue_names_secrets() {
    let keys = ACTIONS.iter().flat_map(|action| action.known_keys()).chain(RULES.iter().flat_map(|rule| rule.keys));
    for key in keys.filter(|key| key.secret) {
        assert_eq!(found(&format!("\"{}\"", key.name), &[]), Vec::<PathBuf>::new(), "{}", key.name);
    }
    assert_eq!(found("\"****\"", &["declaration/secrets.rs"]), Vec::<PathBuf>::new());
}

#[test]
fn only_the_rules_name_codes() {
    for digit in 0..=9 {
        // The page of the rules names families.
        assert_eq!(found(&format!("\"XA{digit}"), &["generate/rules.rs"]), Vec::<PathBuf>::new());
    }
}

#[test]
fn references_are_parsed_in_one_place() {
    for text in ["\"#{\"", "#{{", "#{}{"] {
        assert_eq!(found(text, &["declaration/references.rs"]), Vec::<PathBuf>::new());
    }
}

/// Texts, and the files in which alone they are written.
const WRITTEN_ONCE: &[(&str, &[&str])] = &[
    ("\"amazonaws.com.cn\"", &["core/src/partitions.rs"]),
    ("\"console.aws.amazon.com\"", &["core/src/partitions.rs"]),
    ("\"us-gov-west-1\"", &["core/src/partitions.rs", "core/src/regions.rs"]),
    ("\"PipelineExecutionId\"", &["declaration/references.rs", "local/engine/perform.rs"]),
    ("\"PipelineName\"", &["declaration/invoke.rs", "syntax/src/keys/members.rs"]),
    ("\"SourceRevisions\"", &["declaration/invoke.rs", "syntax/src/keys/tables.rs"]),
    ("\"SECRETS_MANAGER\"", &["declaration/fixed_values.rs"]),
    ("\"PLAINTEXT\"", &["declaration/defaults.rs"]),
    ("is not authorized to perform", &["policy/denial.rs"]),
    ("service control policy\"", &["policy/denial.rs"]),
    ("resource-based policy\"", &["policy/denial.rs"]),
    ("\"codepipeline.amazonaws.com", &["policy/document.rs", "core/src/sentences.rs"]),
    ("\"&lt;\"", &["core/src/xml.rs"]),
    ("/aws-service-role/", &["core/src/ids.rs"]),
    ("0x811c_9dc5", &["core/src/hash.rs"]),
    ("}:iam::{", &["core/src/arns.rs", "core/src/ids.rs"]),
    ("}:sts::{", &["core/src/arns.rs"]),
    ("assumed-role/", &["core/src/arns.rs"]),
    ("}:s3:::{", &["core/src/arns.rs"]),
    ("}:codepipeline:{", &["core/src/arns.rs", "core/src/ids.rs"]),
];

#[test]
fn what_is_known_in_one_place_is_written_only_there() {
    for (text, places) in WRITTEN_ONCE {
        assert_eq!(found(text, places), Vec::<PathBuf>::new(), "{text} is written in {places:?}");
        assert!(!found(text, &[]).is_empty(), "{text} is no longer written in {places:?}");
    }
}

/// Providers that core names, and where: their rules, which the catalogue can't say, and the two action types that are made here.
const PROVIDERS: &[(&str, &[&str])] = &[
    (
        "CodeBuild",
        &[
            "catalogue/mod.rs",
            "catalogue/services.rs",
            "check/actions.rs",
            "check/artifacts.rs",
            "wiring/artifact_access.rs",
        ],
    ),
    ("CodeDeploy", &["wiring/artifact_access.rs"]),
    ("CodeDeployToECS", &["check/actions.rs"]),
    (
        "CloudFormation",
        &["check/change_sets.rs", "variables/near_references.rs", "check/overrides.rs", "wiring/artifact_access.rs"],
    ),
    ("CloudFormationStackSet", &["check/stack_sets.rs"]),
    ("CloudFormationStackInstances", &["check/stack_sets.rs"]),
    ("CodePipeline", &["declaration/structures.rs"]),
    ("CodeStarSourceConnection", &["declaration/fixed_values.rs"]),
    ("Commands", &["catalogue/services.rs", "declaration/structures.rs"]),
    ("EC2", &["catalogue/services.rs", "wiring/artifact_access.rs", "wiring/used_roles.rs"]),
    ("ECRBuildAndPublish", &["catalogue/services.rs"]),
    ("EKS", &["catalogue/services.rs", "wiring/access_entries.rs"]),
    ("Lambda", &["wiring/calls.rs", "wiring/used_roles.rs"]),
    // As a kind of artifact store, and as a word.
    ("S3", &["declaration/fixed_values.rs", "core/src/sentences.rs"]),
    ("StepFunctions", &["catalogue/services.rs", "check/execution_input.rs", "wiring/calls.rs"]),
];

#[test]
fn what_is_known_of_a_provider_is_in_the_catalogue() {
    let providers: BTreeSet<&str> =
        ACTIONS.iter().map(|action| action.provider).chain(RULES.iter().map(|rule| rule.provider)).collect();
    let sources = sources();
    for provider in providers {
        let text = format!("\"{provider}\"");
        let is_core = |path: &Path| path.to_string_lossy().contains("codepipeline-xacct-core/src/");
        let is_in_code = |line: &str| line.contains(&text) && !line.trim_start().starts_with("//");
        let named = sources.iter().filter(|(path, source)| is_core(path) && source.lines().any(is_in_code));
        let known = PROVIDERS.iter().find(|(name, _)| *name == provider).map_or([].as_slice(), |(_, files)| *files);
        let mut left: Vec<&str> = known.to_vec();
        for (path, _) in named {
            let path = path.to_string_lossy();
            assert!(known.iter().any(|file| path.ends_with(file)), "{provider} is named in {path}");
            left.retain(|file| !path.ends_with(file));
        }
        assert_eq!(left, Vec::<&str>::new(), "no longer name {provider}");
    }
}
