//! What Create and UpdatePipeline refuse.

use super::custom_actions;
use super::service_errors::refused;
use crate::core::check::{self, CheckContext, Origin};
use crate::core::declaration::PipelineDeclaration;
use crate::core::finding::Finding;
use crate::core::ids::{PipelineArn, RoleArn};
use crate::core::policy::denial::not_assumed;
use crate::core::rules;
use crate::local::authorization::{action_session, service_session};
use crate::local::input::constraint;
use crate::local::refusal::Refusal;
use crate::local::store::Store;

const INVALID_STRUCTURE: &str = "InvalidStructureException";

/// What Create and UpdatePipeline refuse: the structure, then the roles that can't be assumed.
pub(super) fn accept(
    store: &Store,
    arn: &PipelineArn,
    declaration: &PipelineDeclaration,
    origin: Origin,
) -> Result<(), Refusal> {
    let context = CheckContext {
        item: declaration.name.clone(),
        home: Some(arn.region().clone()),
        account: Some(arn.account().clone()),
        origin,
        ..Default::default()
    };
    // What only fails when the pipeline runs is accepted. The service has its own messages about roles, see below.
    let errors = check::pipeline(declaration, &context);
    let refused_at_once = |f: Finding| Some((rules::find(f.code)?.aws_error?, f));
    if let Some((error, finding)) = errors.into_iter().find_map(refused_at_once) {
        return Err(refused(error, &finding, arn, declaration));
    }
    custom_actions::check(store, arn, declaration)?;
    let service = declaration.role_arn.as_deref().unwrap_or_default();
    let service: RoleArn = service.parse().map_err(|_| {
        let pattern = r"Member must satisfy regular expression pattern: arn:aws(-[\w]+)*:iam::[0-9]{12}:role/.*";
        constraint(service, "pipeline.roleArn", pattern)
    })?;
    let session = service_session(store, arn.region(), service.clone(), INVALID_STRUCTURE)?;
    let actions = declaration.actions();
    for role in actions.filter_map(|a| a.role_arn.as_deref()) {
        let message = not_assumed(&service.to_string(), role);
        let denied = Refusal::new(INVALID_STRUCTURE, message);
        let action: RoleArn = role.parse().map_err(|_| denied.clone())?;
        action_session(store, arn.region(), &session, action).map_err(|refusal| refusal.if_denied(|_| denied))?;
    }
    Ok(())
}
