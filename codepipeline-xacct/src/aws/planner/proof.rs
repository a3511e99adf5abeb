//! The proof of the wiring, from what the roles will hold once the plan is applied.

use super::super::plan::Proof;
use super::super::read::{Seen, State};
use super::Planner;
use crate::core::finding::{Finding, Place};
use crate::core::ids::{PipelineArn, RoleArn};
use crate::core::policy::evaluate::Verdict;
use crate::core::rules;
use crate::core::topology::Ownership;
use crate::core::wiring::{self, Hop, Known};

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
            let others = pipeline
                .action_roles
                .iter()
                .map(|link| (wiring::action_place(pipeline, &link.stage, &link.action), Some(&link.role), None));
            let mut links: Vec<(Place, Option<&RoleArn>, Option<&PipelineArn>)> = invokes.chain(others).collect();
            if links.is_empty() {
                links.push((Place::pipeline(&pipeline.item), None, None));
            }
            let service_known = self.known_after(service, state);
            for (place, role, target) in links {
                let role_known = role.map(|arn| (arn, self.known_after(arn, state)));
                let hops = wiring::prove(
                    (service, service_known.as_ref()),
                    role_known.as_ref().map(|(arn, known)| (*arn, known.as_ref())),
                    target,
                );
                for (hop, verdict) in &hops {
                    // Whether the service role may be assumed is said once.
                    let place = if *hop == Hop::ServiceTrust { Place::pipeline(&pipeline.item) } else { place.clone() };
                    let finding = hop_finding(&place, *hop, verdict, service, role.unwrap_or(service), target);
                    findings.extend(finding.filter(|f| !findings.contains(f)));
                }
                proofs.push(Proof { place, target: target.cloned(), hops });
            }
        }
        proofs
    }

    /// What a role will hold; `None` where that is not known.
    fn known_after(&self, arn: &RoleArn, state: &State) -> Option<Known> {
        let resolved = self.topology.role(arn)?;
        let name = self.topology.policy_name();
        match state.roles.get(arn) {
            Some(Seen::There(found)) if found.bounded => None,
            Some(Seen::There(found)) => {
                let mut known = found.known(&name, resolved.policy.as_ref());
                if let Some(trust) = &resolved.trust {
                    known.trust = Some(trust.clone());
                }
                Some(known)
            }
            Some(Seen::Missing) => {
                Some(Known { trust: resolved.trust.clone(), policies: resolved.policy.iter().cloned().collect() })
            }
            _ => None,
        }
    }
}

/// A denied hop blocks, an unknown one warns.
fn hop_finding(
    place: &Place,
    hop: Hop,
    verdict: &Verdict,
    service: &RoleArn,
    role: &RoleArn,
    target: Option<&PipelineArn>,
) -> Option<Finding> {
    let target = target.map(ToString::to_string).unwrap_or_default();
    let (what, mend) = match hop {
        Hop::ServiceTrust => (
            format!("CodePipeline may not assume service role `{service}`"),
            format!("let the trust policy of `{service}` allow `sts:AssumeRole` to `codepipeline.amazonaws.com`"),
        ),
        Hop::Assume => (
            format!("service role `{service}` may not assume action role `{role}`"),
            format!(
                "let the trust policy of `{role}` name `{service}`, and a policy of `{service}` allow `sts:AssumeRole` on it"
            ),
        ),
        Hop::Start => (
            format!("role `{role}` may not start pipeline `{target}`"),
            format!("let a policy of `{role}` allow `{}` on `{target}`", wiring::START),
        ),
    };
    match verdict {
        Verdict::Allowed => None,
        Verdict::Denied(reason) => {
            Some(Finding::of(&rules::XA1013, place.clone(), format!("{what} {reason}")).help(mend))
        }
        Verdict::Unknown(why) => Some(
            Finding::of(
                &rules::XA1014,
                place.clone(),
                format!("it is not known whether {}: it depends on {why}", positive(&what)),
            )
            .help(mend),
        ),
    }
}

fn positive(what: &str) -> String {
    what.replacen("may not", "may", 1)
}
