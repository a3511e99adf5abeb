//! The calls that an action makes with its role where it invokes a function or a state machine, decided from documents.

use super::action_access::only_by_role;
use super::chain::Chain;
use super::fix::meant_action;
use super::permissions::permissions;
use super::prove::judge_call;
use crate::catalogue;
use crate::declaration::ActionDeclaration;
use crate::ids::{AccountId, split_arn};
use crate::policy::evaluate::{Evaluation, Verdict};
use crate::topology::items::Pipeline;

/// A call that an action makes with its role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActionCall {
    /// The IAM action.
    pub action: &'static str,
    /// The resource, as policies write it.
    pub resource: String,
    /// The resource of one request.
    requested: String,
}

/// The answer for one call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallProof {
    /// The call.
    pub call: ActionCall,
    /// The verdict.
    pub verdict: Verdict,
    /// What the nearest statement was meant to be.
    pub hints: Vec<String>,
}

/// The calls of an action that invokes a Lambda function or a state machine with a role of this account; `None` for any other
/// action, and where what it calls is only known when it runs.
pub fn calls(pipeline: &Pipeline, action: &ActionDeclaration, account: &AccountId) -> Option<Vec<ActionCall>> {
    let id = &action.action_type_id;
    if (id.category.as_str(), id.owner.as_str()) != ("Invoke", "AWS")
        || !["Lambda", "StepFunctions"].contains(&id.provider.as_str())
    {
        return None;
    }
    let needed = permissions(catalogue::find(id)?, pipeline, action, account);
    if needed.iter().any(|needed| needed.open || needed.underived.is_some()) {
        return None;
    }
    // Source: CodePipeline User Guide, "AWS Step Functions invoke action reference".
    let prefix = action.configuration.as_ref().and_then(|configuration| configuration.get("ExecutionNamePrefix"));
    let execution = prefix.map_or_else(|| "execution".to_owned(), |prefix| format!("{prefix}-execution"));
    let mut calls = Vec::new();
    for needed in &needed {
        for action in needed.actions {
            calls.extend(needed.resources.iter().map(|resource| ActionCall {
                action,
                resource: resource.clone(),
                requested: resource.replace('*', &execution),
            }));
        }
    }
    Some(calls)
}

/// Decides the calls with the role of the chain that makes them.
pub fn prove_calls(chain: &Chain, calls: Vec<ActionCall>) -> Vec<CallProof> {
    let prove = |call: ActionCall| {
        let answer = judge_call(chain, call.action, &call.requested);
        let hints = match answer.verdict {
            Verdict::Allowed => Vec::new(),
            _ => meant_action(chain.starter(), call.action).into_iter().collect(),
        };
        CallProof { verdict: judged(chain, &call, answer), call, hints }
    };
    calls.into_iter().map(prove).collect()
}

/// The verdict with the policy that the resource may have of its own.
fn judged(chain: &Chain, call: &ActionCall, answer: Evaluation) -> Verdict {
    let role = &chain.starter().arn;
    let elsewhere = split_arn(&call.resource).is_some_and(|arn| arn.account != role.account().as_str());
    let by_resource = || Verdict::Unknown(format!("the policy of `{}`", call.resource));
    match answer.verdict {
        Verdict::Allowed if elsewhere && only_by_role(call.action) => Verdict::Denied(format!(
            "because `{}` is not in the account of the role, and it has no policy of its own",
            call.resource
        )),
        Verdict::Allowed if elsewhere => by_resource(),
        // Nothing denies it, so that the policy of the resource may allow it alone.
        Verdict::Denied(_) if !answer.silent.is_empty() && !elsewhere && !only_by_role(call.action) => by_resource(),
        verdict => verdict,
    }
}
