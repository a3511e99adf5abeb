//! The graph: accounts as boxes, in them pipelines and roles, and the links between them.

use crate::ids::{AccountId, PipelineArn, RoleArn};
use crate::topology::items::Ownership;
use crate::wiring::Sign;

/// What is drawn of a topology, or of pipelines in files. A box is one thing, or several that are alike.
///
/// `{}` is the picture for a terminal; [`to_mermaid`](Graph::to_mermaid), [`to_dot`](Graph::to_dot) and [`to_svg`](Graph::to_svg) are
/// other forms of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Graph {
    /// What it shows.
    pub title: String,
    /// The accounts, with what is in them.
    pub accounts: Vec<AccountBox>,
    /// What runs with a role or starts a pipeline.
    pub links: Vec<DrawnLink>,
}

/// An account, or accounts that are alike.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AccountBox {
    /// The accounts.
    pub accounts: Vec<Named<AccountId>>,
    /// Their pipelines.
    pub pipelines: Vec<PipelineBox>,
    /// Their roles that are assumed for actions and rules, and those that nothing here uses.
    pub roles: Vec<RoleBox>,
}

/// A pipeline, or pipelines that are alike.
#[derive(Debug, Clone, PartialEq)]
pub struct PipelineBox {
    /// The pipelines.
    pub pipelines: Vec<Named<PipelineArn>>,
    /// Who manages them; `None` where nothing says it.
    pub ownership: Option<Ownership>,
    /// The names of their stages.
    pub stages: Vec<String>,
    /// Their service roles.
    pub service_roles: Vec<Named<RoleArn>>,
    /// Whether CodePipeline may assume the service role; `None` where it has none here.
    pub service_trust: Option<Sign>,
}

/// A role, or roles that are alike.
#[derive(Debug, Clone, PartialEq)]
pub struct RoleBox {
    /// The roles.
    pub roles: Vec<Named<RoleArn>>,
    /// Who manages them; `None` where nothing says it.
    pub ownership: Option<Ownership>,
}

/// What identifies a thing, and how it is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named<T> {
    /// The name of its item, or its name.
    pub name: String,
    /// Its id or ARN.
    pub id: T,
}

/// A box in an account: the position of the account in the graph, and of the box among its pipelines or roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct At {
    /// The account.
    pub account: usize,
    /// The box in it.
    pub index: usize,
}

/// Actions or rules that run with a role, start a pipeline, or both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DrawnLink {
    /// The pipeline; `None` for a role that may start a pipeline, but is not used for that by any action here.
    pub from: Option<At>,
    /// The position of the stage.
    pub stage: usize,
    /// The names of the actions and rules.
    pub actions: Vec<String>,
    /// The role that is assumed; without one it is the service role that starts the target.
    pub role: Option<At>,
    /// Whether the service role may assume it.
    pub assume: Option<Sign>,
    /// The pipeline that is started.
    pub target: Option<At>,
    /// Whether the role may start it.
    pub start: Option<Sign>,
    /// How many actions and rules it represents.
    pub count: usize,
}

impl Graph {
    /// A pipeline.
    pub fn pipeline(&self, at: At) -> Option<&PipelineBox> {
        self.accounts.get(at.account)?.pipelines.get(at.index)
    }

    /// A role.
    pub fn role(&self, at: At) -> Option<&RoleBox> {
        self.accounts.get(at.account)?.roles.get(at.index)
    }

    /// The links of a pipeline.
    pub fn links_of(&self, pipeline: At) -> impl Iterator<Item = &DrawnLink> {
        self.links.iter().filter(move |link| link.from == Some(pipeline))
    }
}
