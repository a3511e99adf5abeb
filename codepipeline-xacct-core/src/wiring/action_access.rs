//! The rights that actions need of the roles that run them.

use super::permissions::{Needed, permissions};
use crate::catalogue;
use crate::declaration::ActionDeclaration;
use crate::finding::Place;
use crate::ids::{AccountId, RoleArn};
use crate::policy::Statement;
use crate::topology::items::Pipeline;

/// Services whose resources have no policies of their own, so that in one account only the policies of a role allow.
/// The policy of a project of CodeBuild only shows it to other accounts.
/// Sources: IAM User Guide, "AWS services that work with IAM"; CodeBuild User Guide, "Share build projects".
const WITHOUT_RESOURCE_POLICIES: &[&str] = &[
    "appconfig",
    "cloudformation",
    "codebuild",
    "codecommit",
    "codeconnections",
    "codedeploy",
    "codestar-connections",
    "devicefarm",
    "ec2",
    "ecs",
    "eks",
    "elasticbeanstalk",
    "inspector-scan",
    "servicecatalog",
    "states",
];

/// Calls without which an action of their service does nothing: what it is for, and how it learns the outcome of a build.
/// Sources: CodePipeline User Guide, "AWS CodeBuild build and test action reference", and the same of AWS CloudFormation, AWS CodeDeploy and Amazon ECS.
const OF_EACH_RUN: &[&str] = &[
    "cloudformation:CreateChangeSet",
    "cloudformation:ExecuteChangeSet",
    "codebuild:BatchGetBuildBatches",
    "codebuild:BatchGetBuilds",
    "codebuild:StartBuild",
    "codebuild:StartBuildBatch",
    "codedeploy:CreateDeployment",
    "ecs:UpdateService",
];

/// Services whose resources come with a policy that lets in the whole account. Source: SNS Developer Guide, "Overview of managing access in
/// Amazon SNS".
const OPEN_TO_THE_ACCOUNT: &[&str] = &["sns"];

/// What one action needs of its role.
pub struct ActionNeed {
    /// The action.
    pub place: Place,
    /// The role that runs it: its own, or the service role of the pipeline.
    pub role: RoleArn,
    /// The requests that it may make, by action and resource. Not each run makes all of them.
    pub requests: Vec<(&'static str, String)>,
    /// True where only the role's own policies can allow these requests, and no policy of the resource.
    pub only_by_role: bool,
    /// Statements that allow all that it needs.
    pub statements: Vec<Statement>,
}

impl ActionNeed {
    /// Whether each run makes a call, so that it fails without it.
    pub fn is_of_each_run(action: &str) -> bool {
        OF_EACH_RUN.contains(&action)
    }
}

/// A request that an action may make with its role.
pub(crate) struct RoleRequest {
    pub(crate) action: &'static str,
    /// The resource, as policies write it.
    pub(crate) resource: String,
    /// Whether nothing but the policies of the role can allow it, where the resource is in the role's account.
    pub(crate) only_by_role: bool,
}

/// What the actions of a pipeline need of the roles that run them, besides the artifacts and what it takes to start a pipeline.
pub fn action_needs(pipeline: &Pipeline) -> Vec<ActionNeed> {
    let mut needs = Vec::new();
    for stage in pipeline.declaration.stages.iter().flatten() {
        for action in stage.actions.iter().flatten() {
            let role: Option<RoleArn> = match &action.role_arn {
                Some(role) => role.parse().ok(),
                None => pipeline.service_role.clone(),
            };
            let Some(role) = role else { continue };
            let needed = known_needs(pipeline, action, role.account());
            let (by_role, others): (Vec<_>, Vec<_>) = requests(&needed).partition(|request| request.only_by_role);
            let only_by_role = !by_role.is_empty();
            let requests = if only_by_role { by_role } else { others };
            let requests: Vec<_> = requests.into_iter().map(|request| (request.action, request.resource)).collect();
            let is_elsewhere = |(action, _): &(&str, String)| {
                action.starts_with("codepipeline:") || OPEN_TO_THE_ACCOUNT.iter().any(|s| is_of(action, s))
            };
            if !requests.is_empty() && !requests.iter().any(is_elsewhere) {
                needs.push(ActionNeed {
                    place: pipeline.action_place(&stage.name, &action.name),
                    role,
                    requests,
                    only_by_role,
                    statements: needed.iter().map(Needed::statement).collect(),
                });
            }
        }
    }
    needs
}

/// The requests that an action may make with a role of this account. None where what it takes is only known when it runs.
#[cfg(feature = "plan")]
pub(crate) fn role_requests(pipeline: &Pipeline, action: &ActionDeclaration, account: &AccountId) -> Vec<RoleRequest> {
    requests(&known_needs(pipeline, action, account)).collect()
}

/// What an action needs, as far as it can be derived; nothing where what it takes is only known when it runs.
fn known_needs(pipeline: &Pipeline, action: &ActionDeclaration, account: &AccountId) -> Vec<Needed> {
    let Some(known) = catalogue::find(&action.action_type_id) else { return Vec::new() };
    let needed = permissions(known, pipeline, action, account);
    if needed.iter().any(|needed| needed.open) {
        return Vec::new();
    }
    needed.into_iter().filter(|needed| needed.underived.is_none()).collect()
}

fn requests(needed: &[Needed]) -> impl Iterator<Item = RoleRequest> {
    needed.iter().flat_map(|needed| {
        needed.actions.iter().flat_map(|action| {
            needed.resources.iter().map(|resource| RoleRequest {
                action,
                resource: resource.clone(),
                only_by_role: only_by_role(action),
            })
        })
    })
}

/// Whether nothing but the policies of a role can allow an action in one account.
pub(super) fn only_by_role(action: &str) -> bool {
    WITHOUT_RESOURCE_POLICIES.iter().any(|service| is_of(action, service))
}

fn is_of(action: &str, service: &str) -> bool {
    action.strip_prefix(service).is_some_and(|rest| rest.starts_with(':'))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Otherwise a role that may do what the action is for would be reported for a trifle that it may not.
    #[test]
    fn what_an_action_is_for_is_judged_where_anything_of_it_is() {
        for known in catalogue::ACTIONS {
            let judged = |permission: &catalogue::Permission| permission.actions.iter().any(|a| only_by_role(a));
            // What is only offered is not judged.
            let is_judged = known.permissions.iter().filter(|permission| permission.offered.is_none()).any(judged);
            assert!(!is_judged || known.permissions.first().is_some_and(judged), "{}", known.provider);
        }
    }
}
