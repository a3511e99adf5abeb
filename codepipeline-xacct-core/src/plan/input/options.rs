//! The intent of a plan, and its options.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::declaration::PipelineDeclaration;
use crate::ids::{AccountId, PipelineArn, TopologyName};
use crate::topology::items::Topology;
use crate::topology::subject::Subject;

/// What a plan is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Intent {
    /// The accounts will hold what the topology says. What is no longer in the topology stays, and is reported if it is seen; a stage or an action that the topology
    /// added to an extended pipeline and no longer has prevents the plan.
    #[default]
    Converge,
    /// The same, and what left the topology is deleted, and taken out of extended pipelines.
    Prune,
    /// What the topology manages is deleted, also what left it: what carries its tag, and its inline policies in extended roles.
    /// Extended pipelines get back what they held before.
    Destroy,
    /// What an apply changed is put back, from its journal: [`restore`](crate::plan::restore()) makes such a plan. A plan of a topology with this intent has
    /// no steps.
    Restore,
    /// What a diagnosis offers is written: [`Diagnosis::plan`](crate::doctor::Diagnosis::plan) makes such a plan. A plan of a topology with this
    /// intent has no steps.
    Fix,
}

impl Intent {
    /// Whether what is no longer in the topology goes.
    pub(in crate::plan) fn deletes(self) -> bool {
        match self {
            Intent::Prune | Intent::Destroy => true,
            Intent::Converge | Intent::Restore | Intent::Fix => false,
        }
    }
}

/// What to do about changes made outside the program to managed roles and pipelines, and to what it writes into extended pipelines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Drift {
    /// The plan shows them as such, and puts back what the program says.
    #[default]
    Revert,
    /// They stay, and the plan has only what the program changed.
    Keep,
    /// They prevent the plan.
    Refuse,
}

/// Prints the parts of a pipeline at some paths of its declaration as source; `None` where there is nothing to print.
pub type PrintPart = fn(&Topology, &PipelineArn, &PipelineDeclaration, &[&str]) -> Option<String>;

/// What a plan is for, and what it may do.
#[derive(Debug, Clone, Default)]
pub struct PlanOptions {
    /// What it is for.
    pub intent: Intent,
    /// The roles and pipelines to plan, with what they need; all of the topology if it is empty. Of a pipeline that are its roles and the pipelines
    /// that it starts, of a role the roles that its trust policy names, and so on. Only for [`Intent::Converge`], and not with `renamed_from`.
    pub targets: BTreeSet<Subject>,
    /// Roles and pipelines that exist without the tag of a topology and may be taken over.
    pub adopted: BTreeSet<Subject>,
    /// The name that the topology had before: what carries it is taken over.
    pub renamed_from: Option<TopologyName>,
    /// The accounts in which it is known that no pipeline uses the roles that the plan deletes.
    pub not_used_in: BTreeSet<AccountId>,
    /// What to do about changes made outside the program.
    pub drift: Drift,
    /// Whether applying the plan keeps out other applies of the topology with a lease.
    pub exclusive: bool,
    /// Writes the secrets of the program to the actions that hold one already. CodePipeline shows `****` in their place, so they can't be
    /// compared; otherwise they are written to actions that are new, or change in something else.
    pub rotate_secrets: bool,
    /// Prints what was changed outside of the program as its source; without it, a plan says how to get that.
    pub print: Option<PrintPart>,
}
