//! The action that waits for what an invoke action started: it looks for the execution with the variable of its caller.

use super::invoke::context_of;
use super::values::resolved;
use crate::core::ids::PipelineArn;
use crate::core::policy::evaluate::Caller;
use crate::core::topology::RUN_READS;
use crate::core::topology::{CALLER_VARIABLE, Wait};
use crate::local::authorization::Judge;
use crate::local::execution::StoredExecution;
use crate::local::refusal::Refusal;
use crate::local::store::Store;

/// The newest execution of the target that was started with the variable of this execution.
pub(super) fn started_by(
    store: &Store,
    arn: &PipelineArn,
    session: &Caller,
    execution: &StoredExecution,
    wait: &Wait,
) -> Result<Option<(PipelineArn, String)>, Refusal> {
    let account = match session {
        Caller::Session { role, .. } => role.account(),
        _ => arn.account(),
    };
    let target = PipelineArn::new(arn.partition().clone(), wait.region.clone(), account.clone(), wait.pipeline.clone());
    let context = context_of(store, &target);
    let judge = Judge::of(store, session, None);
    RUN_READS.iter().try_for_each(|action| judge.permits(action, &target.to_string(), &context))?;
    let Some(caller) = resolved(execution, &wait.caller) else { return Ok(None) };
    let mut executions = store.pipelines.get(&target).into_iter().flat_map(|record| record.executions.values().rev());
    let found = executions.find(|started| started.variables.get(CALLER_VARIABLE) == Some(&caller));
    Ok(found.map(|started| (target, started.id.clone())))
}
