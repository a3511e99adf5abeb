//! The roles and the pipelines that templates and plans declare, as one set.

use std::collections::BTreeMap;

use super::declaration::Open;
use super::resolve::Assignment;
use super::role::TemplateRole;
use super::set::TemplateSet;
use super::terraform::TerraformFile;
use super::terraform_home::FileOptions;
use crate::files::source_file::SourceFile;

/// What templates and plans declare.
pub(super) struct Declared {
    /// The roles by their ARNs.
    pub(super) roles: BTreeMap<String, TemplateRole>,
    /// The pipelines, each in the ways in which its conditions may turn out.
    pub(super) pipelines: Vec<Vec<(Assignment, SourceFile)>>,
}

impl Declared {
    pub(super) fn of(templates: &TemplateSet<'_>, plans: &[(&TerraformFile, FileOptions)]) -> Self {
        let mut roles = templates.roles();
        let mut pipelines: Vec<Vec<(Assignment, SourceFile)>> = templates.all_ways();
        let mut elsewhere = Vec::new();
        for (plan, said) in plans {
            let (of_plan, planned) = plan.parts(said, Open::Left);
            pipelines.extend(of_plan.into_iter().map(|pipeline| vec![(Assignment::new(), pipeline)]));
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
        Self { roles, pipelines }
    }
}
