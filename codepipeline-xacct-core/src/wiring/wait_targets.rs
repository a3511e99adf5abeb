//! The actions that wait for what an invoke action starts: what they wait for, and whether their role may ask for it.

use super::chain::Chain;
use super::prove::judge_call;
use crate::declaration::ActionDeclaration;
use crate::finding::{Finding, Place};
use crate::ids::{AccountId, PipelineArn};
use crate::policy::evaluate::Verdict;
use crate::rules;
use crate::topology::items::{Pipeline, RoleLink, RoleUser};
use crate::topology::wait::{RUN_READS, Wait};

/// The pipeline whose execution an action waits for, in the account of its role.
pub(super) fn waited_target(
    pipeline: &Pipeline,
    action: &ActionDeclaration,
    account: &AccountId,
) -> Option<PipelineArn> {
    let Wait { pipeline: name, region, .. } = Wait::of(action)?;
    Some(PipelineArn::new(pipeline.arn.partition().clone(), region, account.clone(), name))
}

/// The pipeline that the action of a link waits for, if it does.
pub fn waits(pipeline: &Pipeline, link: &RoleLink) -> Option<PipelineArn> {
    let RoleUser::Action(name) = &link.user else { return None };
    let stage = pipeline.declaration.stages.iter().flatten().find(|stage| stage.name == link.stage)?;
    let action = stage.actions.iter().flatten().find(|action| action.name == *name)?;
    waited_target(pipeline, action, link.role.account())
}

/// The finding where the role of an action that waits may not read the executions of its target; the target is that of the chain.
/// What isn't known is left to the hops, which say so.
pub fn wait_finding(chain: &Chain, place: &Place) -> Option<Finding> {
    let target = chain.target.as_ref()?;
    RUN_READS.iter().find_map(|action| match judge_call(chain, action, &target.to_string()).verdict {
        Verdict::Denied(reason) => {
            let role = &chain.starter().arn;
            let message = format!("role `{role}` may not read the executions of pipeline `{target}`, {reason}");
            let [get, list] = RUN_READS;
            let help = format!("let a policy of `{role}` allow `{get}` and `{list}` on `{target}`");
            Some(Finding::of(&rules::XA0930, place.clone(), message).help(help))
        }
        Verdict::Allowed | Verdict::Unknown(_) => None,
    })
}
