//! The sessions in which actions and rules do their work.

use crate::core::declaration::PipelineDeclaration;
use crate::core::ids::{Region, RoleArn};
use crate::core::policy::evaluate::Caller;
use crate::local::authorization::{action_session, service_session};
use crate::local::refusal::Refusal;
use crate::local::store::Store;

/// CodePipeline assumes the service role, and the service role the role of the action or the rule, if it has one.
pub(super) fn assume(
    store: &Store,
    region: &Region,
    declaration: &PipelineDeclaration,
    role: Option<&String>,
) -> Result<Caller, Refusal> {
    let parsed = |text: &str| text.parse::<RoleArn>().map_err(|error| Refusal::new("InvalidRole", error.to_string()));
    let service = parsed(declaration.role_arn.as_deref().unwrap_or_default())?;
    let session = service_session(store, region, service, "InvalidRole")?;
    match role {
        Some(role) => action_session(store, region, &session, parsed(role)?),
        None => Ok(session),
    }
}
