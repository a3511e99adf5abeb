//! The graph of a topology.

use super::drawing::Drawing;
use super::model::{At, DrawnLink, Graph, Named};
use crate::ids::{PipelineArn, RoleArn};
use crate::topology::items::{Ownership, Pipeline, ResolvedRole, Role, RoleUser, Topology};
use crate::wiring::{self, Chain, ChainProof, Hop, KnownRole, Sign};

impl Topology {
    /// What is drawn of the topology, with the proof of its wiring from what the program says. What is alike is one box.
    pub fn graph(&self) -> Graph {
        self.graph_in_full().folded()
    }

    /// The same with a box for each pipeline and role, however many are alike.
    pub fn graph_in_full(&self) -> Graph {
        let mut drawing = Drawing::new(format!("topology {}", self.name));
        for account in &self.accounts {
            drawing.account(&account.id, &account.item);
        }
        for pipeline in &self.pipelines {
            let at = drawing.pipeline(&pipeline.arn, &pipeline.item);
            let service_trust = self.proof(pipeline, None, None).sign(Hop::ServiceTrust);
            if let Some(drawn) = drawing.pipeline_mut(at) {
                drawn.ownership = Some(pipeline.ownership);
                drawn.stages = pipeline.declaration.stages.iter().flatten().map(|stage| stage.name.clone()).collect();
                let service = pipeline.service_role.iter();
                drawn.service_roles =
                    service.map(|arn| Named { name: self.name_of_role(arn), id: arn.clone() }).collect();
                drawn.service_trust = pipeline.service_role.as_ref().and(service_trust);
            }
        }
        for pipeline in self.pipelines.iter().filter(|pipeline| pipeline.ownership != Ownership::Extern) {
            self.draw_links(pipeline, &mut drawing);
        }
        self.draw_unused(&mut drawing);
        drawing.finish()
    }

    fn draw_links(&self, pipeline: &Pipeline, drawing: &mut Drawing) {
        let stage = |name: &str| pipeline.declaration.stages.iter().flatten().position(|stage| stage.name == name);
        let from = Some(drawing.pipeline(&pipeline.arn, &pipeline.item));
        for invoke in &pipeline.invokes {
            let role = invoke.role.as_ref();
            let proof = self.proof(pipeline, role, Some(&invoke.target.arn));
            let link = DrawnLink {
                from,
                stage: stage(&invoke.stage).unwrap_or_default(),
                actions: vec![invoke.action.clone()],
                role: role.map(|role| self.draw_role(role, drawing)),
                assume: role.and_then(|_| proof.sign(Hop::Assume)),
                target: Some(drawing.pipeline(&invoke.target.arn, &invoke.target.item)),
                start: proof.sign(Hop::Start),
                count: 1,
            };
            drawing.link(link);
        }
        for link in &pipeline.role_links {
            let name = match &link.user {
                RoleUser::Action(action) => action,
                RoleUser::Rule { rule, .. } => rule,
            };
            let link = DrawnLink {
                from,
                stage: stage(&link.stage).unwrap_or_default(),
                actions: vec![name.clone()],
                role: Some(self.draw_role(&link.role, drawing)),
                assume: self.proof(pipeline, Some(&link.role), None).sign(Hop::Assume),
                target: None,
                start: None,
                count: 1,
            };
            drawing.link(link);
        }
    }

    /// Roles that nothing here runs with, and what they may start.
    fn draw_unused(&self, drawing: &mut Drawing) {
        for resolved in &self.roles {
            let role = &resolved.role;
            let starts: Vec<_> = role.starts.iter().flatten().collect();
            let serves = self.pipelines.iter().any(|pipeline| pipeline.service_role.as_ref() == Some(&role.arn));
            if serves && starts.is_empty() {
                continue;
            }
            let at = self.draw_role(&role.arn, drawing);
            for target in starts {
                let to = drawing.pipeline(&target.arn, &target.item);
                if drawing.shows_start(at, to) {
                    continue;
                }
                let proof = wiring::prove(&Chain::new(resolved.known(), None, Some(target.arn.clone())));
                let start = proof.hop(Hop::Start).map(|hop| Sign::from(&hop.verdict));
                let [from, role, target] = [None, Some(at), Some(to)];
                let (stage, actions, assume) = (0, Vec::new(), None);
                drawing.link(DrawnLink { from, stage, actions, role, assume, target, start, count: 1 });
            }
        }
    }

    fn draw_role(&self, arn: &RoleArn, drawing: &mut Drawing) -> At {
        let at = drawing.role(arn, &self.name_of_role(arn));
        if let (Some(drawn), Some(resolved)) = (drawing.role_mut(at), self.role(arn)) {
            drawn.ownership = Some(resolved.role.ownership);
        }
        at
    }

    /// The name of the item of a role; of one that is written where it is used, its name in AWS.
    fn name_of_role(&self, arn: &RoleArn) -> String {
        match self.role(arn).map(|resolved| &resolved.role) {
            Some(Role { inline: false, item, .. }) => item.clone(),
            _ => arn.name().to_string(),
        }
    }

    fn proof(&self, pipeline: &Pipeline, role: Option<&RoleArn>, target: Option<&PipelineArn>) -> Proof {
        let known = |arn: &RoleArn| self.role(arn).map_or_else(|| KnownRole::new(arn.clone()), ResolvedRole::known);
        Proof(pipeline.service_role.as_ref().map(|service| {
            let mut chain = Chain::new(known(service), role.map(known), target.cloned());
            chain.source = Some(pipeline.arn.clone());
            wiring::prove(&chain)
        }))
    }
}

/// A proof; there is none where it isn't said which role a pipeline runs as.
struct Proof(Option<ChainProof>);

impl Proof {
    fn sign(&self, hop: Hop) -> Option<Sign> {
        let Some(proof) = &self.0 else { return Some(Sign::Unknown) };
        proof.hop(hop).map(|proof| Sign::from(&proof.verdict))
    }
}
