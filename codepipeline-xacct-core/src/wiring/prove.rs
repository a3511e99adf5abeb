//! The hops of an action, decided from documents.

use super::START;
use crate::ids::{PipelineArn, RoleArn};
use crate::policy::evaluate::{Caller, Context, Verdict, assume_role, identity};
use crate::policy::{CODEPIPELINE, Document};

/// What is known of a role.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// The trust policy.
    pub trust: Option<Document>,
    /// The identity policies, inline and attached.
    pub policies: Vec<Document>,
}

/// A link of the chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Hop {
    /// CodePipeline assumes the service role.
    ServiceTrust,
    /// The service role assumes the action role.
    Assume,
    /// The action role, or the service role where there is none, starts the target.
    Start,
}

/// Decides the hops of one action from documents: without an action role there is no assumption, without a target no
/// start. A role of which nothing is known makes its hops unknown.
pub fn prove(
    service_role: (&RoleArn, Option<&Known>),
    action_role: Option<(&RoleArn, Option<&Known>)>,
    target: Option<&PipelineArn>,
) -> Vec<(Hop, Verdict)> {
    let unknown = |arn: &RoleArn| Verdict::Unknown(format!("what role `{arn}` holds"));
    // The name of a session is a number that changes with every call.
    let session = |role: &RoleArn| Caller::Session { role: role.clone(), session: "0".to_owned() };
    let empty = Context::new();
    let (service_arn, service) = service_role;
    let service_trust = match service.and_then(|k| k.trust.as_ref()) {
        Some(trust) => {
            let caller = Caller::Service(CODEPIPELINE.to_owned());
            assume_role(&caller, [], service_arn, trust, &empty)
        }
        None => unknown(service_arn),
    };
    let mut hops = vec![(Hop::ServiceTrust, service_trust)];
    let mut starter = service_role;
    if let Some((action_arn, action)) = action_role {
        let assume = match (service, action.and_then(|k| k.trust.as_ref())) {
            (Some(service), Some(trust)) => {
                assume_role(&session(service_arn), &service.policies, action_arn, trust, &empty)
            }
            (None, _) => unknown(service_arn),
            (_, None) => unknown(action_arn),
        };
        hops.push((Hop::Assume, assume));
        starter = (action_arn, action);
    }
    if let Some(target) = target {
        let start = match starter {
            (arn, Some(known)) => identity(&known.policies, &session(arn), START, &target.to_string(), &empty),
            (arn, None) => unknown(arn),
        };
        hops.push((Hop::Start, start));
    }
    hops
}
