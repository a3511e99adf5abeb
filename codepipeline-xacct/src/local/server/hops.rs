//! The hops of invoke actions: where they lead, and where they were refused.

use crate::core::declaration::ActionDeclaration;
use crate::core::declaration::invoke::TARGET_KEY;
use crate::core::declaration::runs_in::account_or_own;
use crate::core::ids::PipelineArn;
use crate::core::wiring::Hop;
use crate::local::engine::target;
use crate::local::execution::StoredActionExecution;
use crate::local::refused_hop::refused_hop;

/// The pipeline that an invoke action starts, by its latest execution; `None` where that is only known when it runs.
pub(super) fn leads_to(
    arn: &PipelineArn,
    action: &ActionDeclaration,
    latest: Option<&StoredActionExecution>,
) -> Option<PipelineArn> {
    let resolved = latest.and_then(|latest| latest.resolved.get(TARGET_KEY));
    let name = resolved.or_else(|| action.configuration.as_ref()?.get(TARGET_KEY))?;
    let account = account_or_own(arn, action.role_arn.as_deref());
    Some(target(arn, &account, action, name.parse().ok()?))
}

/// The part of a hop at which an action was refused: `service`, where CodePipeline may not assume the service role, `assume`, where the
/// service role may not assume the role of the action, or `start`.
pub(super) fn refused_at(action: &StoredActionExecution) -> Option<&'static str> {
    refused_hop(action).map(|hop| match hop {
        Hop::ServiceTrust => "service",
        Hop::Assume => "assume",
        Hop::Start => "start",
    })
}
