//! A request to CodePipeline: who asks, where, and for what.

use serde_json::Value;

use super::types::check_types;
use crate::core::arns::codepipeline_arn;
use crate::core::declaration::StageDeclaration;
use crate::core::ids::{AccountId, Partition, PipelineArn, Region};
use crate::local::input::{bounded, execution_id, need, text};
use crate::local::pipelines::StoredPipeline;
use crate::local::refusal::{Refusal, pipeline_name, pipeline_not_found, validation};
use crate::local::store::Store;
use crate::local::wire::Call;

pub(super) struct CodePipelineRequest<'a> {
    pub(super) account: AccountId,
    pub(super) region: Region,
    pub(super) call: &'a Call,
    pub(super) input: &'a Value,
}

impl<'a> CodePipelineRequest<'a> {
    pub(super) fn new(call: &'a Call, input: &'a Value) -> Result<Self, Refusal> {
        check_types(input)?;
        let account = call.account()?;
        let region = call.region.parse().map_err(|_| validation(format!("{} is not a Region", call.region)))?;
        Ok(Self { account, region, call, input })
    }

    /// The ARN of what is asked for, for identity policies. Source: Service Authorization Reference, "Actions, resources, and
    /// condition keys for AWS CodePipeline".
    pub(super) fn resource(&self, operation: &str) -> String {
        let arn = |resource: &str| self.arn(resource);
        if matches!(operation, "ListTagsForResource" | "TagResource" | "UntagResource") {
            return text(self.input, "resourceArn").unwrap_or("*").to_owned();
        }
        let part = |key: &str| text(self.input, key).unwrap_or("*");
        if matches!(operation, "CreateCustomActionType" | "DeleteCustomActionType") {
            return arn(&format!("actiontype:Custom/{}/{}/{}", part("category"), part("provider"), part("version")));
        }
        if operation == "PollForJobs" {
            let id = self.input.get("actionTypeId").cloned().unwrap_or_default();
            let part = |key: &str| text(&id, key).unwrap_or("*").to_owned();
            let [owner, category, provider, version] = ["owner", "category", "provider", "version"].map(part);
            return arn(&format!("actiontype:{owner}/{category}/{provider}/{version}"));
        }
        // The member that the operation has: others are ignored, here as well.
        let name = match operation {
            "CreatePipeline" | "UpdatePipeline" => {
                self.input.get("pipeline").and_then(|pipeline| text(pipeline, "name"))
            }
            "DeletePipeline" | "GetPipeline" | "GetPipelineState" | "StartPipelineExecution" => {
                text(self.input, "name")
            }
            _ => text(self.input, "pipelineName"),
        };
        let Some(name) = name else {
            // Of the operations without a name, this one has a resource. Source: github.com/aws-samples/eks-workshop/issues/242.
            return if operation == "ListPipelines" { arn("*") } else { "*".to_owned() };
        };
        match operation {
            "PutApprovalResult" => arn(&format!("{name}/{}/{}", part("stageName"), part("actionName"))),
            "DisableStageTransition"
            | "EnableStageTransition"
            | "OverrideStageCondition"
            | "RetryStageExecution"
            | "RollbackStage" => arn(&format!("{name}/{}", part("stageName"))),
            _ => arn(name),
        }
    }

    /// The ARN of something of the caller's account.
    pub(super) fn arn(&self, resource: &str) -> String {
        let (partition, region) = (Partition::of_region(&self.region), self.region.as_str());
        codepipeline_arn(partition.as_str(), region, self.account.as_str(), resource)
    }

    /// The ARN of a pipeline of the caller's account.
    pub(super) fn arn_of(&self, name: &str, member: &str) -> Result<PipelineArn, Refusal> {
        let name = pipeline_name(bounded(name, member, 1, 100)?, member)?;
        Ok(PipelineArn::new(Partition::of_region(&self.region), self.region.clone(), self.account.clone(), name))
    }

    /// The pipeline that a member names.
    pub(super) fn record<'s>(
        &self,
        store: &'s Store,
        member: &str,
    ) -> Result<(PipelineArn, &'s StoredPipeline), Refusal> {
        let arn = self.arn_of(need(self.input, member)?, member)?;
        match store.pipelines.get(&arn) {
            Some(record) => Ok((arn, record)),
            None => Err(pipeline_not_found(&arn)),
        }
    }

    /// The stage that `stageName` names.
    pub(super) fn stage<'s>(&self, record: &'s StoredPipeline) -> Result<&'s StageDeclaration, Refusal> {
        let name = need(self.input, "stageName")?;
        record.declaration.stages.iter().flatten().find(|stage| stage.name == name).ok_or_else(|| {
            Refusal::new("StageNotFoundException", "The stage was specified in an invalid format or cannot be found.")
        })
    }

    /// The position of the execution that a member names.
    pub(super) fn position(&self, arn: &PipelineArn, record: &StoredPipeline, member: &str) -> Result<usize, Refusal> {
        let id = execution_id(need(self.input, member)?, member)?;
        record.position(id).ok_or_else(|| execution_not_found(arn, id))
    }
}

pub(super) fn execution_not_found(arn: &PipelineArn, id: &str) -> Refusal {
    let message = format!("Could not find the execution '{id}' of pipeline '{}'", arn.name());
    Refusal::new("PipelineExecutionNotFoundException", message)
}
