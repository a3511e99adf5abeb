//! Why an execution that is in progress doesn't go on, as GetPipelineState shows it.

use aws_sdk_codepipeline::operation::get_pipeline_state::GetPipelineStateOutput;
use aws_sdk_codepipeline::types::{
    ActionExecutionStatus, ActionState, StageExecution, StageExecutionStatus, StageState,
};

/// What an execution waits for that stands before a stage; `None` where it stands before none. The executions of a PARALLEL pipeline are
/// not shown by stage.
pub(super) fn blocked(state: &GetPipelineStateOutput, id: &str) -> Option<String> {
    let stage = state.stage_states().iter().find(|stage| stands_before(stage, id))?;
    let name = stage.stage_name().unwrap_or_default();
    if let Some(transition) = stage.inbound_transition_state().filter(|transition| !transition.enabled()) {
        let reason = transition.disabled_reason().map(|reason| format!(": {reason}")).unwrap_or_default();
        return Some(format!("the transition into stage {name} is disabled{reason}"));
    }
    let text = match occupant(stage).filter(|other| other.pipeline_execution_id() != id) {
        Some(other) => {
            let (other, status) = (other.pipeline_execution_id(), other.status().as_str());
            let approval = stage.action_states().iter().find(|action| token(action).is_some());
            let approval = approval.and_then(ActionState::action_name);
            let approval =
                approval.map(|action| format!(" and waits for approval {name}/{action}")).unwrap_or_default();
            format!("execution {other} is in stage {name} ({status}){approval}")
        }
        None => format!("it stands before stage {name}"),
    };
    Some(text)
}

/// The token of a manual approval that waits.
pub(super) fn token(action: &ActionState) -> Option<&str> {
    let latest = action.latest_execution()?;
    latest.token().filter(|_| latest.status() == Some(&ActionExecutionStatus::InProgress))
}

fn stands_before(stage: &StageState, id: &str) -> bool {
    let inbound = stage.inbound_executions().iter().chain(stage.inbound_execution());
    inbound.into_iter().any(|execution| execution.pipeline_execution_id() == id)
}

/// The execution that is in a stage, so that no other may enter it.
fn occupant(stage: &StageState) -> Option<&StageExecution> {
    let is_in = |execution: &&StageExecution| {
        matches!(execution.status(), StageExecutionStatus::InProgress | StageExecutionStatus::Stopping)
    };
    stage.latest_execution().filter(is_in)
}
