//! The proof of the wiring, from what the roles will hold once the plan is applied.

use serde::{Deserialize, Serialize};

use super::input::options::Drift;
use super::input::state::Found;
use super::outside::outside_change::OutsideChange;
use super::planner::Planner;
use super::steps::write::Aspect;
use crate::finding::Place;
use crate::ids::{PipelineArn, RoleArn};
use crate::topology::items::Ownership;
use crate::topology::subject::Subject;
use crate::wiring::{self, Chain, Hop, HopProof, KnownRole};

/// What is known about one action with a role, or a pipeline without any: each hop allowed, denied or unknown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LinkProof {
    /// The action, or the pipeline.
    #[serde(with = "crate::finding::place::structured")]
    pub place: Place,
    /// The pipeline that the action starts.
    pub target: Option<PipelineArn>,
    /// The hops, in order.
    pub hops: Vec<HopProof>,
}

impl Planner<'_> {
    /// Decides the hops of every pipeline from what the roles will hold once the plan is applied: those of each invoke, the
    /// assumption of every other action role, and at least that CodePipeline may assume the service role.
    pub(super) fn prove(&mut self) -> Vec<LinkProof> {
        let mut proofs = Vec::new();
        for pipeline in self.pipelines().into_iter().filter(|pipeline| pipeline.ownership != Ownership::Extern) {
            let Some(service) = &pipeline.service_role else { continue };
            let invokes = pipeline.invokes.iter().map(|i| {
                let place = pipeline.action_place(&i.stage, &i.action);
                (place, i.role.as_ref(), Some(&i.target.arn))
            });
            let others = pipeline.role_links.iter().map(|link| (pipeline.link_place(link), Some(&link.role), None));
            let mut links: Vec<(Place, Option<&RoleArn>, Option<&PipelineArn>)> = invokes.chain(others).collect();
            if links.is_empty() {
                links.push((Place::pipeline(&pipeline.item), None, None));
            }
            let mut chain = Chain::new(self.known_after(service), None, None);
            chain.source = Some(pipeline.arn.clone());
            for link in &pipeline.role_links {
                let Some(target) = wiring::waits(pipeline, link) else { continue };
                chain.action_role = Some(self.known_after(&link.role));
                chain.target = Some(target);
                self.findings.extend(wiring::wait_finding(&chain, &pipeline.link_place(link)));
            }
            for (place, role, target) in links {
                chain.action_role = role.map(|arn| self.known_after(arn));
                chain.target = target.cloned();
                let wiring::ChainProof { hops } = wiring::prove(&chain);
                for proof in &hops {
                    // Whether the service role may be assumed is reported once.
                    let once = proof.hop == Hop::ServiceTrust;
                    let place = if once { Place::pipeline(&pipeline.item) } else { place.clone() };
                    for finding in wiring::hop_findings(&chain, proof, &place) {
                        if !self.findings.contains(&finding) {
                            self.findings.push(finding);
                        }
                    }
                }
                proofs.push(LinkProof { place, target: target.cloned(), hops });
            }
        }
        proofs
    }

    /// Whether a part of a role stays as it was changed outside.
    fn keeps(&self, aspect: &Aspect, role: &RoleArn) -> bool {
        let is_it = |change: &OutsideChange| {
            change.aspect == *aspect && matches!(&change.subject, Subject::Role(changed) if changed == role)
        };
        self.options.drift == Drift::Keep && self.outside.iter().any(is_it)
    }

    /// What will be known about a role.
    fn known_after(&self, arn: &RoleArn) -> KnownRole {
        let Some(resolved) = self.topology.role(arn) else { return KnownRole::new(arn.clone()) };
        match self.state.roles.get(arn) {
            Some(Found::Present(found)) => {
                let ours: Vec<String> = self.policy_names().collect();
                let name = self.topology.policy_name();
                let kept = found.inline.get(&name).filter(|_| self.keeps(&Aspect::InlinePolicy(name.clone()), arn));
                let policy = kept.or(resolved.policy.as_ref()).map(|policy| (name, policy));
                let mut known = found.known(&ours, policy.as_ref().map(|(name, policy)| (name.as_str(), *policy)));
                known.arn = arn.clone();
                if !self.keeps(&Aspect::TrustPolicy, arn) {
                    known.trust = resolved.trust.clone().or(known.trust);
                }
                known
            }
            // Otherwise, what the program states.
            Some(Found::Missing | Found::Unreadable(_) | Found::NotConnected) | None => resolved.known(),
        }
    }
}
