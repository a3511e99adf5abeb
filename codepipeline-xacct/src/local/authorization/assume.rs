//! Whether a role may be assumed.

use super::caller_policies::{CallerPolicies, rcps};
use super::context::{add_tags, with_caller};
use super::denied::denied;
use crate::core::ids::RoleArn;
use crate::core::policy::ASSUME_ROLE;
use crate::core::policy::Effect;
use crate::core::policy::evaluate::{Caller, Evaluation, Layer, RequestContext, Verdict, trusted_in};
use crate::local::refusal::Refusal;
use crate::local::role_session::RoleSession;
use crate::local::store::Store;
use crate::local::trust::trust;

/// A principal that assumes a role.
pub(crate) struct Assumption<'a> {
    pub(crate) caller: &'a Caller,
    /// The caller's session, where it has policies or tags of its own.
    pub(crate) session: Option<&'a RoleSession>,
    pub(crate) role: &'a RoleArn,
    /// `sts:AssumeRole`, `sts:TagSession` or `sts:SetSourceIdentity`.
    pub(crate) action: &'a str,
}

/// Whether a caller may assume a role.
pub(crate) fn may_assume(
    store: &Store,
    caller: &Caller,
    arn: &RoleArn,
    context: &RequestContext,
) -> Result<(), Refusal> {
    may_assume_with(store, &Assumption { caller, session: None, role: arn, action: ASSUME_ROLE }, context)
}

/// Whether a caller may do something on a role that assuming it takes. STS does not distinguish a role that doesn't
/// exist from one that doesn't trust; it gives a reason only for a deny on the side of the caller.
pub(crate) fn may_assume_with(
    store: &Store,
    assumption: &Assumption<'_>,
    context: &RequestContext,
) -> Result<(), Refusal> {
    let Assumption { caller, session, role: arn, action } = *assumption;
    let refused = |reason: &str| Err(denied(caller, action, &arn.to_string(), reason));
    let Some(record) = store.role(arn) else { return refused("") };
    let mut context = with_caller(store, caller, session, context);
    add_tags(&mut context, &["aws:ResourceTag", "iam:ResourceTag"], &record.tags);
    let held = CallerPolicies::of(store, caller, session);
    let rcps = rcps(store, arn.account());
    let evaluation = trusted_in(caller, &held.layers(), arn, &trust(store, record), &rcps, action, &context);
    match &evaluation.verdict {
        Verdict::Allowed => Ok(()),
        Verdict::Denied(reason) if denied_by_the_caller(&evaluation) => refused(reason),
        Verdict::Denied(_) => refused(""),
        Verdict::Unknown(why) => Err(Refusal::unsupported(&format!("{why}, on which assuming `{arn}` depends"))),
    }
}

fn denied_by_the_caller(evaluation: &Evaluation) -> bool {
    let denies = evaluation.decided_by.iter().filter(|decision| decision.effect == Effect::Deny);
    denies
        .map(|decision| decision.layer)
        .next()
        .is_some_and(|layer| matches!(layer, Layer::Identity | Layer::Boundary | Layer::Session | Layer::Scp(_)))
}
