//! A graph that is being made.

use std::collections::HashMap;

use super::model::{AccountBox, At, DrawnLink, Graph, Named, PipelineBox, RoleBox};
use crate::ids::{AccountId, PipelineArn, RoleArn};

/// A graph that is being made: each thing once, by what identifies it.
pub(super) struct Drawing {
    graph: Graph,
    accounts: HashMap<AccountId, usize>,
    pipelines: HashMap<PipelineArn, At>,
    roles: HashMap<RoleArn, At>,
}

impl Drawing {
    pub(super) fn new(title: String) -> Self {
        let graph = Graph { title, accounts: Vec::new(), links: Vec::new() };
        Self { graph, accounts: HashMap::new(), pipelines: HashMap::new(), roles: HashMap::new() }
    }

    /// The account, by the first name that is given for it.
    pub(super) fn account(&mut self, id: &AccountId, name: &str) -> usize {
        let accounts = &mut self.graph.accounts;
        *self.accounts.entry(id.clone()).or_insert_with(|| {
            let account = Named { name: name.to_owned(), id: id.clone() };
            accounts.push(AccountBox { accounts: vec![account], pipelines: Vec::new(), roles: Vec::new() });
            accounts.len() - 1
        })
    }

    /// The pipeline. One that is not there yet is what its ARN says.
    pub(super) fn pipeline(&mut self, arn: &PipelineArn, name: &str) -> At {
        if let Some(at) = self.pipelines.get(arn) {
            return *at;
        }
        let account = self.account(arn.account(), arn.account().as_str());
        let pipeline = PipelineBox {
            pipelines: vec![Named { name: name.to_owned(), id: arn.clone() }],
            ownership: None,
            stages: Vec::new(),
            service_roles: Vec::new(),
            service_trust: None,
        };
        let pipelines = self.graph.accounts.get_mut(account).map(|account| &mut account.pipelines);
        let index = pipelines.map_or(0, |pipelines| {
            pipelines.push(pipeline);
            pipelines.len() - 1
        });
        let at = At { account, index };
        self.pipelines.insert(arn.clone(), at);
        at
    }

    /// The pipeline, to be filled in.
    pub(super) fn pipeline_mut(&mut self, at: At) -> Option<&mut PipelineBox> {
        self.graph.accounts.get_mut(at.account)?.pipelines.get_mut(at.index)
    }

    /// The role. One that is not there yet is what its ARN says.
    pub(super) fn role(&mut self, arn: &RoleArn, name: &str) -> At {
        if let Some(at) = self.roles.get(arn) {
            return *at;
        }
        let account = self.account(arn.account(), arn.account().as_str());
        let role = RoleBox { roles: vec![Named { name: name.to_owned(), id: arn.clone() }], ownership: None };
        let roles = self.graph.accounts.get_mut(account).map(|account| &mut account.roles);
        let index = roles.map_or(0, |roles| {
            roles.push(role);
            roles.len() - 1
        });
        let at = At { account, index };
        self.roles.insert(arn.clone(), at);
        at
    }

    /// The role, to be filled in.
    pub(super) fn role_mut(&mut self, at: At) -> Option<&mut RoleBox> {
        self.graph.accounts.get_mut(at.account)?.roles.get_mut(at.index)
    }

    /// Whether a link shows that a role starts a pipeline.
    pub(super) fn shows_start(&self, role: At, target: At) -> bool {
        self.graph.links.iter().any(|link| link.role == Some(role) && link.target == Some(target))
    }

    /// A link. One that differs in its actions only is the same.
    pub(super) fn link(&mut self, link: DrawnLink) {
        push(&mut self.graph.links, link);
    }

    /// The graph, without accounts that have nothing in them.
    pub(super) fn finish(self) -> Graph {
        let mut graph = self.graph;
        let is_kept = |account: &AccountBox| !account.pipelines.is_empty() || !account.roles.is_empty();
        let mut kept = 0..;
        let moved: Vec<usize> =
            graph.accounts.iter().map(|a| if is_kept(a) { kept.next().unwrap_or_default() } else { 0 }).collect();
        graph.accounts.retain(is_kept);
        for link in &mut graph.links {
            for at in [&mut link.from, &mut link.role, &mut link.target].into_iter().flatten() {
                at.account = moved.get(at.account).copied().unwrap_or_default();
            }
        }
        graph
    }
}

/// Adds a link; to one that differs in its actions only, its actions.
pub(super) fn push(links: &mut Vec<DrawnLink>, link: DrawnLink) {
    let known = links.iter_mut().find(|known| {
        (known.from, known.stage, known.role, known.assume) == (link.from, link.stage, link.role, link.assume)
            && (known.target, known.start) == (link.target, link.start)
    });
    match known {
        Some(known) => {
            known.count += link.count;
            known.actions.extend(link.actions);
        }
        None => links.push(link),
    }
}
