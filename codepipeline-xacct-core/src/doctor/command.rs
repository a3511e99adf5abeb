//! A change as it is offered: what it does, the JSON to paste, and the AWS CLI command.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::edit::{Edit, Members, PipelineEdit};
use crate::declaration::PipelineDeclaration;
use crate::ids::{AccountId, PipelineArn, RoleArn};
use crate::plan::enable_command;
use crate::plan::mask::masked;
use crate::policy::Document;
use crate::shell::quoted;

/// One change of a role or a pipeline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Remedy {
    /// The account in which it is made.
    pub account: AccountId,
    /// What it does.
    pub what: String,
    /// What is added, removed or set, as JSON to paste.
    pub json: Value,
    /// The AWS CLI command; `None` where the rest of the document isn't known. A command that writes a whole document rests on
    /// what was read.
    pub command: Option<String>,
    /// What a plan does of it; `None` where no step of a plan does it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edit: Option<Edit>,
}

/// The call of a role.
pub(super) enum RoleCall<'a> {
    Create(&'a Document),
    Trust(&'a Document),
    Put(&'a str, &'a Document),
}

impl RoleCall<'_> {
    pub(super) fn command(&self, role: &RoleArn) -> String {
        let name = role.name();
        match self {
            RoleCall::Create(trust) => {
                let path = match role.path() {
                    "/" => String::new(),
                    path => format!(" --path {}", quoted(path)),
                };
                let trust = quoted(&trust.to_json());
                format!("aws iam create-role --role-name {name}{path} --assume-role-policy-document {trust}")
            }
            RoleCall::Trust(trust) => {
                let trust = quoted(&trust.to_json());
                format!("aws iam update-assume-role-policy --role-name {name} --policy-document {trust}")
            }
            RoleCall::Put(policy, document) => {
                let (policy, document) = (quoted(policy), quoted(&document.to_json()));
                format!(
                    "aws iam put-role-policy --role-name {name} --policy-name {policy} --policy-document {document}"
                )
            }
        }
    }
}

/// Writes members of a pipeline: UpdatePipeline with the changed declaration. A masked secret stays as it is.
pub(super) fn update(
    arn: &PipelineArn,
    what: String,
    json: Value,
    members: Members,
    declaration: &mut PipelineDeclaration,
) -> Remedy {
    members.write(declaration);
    let text = masked(json!(declaration)).to_string();
    let command = format!("aws codepipeline update-pipeline --region {} --pipeline {}", arn.region(), quoted(&text));
    let edit = Edit::Pipeline(Box::new(PipelineEdit { pipeline: arn.clone(), members }));
    Remedy { account: arn.account().clone(), what, json, command: Some(command), edit: Some(edit) }
}

/// The transition into a stage is enabled again.
pub(super) fn enable(arn: &PipelineArn, stage: &str) -> Remedy {
    Remedy {
        account: arn.account().clone(),
        what: format!("enable the transition into stage `{stage}`"),
        json: json!({ "pipelineName": arn.name().as_str(), "stageName": stage, "transitionType": "Inbound" }),
        command: Some(enable_command(arn, stage)),
        edit: None,
    }
}
