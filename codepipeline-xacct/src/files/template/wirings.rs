//! The wiring of what templates and plans declare, as one set.

use super::chains::{ActionWiring, of_pipeline};
use super::declaration::Open;
use super::set::TemplateSet;
use super::terraform::TerraformFile;
use super::terraform_home::SaidOfFile;

/// The wiring of the actions that have a role or start a pipeline. A role may be in another file than what uses it, and a policy in another
/// than its role.
pub(crate) fn wirings(templates: &TemplateSet<'_>, plans: &[(&TerraformFile, SaidOfFile)]) -> Vec<ActionWiring> {
    let mut roles = templates.roles();
    let mut pipelines = templates.first_ways();
    let mut elsewhere = Vec::new();
    for (plan, said) in plans {
        let (of_plan, planned) = plan.parts(said, Open::Left);
        pipelines.extend(of_plan);
        elsewhere.extend(planned.elsewhere);
        for (arn, role, _) in planned.all {
            match roles.get_mut(&arn) {
                Some(known) => known.join(role),
                None => {
                    roles.insert(arn, role);
                }
            }
        }
    }
    for (arn, role) in &mut roles {
        elsewhere.iter().for_each(|policy| policy.add_to(arn, role));
    }
    let mut wirings = Vec::new();
    let makes = |symbol: &str| templates.makes(symbol);
    pipelines.iter().for_each(|pipeline| of_pipeline(pipeline, &roles, &makes, &mut wirings));
    wirings
}
