//! The hops of invoke actions: where they lead, what they started, and where they were refused.

use crate::core::declaration::ActionDeclaration;
use crate::core::ids::{PipelineArn, RoleArn};
use crate::core::policy::{ASSUME_ROLE, START};
use crate::local::engine::target;
use crate::local::execution::{Awaits, StoredActionExecution};
use crate::local::store::Store;

const NAME: &str = "PipelineName";

/// The pipeline that an invoke action starts, by its latest execution; `None` where that is only known when it runs.
pub(super) fn leads_to(
    arn: &PipelineArn,
    action: &ActionDeclaration,
    latest: Option<&StoredActionExecution>,
) -> Option<PipelineArn> {
    let resolved = latest.and_then(|latest| latest.resolved.get(NAME));
    let name = resolved.or_else(|| action.configuration.as_ref()?.get(NAME))?;
    let role: Option<RoleArn> = action.role_arn.as_ref().and_then(|role| role.parse().ok());
    let account = role.as_ref().map_or_else(|| arn.account(), RoleArn::account);
    Some(target(arn, account, action, name.parse().ok()?))
}

/// The execution that an action started, while its pipeline is there. Where the action shows no id, that is only known while it waits.
pub(super) fn started(
    store: &Store,
    arn: &PipelineArn,
    action: &StoredActionExecution,
) -> Option<(PipelineArn, String)> {
    if let Awaits::Execution(target, id) = &action.awaits {
        return Some((target.clone(), id.clone()));
    }
    if !action.declaration.action_type_id.is_pipeline_invoke() {
        return None;
    }
    let target = leads_to(arn, &action.declaration, Some(action))?;
    let id = action.external_id.clone()?;
    store.pipelines.get(&target)?.position(&id)?;
    Some((target, id))
}

/// The part of a hop at which an action was refused: `service`, where CodePipeline may not assume the service role, `assume`, where the
/// service role may not assume the role of the action, or `start`.
pub(super) fn refused_at(action: &StoredActionExecution) -> Option<&'static str> {
    let (_, message) = action.error.as_ref()?;
    let assume = ASSUME_ROLE.split_once(':').map_or(ASSUME_ROLE, |(_, operation)| operation);
    let role = action.declaration.role_arn.as_deref();
    match message.contains("not authorized to perform") {
        true if message.contains(START) => Some("start"),
        true if message.contains(assume) && role.is_some_and(|role| message.contains(role)) => Some("assume"),
        true if message.contains(assume) => Some("service"),
        _ => None,
    }
}
