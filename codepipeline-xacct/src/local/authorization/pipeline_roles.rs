//! The sessions in which CodePipeline works: that of a service role, and from there that of the role of an action or a rule.

use super::assume::may_assume;
use crate::core::ids::{Region, RoleArn};
use crate::core::policy::CODEPIPELINE;
use crate::core::policy::denial::not_assumed;
use crate::core::policy::evaluate::{Caller, RequestContext};
use crate::local::refusal::Refusal;
use crate::local::store::Store;

/// CodePipeline assumes a service role. `error` is the code with which it says that it may not.
pub(crate) fn service_session(store: &Store, region: &Region, role: RoleArn, error: &str) -> Result<Caller, Refusal> {
    let codepipeline = Caller::Service(CODEPIPELINE.to_owned());
    let message = not_assumed("CodePipeline", &role.to_string());
    assumed(store, region, &codepipeline, role).map_err(|refusal| refusal.if_denied(|_| Refusal::new(error, message)))
}

/// The service role assumes the role of an action or a rule.
pub(crate) fn action_session(
    store: &Store,
    region: &Region,
    service: &Caller,
    role: RoleArn,
) -> Result<Caller, Refusal> {
    assumed(store, region, service, role)
}

/// Assumes a role in the Region of the pipeline.
fn assumed(store: &Store, region: &Region, caller: &Caller, role: RoleArn) -> Result<Caller, Refusal> {
    let session = store.undocumented.session(store.clock);
    let mut context = RequestContext::from([("sts:RoleSessionName".to_owned(), session.clone())]);
    context.insert("aws:RequestedRegion", region.as_str());
    may_assume(store, caller, &role, &context)?;
    Ok(Caller::Session { role, session })
}
