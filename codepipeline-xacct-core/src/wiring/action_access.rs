//! The rights that actions running with the service role need of it.

use super::permissions::{Needed, permissions};
use crate::catalogue;
use crate::finding::Place;
use crate::policy::Statement;
use crate::topology::items::Pipeline;

/// Services whose resources have no policies of their own, so that in one account only the policies of a role allow.
/// Source: IAM User Guide, "AWS services that work with IAM".
const WITHOUT_RESOURCE_POLICIES: &[&str] =
    &["appconfig", "cloudformation", "codecommit", "codedeploy", "ecs", "elasticbeanstalk", "servicecatalog", "states"];

/// What one action needs of the service role and only the role's own policies can allow.
pub struct ActionNeed {
    /// The action.
    pub place: Place,
    /// The requests that it may make, by action and resource. Not each run makes all of them.
    pub requests: Vec<(&'static str, String)>,
    /// Statements that allow all of them.
    pub statements: Vec<Statement>,
}

/// What the actions without a role of their own need of the service role of their pipeline.
pub fn action_needs(pipeline: &Pipeline) -> Vec<ActionNeed> {
    let mut needs = Vec::new();
    for stage in pipeline.declaration.stages.iter().flatten() {
        for action in stage.actions.iter().flatten().filter(|action| action.role_arn.is_none()) {
            let Some(known) = catalogue::find(&action.action_type_id) else { continue };
            let needed = permissions(known, pipeline, action, pipeline.arn.account());
            // What it takes is only known when the action runs.
            if needed.iter().any(|needed| needed.open) {
                continue;
            }
            let needed: Vec<_> = needed.into_iter().filter(|needed| needed.underived.is_none()).collect();
            let mut requests = Vec::new();
            for needed in &needed {
                for action in needed.actions.iter().filter(|action| only_by_role(action)) {
                    requests.extend(needed.resources.iter().map(|resource| (*action, resource.clone())));
                }
            }
            let statements = needed.iter().map(Needed::statement).collect();
            if !requests.is_empty() {
                needs.push(ActionNeed {
                    place: pipeline.action_place(&stage.name, &action.name),
                    requests,
                    statements,
                });
            }
        }
    }
    needs
}

/// Whether nothing but the policies of a role can allow an action in one account.
pub(super) fn only_by_role(action: &str) -> bool {
    action.split_once(':').is_some_and(|(service, _)| WITHOUT_RESOURCE_POLICIES.contains(&service))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Otherwise a role that may do what the action is for would be reported for a trifle that it may not.
    #[test]
    fn what_an_action_is_for_is_judged_where_anything_of_it_is() {
        for known in catalogue::ACTIONS {
            let judged = |permission: &catalogue::Permission| permission.actions.iter().any(|a| only_by_role(a));
            let is_judged = known.permissions.iter().any(judged);
            assert!(!is_judged || known.permissions.first().is_some_and(judged), "{}", known.provider);
        }
    }
}
