//! The script that makes everything with the AWS CLI.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::ids::{AccountId, PipelineArn, RoleArn, TopologyName};
use crate::plan::TOPOLOGY_TAG;
use crate::shell::quoted;

const FUNCTIONS: &str = include_str!("functions.sh");

/// What the script does, in order.
pub(super) enum Call {
    /// Makes or updates a role.
    Role { role: RoleArn, folder: String },
    /// Writes the inline policy of a role.
    Policy { role: RoleArn, name: String, file: String },
    /// Makes or updates a pipeline. A secret in a text of JSON has `json:` before its name.
    Pipeline { pipeline: PipelineArn, folder: String, secrets: Vec<String> },
}

pub(super) fn script(
    topology: &TopologyName,
    accounts: &BTreeSet<AccountId>,
    secrets: &[String],
    calls: &[Call],
    notes: &[String],
) -> String {
    let mut text = "#!/usr/bin/env bash\n".to_owned();
    // Writing to a string can't fail.
    let _ = writeln!(text, "# Creates or updates topology {topology} in dependency order.\n#");
    for account in accounts {
        let _ = writeln!(
            text,
            "# PROFILE_{account} names the AWS profile for account {account}; without it the credentials of"
        );
        let _ = writeln!(text, "# the environment are used.");
    }
    for note in notes {
        let _ = writeln!(text, "# {}", note.replace(char::is_control, " "));
    }
    let region = calls.iter().find_map(|call| match call {
        Call::Pipeline { pipeline, .. } => Some(pipeline.region()),
        Call::Role { .. } | Call::Policy { .. } => None,
    });
    if let Some(region) = region {
        let _ = writeln!(
            text,
            "\n# IAM and STS are asked in the partition of this Region.\nexport AWS_DEFAULT_REGION={region}"
        );
    }
    let _ = writeln!(text, "\nTOPOLOGY={topology}\nTAG={TOPOLOGY_TAG}\n\n{FUNCTIONS}");
    for secret in secrets {
        let _ = writeln!(text, "secret {secret}");
    }
    for account in accounts {
        let _ = writeln!(text, "account {account}");
    }
    text.push('\n');
    for call in calls {
        let _ = match call {
            Call::Role { role, folder } => {
                let (name, path, folder) = (role.name(), quoted(role.path()), quoted(folder));
                writeln!(text, "role {} {name} {path} {folder}", role.account())
            }
            Call::Policy { role, name, file } => {
                let (policy, file) = (quoted(name), quoted(file));
                writeln!(text, "policy {} {} {policy} {file}", role.account(), role.name())
            }
            Call::Pipeline { pipeline, folder, secrets } => {
                let (arn, region, name) = (quoted(&pipeline.to_string()), pipeline.region(), pipeline.name());
                let secrets: String = secrets.iter().map(|secret| format!(" {secret}")).collect();
                writeln!(text, "pipeline {} {region} {name} {arn} {}{secrets}", pipeline.account(), quoted(folder))
            }
        };
    }
    text
}
