//! The proof of the wiring, from what the roles will hold once the plan is applied.

use super::super::plan::Proof;
use super::super::read::{Seen, State};
use super::Planner;
use crate::core::finding::{Finding, Place};
use crate::core::ids::{PipelineArn, RoleArn};
use crate::core::topology::Ownership;
use crate::core::wiring::{self, Chain, Hop, KnownRole};

impl Planner<'_> {
    /// Decides the hops of every pipeline from what the roles will hold once the plan is applied: those of each invoke, the
    /// assumption of every other action role, and at least that CodePipeline may assume the service role.
    pub(super) fn prove(&self, state: &State, findings: &mut Vec<Finding>) -> Vec<Proof> {
        let mut proofs = Vec::new();
        for pipeline in self.topology.pipelines().iter().filter(|p| p.ownership != Ownership::Extern) {
            let Some(service) = &pipeline.service_role else { continue };
            let invokes = pipeline.invokes.iter().map(|i| {
                let place = wiring::action_place(pipeline, &i.stage, &i.action);
                (place, i.role.as_ref(), Some(&i.target.arn))
            });
            let others =
                pipeline.role_links.iter().map(|link| (wiring::link_place(pipeline, link), Some(&link.role), None));
            let mut links: Vec<(Place, Option<&RoleArn>, Option<&PipelineArn>)> = invokes.chain(others).collect();
            if links.is_empty() {
                links.push((Place::pipeline(&pipeline.item), None, None));
            }
            let mut chain = Chain::new(self.known_after(service, state), None, None);
            chain.source = Some(pipeline.arn.clone());
            for (place, role, target) in links {
                chain.action_role = role.map(|arn| self.known_after(arn, state));
                chain.target = target.cloned();
                let wiring::ChainProof { hops } = wiring::prove(&chain);
                for proof in &hops {
                    // Whether the service role may be assumed is said once.
                    let once = proof.hop == Hop::ServiceTrust;
                    let place = if once { Place::pipeline(&pipeline.item) } else { place.clone() };
                    for finding in wiring::hop_findings(&chain, proof, &place) {
                        if !findings.contains(&finding) {
                            findings.push(finding);
                        }
                    }
                }
                proofs.push(Proof { place, target: target.cloned(), hops });
            }
        }
        proofs
    }

    /// What will be known of a role.
    fn known_after(&self, arn: &RoleArn, state: &State) -> KnownRole {
        let Some(resolved) = self.topology.role(arn) else { return KnownRole::new(arn.clone()) };
        // Where the account can't be asked, what the program states.
        let mut known = resolved.known();
        match state.roles.get(arn) {
            Some(Seen::There(found)) => {
                known = KnownRole::new(arn.clone());
                found.known(&mut known, &self.topology.policy_name(), resolved.policy.as_ref());
                known.trust = resolved.trust.clone().or(known.trust);
            }
            Some(Seen::Missing | Seen::Unknown(_)) | None => {}
        }
        known
    }
}
