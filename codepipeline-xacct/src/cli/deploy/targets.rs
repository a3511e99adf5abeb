//! The items that a plan is about.

use super::exit::Failure;
use crate::core::plan::is_declared;
use crate::core::topology::{Subject, Topology};

#[derive(clap::Args)]
pub(super) struct Targets {
    /// Plan only this role or pipeline, by its item, name or ARN, and what it needs; can be given several times
    #[arg(long, value_name = "ITEM", conflicts_with = "rename_from")]
    target: Vec<String>,
}

impl Targets {
    /// The roles and pipelines that are named; none means the whole topology.
    pub(super) fn of(&self, topology: &Topology) -> Result<Vec<Subject>, Failure> {
        self.target.iter().map(|name| find(topology, name)).collect()
    }
}

fn find(topology: &Topology, name: &str) -> Result<Subject, Failure> {
    if let Ok(subject) = name.parse::<Subject>()
        && is_declared(topology, &subject)
    {
        return Ok(subject);
    }
    let pipelines = topology.pipelines().iter().map(|it| (it.item.as_str(), Subject::Pipeline(it.arn.clone())));
    let roles = topology.roles().iter().map(|it| &it.role);
    let roles = roles.map(|it| (if it.inline { "" } else { it.item.as_str() }, Subject::Role(it.arn.clone())));
    let all: Vec<(&str, Subject)> = pipelines.chain(roles).collect();
    let is_item = |(item, _): &&(&str, Subject)| *item == name;
    let is_name = |(_, subject): &&(&str, Subject)| subject.name() == name;
    // A name in AWS may be the item of something else.
    let mut found: Vec<&Subject> = all.iter().filter(is_item).map(|(_, subject)| subject).collect();
    if found.is_empty() {
        found = all.iter().filter(is_name).map(|(_, subject)| subject).collect();
    }
    match found.as_slice() {
        [subject] => Ok((*subject).clone()),
        [] => {
            let known: Vec<&str> =
                all.iter().map(|(item, subject)| if item.is_empty() { subject.name() } else { item }).collect();
            Err(format!("the topology has no role or pipeline `{name}`; it has {}", known.join(", ")).into())
        }
        several => {
            let arns: Vec<String> = several.iter().map(ToString::to_string).collect();
            Err(format!("several roles and pipelines are called `{name}`: {}", arns.join(", ")).into())
        }
    }
}
