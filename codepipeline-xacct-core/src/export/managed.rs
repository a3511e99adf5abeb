//! The managed items of a topology, in the order in which they have to be created.

use crate::declaration::PipelineDeclaration;
use crate::finding::Findings;
use crate::plan::{PlanOptions, State, Step, Write, plan};
use crate::topology::items::{Ownership, Topology};

/// What is exported.
pub(super) struct Managed {
    /// All that has to be made in accounts that are empty, each after what it waits for.
    pub(super) steps: Vec<Step>,
    /// What is not exported.
    pub(super) notes: Vec<String>,
}

impl Topology {
    pub(super) fn managed(&self) -> Result<Managed, Findings> {
        let mut managed = self.clone();
        managed.roles.retain(|role| role.role.ownership == Ownership::Managed);
        managed.pipelines.retain(|pipeline| pipeline.ownership == Ownership::Managed);
        let plan = plan(&managed, &State::default(), &PlanOptions::default())?;
        let (steps, extended) = self.with_policies_of_extended_roles(plan.steps().to_vec());
        let others = |ownership: Ownership| ownership != Ownership::Managed;
        let roles = self.roles.iter().map(|role| (role.role.ownership, "role", role.role.arn.to_string()));
        let pipelines =
            self.pipelines.iter().map(|pipeline| (pipeline.ownership, "pipeline", pipeline.arn.to_string()));
        let left = roles.chain(pipelines).filter(|(ownership, ..)| others(*ownership));
        let notes = left.map(|(ownership, what, arn)| match extended.contains(&arn) {
            true => format!("of extended role {arn}, only the inline policy {} is in it", self.policy_name()),
            false => format!("not in it: {} {what} {arn}", ownership.as_str()),
        });
        Ok(Managed { notes: notes.collect(), steps })
    }

    /// Puts the policies that the topology writes into extended roles before the pipelines that run with them; and the ARNs of these roles.
    fn with_policies_of_extended_roles(&self, mut steps: Vec<Step>) -> (Vec<Step>, Vec<String>) {
        let extended = self.roles.iter().filter(|role| role.role.ownership == Ownership::Extended);
        let (mut before, mut arns) = (Vec::new(), Vec::new());
        for (role, after) in extended.filter_map(|role| Some((&role.role.arn, role.policy.clone()?))) {
            let (name, arn) = (self.policy_name(), role.to_string());
            let write = Write::PutRolePolicy { role: role.clone(), seen: None, name, before: None, after };
            let step = Step { write, after: Vec::new() };
            let runs_with = |declaration: &PipelineDeclaration| {
                let of_actions = declaration.actions().filter_map(|action| action.role_arn.as_ref());
                of_actions.chain(&declaration.role_arn).any(|used| *used == arn)
            };
            let pipelines = steps.iter_mut().filter(|step| match &step.write {
                Write::CreatePipeline { declaration, .. } => runs_with(declaration),
                _ => false,
            });
            let mut used = false;
            for pipeline in pipelines {
                pipeline.after.push(step.id());
                used = true;
            }
            if used {
                before.push(step);
                arns.push(arn);
            }
        }
        before.append(&mut steps);
        (before, arns)
    }
}
