//! What can be done with an execution: approve, reject, stop, retry, roll back.

use aws_sdk_codepipeline::types::{ApprovalResult, ApprovalStatus, ExecutionMode, StageRetryMode};

use super::blocked::{blocked, token};
use super::error::ExecutionError;
use super::execution::{Execution, begun};
use crate::aws::error::AwsError;
use crate::core::ids::Name;

/// How an execution is stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StopMode {
    /// The actions that run end first.
    Wait,
    /// Running actions are abandoned: work that they started may continue.
    Abandon,
}

/// What a retry of a stage runs again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetryMode {
    /// The actions that failed.
    FailedActions,
    /// All actions of the stage.
    AllActions,
}

impl Execution<'_> {
    /// Approves a manual approval that waits in this execution.
    pub async fn approve(&self, stage: &Name, action: &Name, summary: &str) -> Result<(), ExecutionError> {
        self.answer(stage, action, ApprovalStatus::Approved, summary).await
    }

    /// Rejects a manual approval that waits in this execution; the action fails.
    pub async fn reject(&self, stage: &Name, action: &Name, summary: &str) -> Result<(), ExecutionError> {
        self.answer(stage, action, ApprovalStatus::Rejected, summary).await
    }

    async fn answer(
        &self,
        stage: &Name,
        action: &Name,
        status: ApprovalStatus,
        summary: &str,
    ) -> Result<(), ExecutionError> {
        let token = self.token(stage, action).await?.map_err(|waiting| ExecutionError::NoApproval {
            pipeline: self.pipeline.clone(),
            execution: self.id.clone(),
            stage: stage.clone(),
            action: action.clone(),
            waiting,
        })?;
        // Both members are set, so this is never an error.
        let result = ApprovalResult::builder().status(status).summary(summary).build().ok();
        let client = self.session.codepipeline(self.pipeline.account(), self.pipeline.region())?;
        client
            .put_approval_result()
            .pipeline_name(self.pipeline.name().as_str())
            .stage_name(stage.as_str())
            .action_name(action.as_str())
            .set_result(result)
            .token(token)
            .send()
            .await
            .map_err(|e| AwsError::new(self.pipeline.account(), "PutApprovalResult", &self.pipeline, e))?;
        Ok(())
    }

    fn not_read(&self, error: AwsError) -> ExecutionError {
        match error.is_not_found() {
            true => ExecutionError::NoExecution { pipeline: self.pipeline.clone(), execution: self.id.clone() },
            false => error.into(),
        }
    }

    /// The token of an approval that waits in this execution, or what waits otherwise. GetPipelineState shows the one that waits in a stage; of a PARALLEL
    /// pipeline it is the external id of the action. Source: CodePipeline API Reference, "PutApprovalResult".
    async fn token(&self, stage: &Name, action: &Name) -> Result<Result<String, Option<String>>, ExecutionError> {
        let (account, name) = (self.pipeline.account(), self.pipeline.name().as_str());
        let client = self.session.codepipeline(account, self.pipeline.region())?;
        let execution = client
            .get_pipeline_execution()
            .pipeline_name(name)
            .pipeline_execution_id(self.id.as_str())
            .send()
            .await
            .map_err(|e| self.not_read(AwsError::new(account, "GetPipelineExecution", &self.pipeline, e)))?;
        let mode = execution.pipeline_execution().and_then(|e| e.execution_mode());
        if mode == Some(&ExecutionMode::Parallel) {
            let filter = aws_sdk_codepipeline::types::ActionExecutionFilter::builder()
                .pipeline_execution_id(self.id.as_str())
                .build();
            let listed = client
                .list_action_executions()
                .pipeline_name(name)
                .filter(filter)
                .send()
                .await
                .map_err(|e| AwsError::new(account, "ListActionExecutions", &self.pipeline, e))?;
            let waits = listed.action_execution_details().iter().find(|detail| {
                detail.stage_name() == Some(stage.as_str())
                    && detail.action_name() == Some(action.as_str())
                    && detail.status() == Some(&aws_sdk_codepipeline::types::ActionExecutionStatus::InProgress)
            });
            let result = waits.and_then(|detail| detail.output()?.execution_result());
            return Ok(result.and_then(|result| result.external_execution_id()).map(str::to_owned).ok_or(None));
        }
        let state = client
            .get_pipeline_state()
            .name(name)
            .send()
            .await
            .map_err(|e| AwsError::new(account, "GetPipelineState", &self.pipeline, e))?;
        let of_stage = state.stage_states().iter().find(|state| state.stage_name() == Some(stage.as_str()));
        let waits = of_stage.and_then(|stage| {
            let of_action = stage.action_states().iter().find(|state| state.action_name() == Some(action.as_str()))?;
            Some((stage.latest_execution()?.pipeline_execution_id(), token(of_action)?))
        });
        Ok(match waits {
            Some((id, token)) if id == self.id.as_str() => Ok(token.to_owned()),
            // The approval of another execution is not ours to give.
            Some((other, _)) => Err(Some(format!("execution {other} waits for it"))),
            None => Err(blocked(&state, self.id.as_str())),
        })
    }

    /// Stops the execution. Those that its invoke actions started continue.
    pub async fn stop(&self, mode: StopMode, reason: &str) -> Result<(), ExecutionError> {
        let client = self.session.codepipeline(self.pipeline.account(), self.pipeline.region())?;
        client
            .stop_pipeline_execution()
            .pipeline_name(self.pipeline.name().as_str())
            .pipeline_execution_id(self.id.as_str())
            .abandon(mode == StopMode::Abandon)
            .set_reason(Some(reason.to_owned()).filter(|reason| !reason.is_empty()))
            .send()
            .await
            .map_err(|e| AwsError::new(self.pipeline.account(), "StopPipelineExecution", &self.pipeline, e))?;
        Ok(())
    }

    /// Runs a failed stage again. An invoke action that runs again starts its target again.
    pub async fn retry(&self, stage: &Name, mode: RetryMode) -> Result<(), ExecutionError> {
        let client = self.session.codepipeline(self.pipeline.account(), self.pipeline.region())?;
        let mode = match mode {
            RetryMode::FailedActions => StageRetryMode::FailedActions,
            RetryMode::AllActions => StageRetryMode::AllActions,
        };
        client
            .retry_stage_execution()
            .pipeline_name(self.pipeline.name().as_str())
            .stage_name(stage.as_str())
            .pipeline_execution_id(self.id.as_str())
            .retry_mode(mode)
            .send()
            .await
            .map_err(|e| AwsError::new(self.pipeline.account(), "RetryStageExecution", &self.pipeline, e))?;
        Ok(())
    }

    /// Rolls a stage back to this execution, which succeeded in it. Returns the execution that does it.
    pub async fn roll_back(&self, stage: &Name) -> Result<Self, ExecutionError> {
        let client = self.session.codepipeline(self.pipeline.account(), self.pipeline.region())?;
        let answer = client
            .rollback_stage()
            .pipeline_name(self.pipeline.name().as_str())
            .stage_name(stage.as_str())
            .target_pipeline_execution_id(self.id.as_str())
            .send()
            .await
            .map_err(|e| AwsError::new(self.pipeline.account(), "RollbackStage", &self.pipeline, e))?;
        begun(self.session, self.pipeline.clone(), Some(answer.pipeline_execution_id()))
    }
}
