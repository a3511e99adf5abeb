//! The stages of a pipeline as they are: disabled transitions, and how actions failed the last time.

use aws_sdk_codepipeline::types::ActionExecutionStatus;

use super::error::AwsError;
use super::read_error::ReadError;
use super::session::Session;
use crate::core::doctor::{ActionFailure, StageState};
use crate::core::ids::PipelineArn;

pub(super) async fn stage_states(session: &Session, arn: &PipelineArn) -> Result<Vec<StageState>, ReadError> {
    let client = session.codepipeline(arn.account(), arn.region())?;
    let answer = client.get_pipeline_state().name(arn.name().as_str()).send().await;
    let answer = answer.map_err(|e| AwsError::new(arn.account(), "GetPipelineState", arn, e))?;
    let states = answer.stage_states().iter().map(|stage| {
        let disabled = stage.inbound_transition_state().filter(|transition| !transition.enabled());
        let failures = stage.action_states().iter().filter_map(|action| {
            let latest = action.latest_execution()?;
            let failed = latest.status() == Some(&ActionExecutionStatus::Failed);
            let details = latest.error_details().filter(|_| failed)?;
            Some(ActionFailure {
                action: action.action_name().unwrap_or_default().to_owned(),
                code: details.code().unwrap_or_default().to_owned(),
                message: details.message().unwrap_or_default().to_owned(),
            })
        });
        StageState {
            stage: stage.stage_name().unwrap_or_default().to_owned(),
            disabled: disabled.map(|transition| transition.disabled_reason().unwrap_or_default().to_owned()),
            failures: failures.collect(),
        }
    });
    Ok(states.collect())
}
