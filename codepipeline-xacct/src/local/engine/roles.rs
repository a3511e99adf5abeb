//! The sessions in which actions and rules do their work.

use crate::core::declaration::PipelineDeclaration;
use crate::core::ids::RoleArn;
use crate::core::policy::CODEPIPELINE;
use crate::core::policy::evaluate::{Caller, RequestContext};
use crate::local::authorization::may_assume;
use crate::local::refusal::Refusal;
use crate::local::store::Store;

/// CodePipeline assumes the service role, and the service role the role of the action or the rule, if it has one.
pub(super) fn assume(
    store: &Store,
    declaration: &PipelineDeclaration,
    role: Option<&String>,
) -> Result<Caller, Refusal> {
    let parsed = |text: &str| text.parse::<RoleArn>().map_err(|error| Refusal::new("InvalidRole", error.to_string()));
    let service = parsed(declaration.role_arn.as_deref().unwrap_or_default())?;
    let codepipeline = Caller::Service(CODEPIPELINE.to_owned());
    may_assume(store, &codepipeline, &service, &RequestContext::new()).map_err(|refusal| {
        match refusal.code.as_str() {
            "AccessDenied" => Refusal::new(
                "InvalidRole",
                format!("CodePipeline is not authorized to perform AssumeRole on role {service}"),
            ),
            _ => refusal,
        }
    })?;
    let name = store.undocumented.session(store.clock);
    let session = Caller::Session { role: service, session: name.clone() };
    let Some(role) = role else { return Ok(session) };
    let role = parsed(role)?;
    let context = RequestContext::from([("sts:rolesessionname".to_owned(), name.clone())]);
    may_assume(store, &session, &role, &context)?;
    Ok(Caller::Session { role, session: name })
}
