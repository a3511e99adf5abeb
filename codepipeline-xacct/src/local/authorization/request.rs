//! Whether the policies on the side of the caller allow a request.

use super::caller_policies::{CallerPolicies, rcps};
use super::context::with_caller;
use super::denied::denied;
use crate::core::ids::{AccountId, RoleArn, split_arn};
use crate::core::policy::KeyGrant;
use crate::core::policy::evaluate::{Caller, PolicedResource, RequestContext, Verdict, identity_in, resource_in};
use crate::local::refusal::Refusal;
use crate::local::role_session::RoleSession;
use crate::local::store::Store;
use crate::local::trust::named;
use crate::local::wire::Call;

/// Whether a caller may do what they ask a service for.
pub(crate) fn authorize(store: &Store, call: &Call, service: &str, resource: &str) -> Result<(), Refusal> {
    authorize_action(store, call, &format!("{service}:{}", call.operation), resource, &RequestContext::new())
}

/// Whether a caller may do one of the things that their call takes.
pub(crate) fn authorize_action(
    store: &Store,
    call: &Call,
    action: &str,
    resource: &str,
    context: &RequestContext,
) -> Result<(), Refusal> {
    let service = action.split(':').next().unwrap_or_default();
    let mut context = context.clone();
    context.insert("aws:RequestedRegion", call.region.as_str());
    if let Some(account) = split_arn(resource).and_then(|arn| arn.account.parse::<AccountId>().ok()) {
        context.insert("aws:ResourceAccount", account.as_str());
    }
    let judge = Judge::of(store, &call.caller, store.session(&call.key));
    judge.permits(action, resource, &context).map_err(|refusal| match service {
        "cloudtrail" | "codepipeline" => refusal.if_denied(|message| Refusal::new("AccessDeniedException", message)),
        _ => refusal,
    })
}

/// Whether a caller may give a service a role, which has to be one of their account. `error` is the code with which the service
/// refuses it. Source: IAM User Guide, "Grant a user permissions to pass a role to an AWS service".
pub(crate) fn pass_role(store: &Store, call: &Call, role: &str, service: &str, error: &str) -> Result<(), Refusal> {
    if role.parse::<RoleArn>().is_ok_and(|role| call.caller.account() != Some(role.account())) {
        return Err(Refusal::new(error, "Cross-account pass role is not allowed."));
    }
    let context = RequestContext::from([("iam:PassedToService".to_owned(), service.to_owned())]);
    authorize_action(store, call, "iam:PassRole", role, &context)
        .map_err(|refusal| refusal.if_denied(|message| Refusal::new(error, message)))
}

/// Whether the policies of a caller allow something; otherwise the error from AWS. Policies of a session that are not
/// its role's are not known here.
pub(crate) fn permitted(
    store: &Store,
    caller: &Caller,
    action: &str,
    resource: &str,
    context: &RequestContext,
) -> Result<(), Refusal> {
    Judge::of(store, caller, None).permits(action, resource, context)
}

/// A caller with what they hold, to judge several requests.
pub(crate) struct Judge<'s> {
    store: &'s Store,
    caller: &'s Caller,
    session: Option<&'s RoleSession>,
    held: CallerPolicies<'s>,
}

impl<'s> Judge<'s> {
    pub(crate) fn of(store: &'s Store, caller: &'s Caller, session: Option<&'s RoleSession>) -> Self {
        Self { store, caller, session, held: CallerPolicies::of(store, caller, session) }
    }

    /// Whether the policies allow something; otherwise the error from AWS.
    pub(crate) fn permits(&self, action: &str, resource: &str, context: &RequestContext) -> Result<(), Refusal> {
        let Self { store, caller, session, held } = self;
        if matches!(caller, Caller::Service(_)) {
            return Ok(());
        }
        let context = with_caller(store, caller, *session, context);
        // A bucket or a key that was put there has a policy of its own.
        let evaluation = match store.resources.find(resource) {
            Some((found, kind)) => {
                let (mut policy, rcps) = (named(store, &found.policy), rcps(store, &found.account));
                policy.statements.extend(found.grants.iter().map(KeyGrant::statement));
                let policed =
                    PolicedResource { arn: resource, account: &found.account, kind, policy: &policy, rcps: &rcps };
                resource_in(caller, &held.layers(), &policed, action, &context)
            }
            None => identity_in(&held.layers(), caller, action, resource, &context),
        };
        match evaluation.verdict {
            Verdict::Allowed => Ok(()),
            Verdict::Denied(reason) => Err(denied(caller, action, resource, &reason)),
            Verdict::Unknown(why) => Err(Refusal::unsupported(&format!("{why}, on which `{action}` depends"))),
        }
    }
}
