//! Manual approvals that are answered with PutApprovalResult.

use super::perform::end_action;
use crate::core::ids::PipelineArn;
use crate::local::execution::{Awaits, Status};
use crate::local::outcome::Outcome;
use crate::local::refusal::Refusal;
use crate::local::store::Store;

/// PutApprovalResult.
pub(crate) fn approve(
    store: &mut Store,
    arn: &PipelineArn,
    place: (&str, &str),
    token: &str,
    approved: bool,
    summary: &str,
    by: String,
) -> Result<(), Refusal> {
    let (stage, action) = place;
    let now = store.clock;
    let Some(record) = store.pipelines.get_mut(arn) else { return Ok(()) };
    let waits = |awaits: &Awaits| matches!(awaits, Awaits::Approval { token: expected, .. } if expected == token);
    let found = record.executions.values_mut().rev().find_map(|execution| {
        let index =
            execution.actions.iter().position(|a| a.stage == stage && a.action == action && waits(&a.awaits))?;
        Some((execution, index))
    });
    let Some((execution, index)) = found else {
        return Err(Refusal::new(
            "InvalidApprovalTokenException",
            "The approval request already received a response or has expired.",
        ));
    };
    let given = execution.actions.get_mut(index).filter(|action| action.status == Status::InProgress);
    let Some(given) = given else {
        return Err(Refusal::new(
            "ApprovalAlreadyCompletedException",
            "The approval action has already been approved or rejected.",
        ));
    };
    given.updated_by = Some(by);
    if approved {
        given.ends = Ok(Outcome::succeeds().summary(summary));
        end_action(execution, index, now);
    } else {
        given.status = Status::Failed;
        given.summary = Some(summary.to_owned());
        given.updated = now;
    }
    Ok(())
}
