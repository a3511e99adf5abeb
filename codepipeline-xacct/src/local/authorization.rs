//! Who may do what: the policies of the caller, and the trust policies of roles.

use super::refusal::Refusal;
use super::store::Store;
use super::trust::trust;
use super::wire::Call;
use crate::core::ids::RoleArn;
use crate::core::policy::Document;
use crate::core::policy::evaluate::{Caller, Layers, RequestContext, Verdict, assume_role, identity, resource_in};

/// A session of a role needs an identity policy for what it does; an administrator may do everything in their account.
pub(super) fn authorize(store: &Store, call: &Call, service: &str, resource: &str) -> Result<(), Refusal> {
    let action = format!("{service}:{}", call.operation);
    let context = RequestContext::from([("aws:requestedregion".to_owned(), call.region.clone())]);
    permitted(store, &call.caller, &action, resource, &context).map_err(|refusal| {
        match (refusal.code.as_str(), service) {
            ("AccessDenied", "codepipeline") => Refusal::new("AccessDeniedException", refusal.message),
            ("AccessDenied", _) => refusal.status(403),
            _ => refusal,
        }
    })
}

/// Whether the policies of a session's role allow something; otherwise the error from AWS. A caller that is not a
/// session may do everything.
pub(super) fn permitted(
    store: &Store,
    caller: &Caller,
    action: &str,
    resource: &str,
    context: &RequestContext,
) -> Result<(), Refusal> {
    let Caller::Session { role, .. } = caller else { return Ok(()) };
    let policies = identity_policies(store, role);
    // A bucket or a key that was put there has a policy of its own.
    let verdict = match store.resources.find(resource) {
        Some(policed) => {
            let layers = Layers { identity: policies.iter().collect(), ..Layers::default() };
            resource_in(caller, &layers, &policed, action, context).verdict
        }
        None => identity(&policies, caller, action, resource, context),
    };
    match verdict {
        Verdict::Allowed => Ok(()),
        Verdict::Denied(reason) => {
            let who = caller.arn();
            let message =
                format!("User: {who} is not authorized to perform: {action} on resource: {resource} {reason}");
            Err(Refusal::new("AccessDenied", message))
        }
        Verdict::Unknown(why) => Err(Refusal::unsupported(&format!("{why}, on which `{action}` depends"))),
    }
}

/// Whether a caller may assume a role. STS does not distinguish a role that doesn't exist from one that doesn't trust.
pub(super) fn may_assume(
    store: &Store,
    caller: &Caller,
    arn: &RoleArn,
    context: &RequestContext,
) -> Result<(), Refusal> {
    let policies = match caller {
        Caller::Session { role, .. } => identity_policies(store, role),
        _ => Vec::new(),
    };
    let mut context = context.clone();
    if let Caller::Session { role, session } = caller
        && let Some(record) = store.role(role)
    {
        context.insert("aws:userid", format!("{}:{session}", record.id));
    }
    let verdict = match store.role(arn) {
        Some(record) => assume_role(caller, &policies, arn, &trust(store, record), &context),
        None => Verdict::Denied(String::new()),
    };
    match verdict {
        Verdict::Allowed => Ok(()),
        Verdict::Denied(_) => {
            let message =
                format!("User: {} is not authorized to perform: sts:AssumeRole on resource: {arn}", caller.arn());
            Err(Refusal::new("AccessDenied", message).status(403))
        }
        Verdict::Unknown(why) => Err(Refusal::unsupported(&format!("{why}, on which assuming `{arn}` depends"))),
    }
}

/// The identity policies of a role: inline and attached.
fn identity_policies(store: &Store, role: &RoleArn) -> Vec<Document> {
    let Some(record) = store.role(role) else { return Vec::new() };
    let attached = store
        .accounts
        .get(role.account())
        .into_iter()
        .flat_map(|account| record.attached.iter().filter_map(|arn| account.policies.get(arn)));
    record.inline.values().chain(attached).filter_map(|text| Document::from_json(text).ok()).collect()
}
