//! What is proven of actions without what is guessed about accounts: a guess denies nothing.

use std::collections::{BTreeMap, HashMap};

use super::chains::{ActionWiring, Identity, actions, service};
use super::declared::Declared;
use super::guess::{Guess, told_of};
use super::set::TemplateSet;
use super::terraform::TerraformFile;
use super::terraform_home::FileOptions;
use crate::core::policy::evaluate::Verdict;
use crate::core::wiring::{CallProof, HopProof};
use crate::files::chain::ChainReport;

/// The wiring of all actions without guesses.
#[derive(Default)]
pub(super) struct Certain<'t> {
    guesses: &'t [Guess],
    reports: HashMap<Identity, Vec<ChainReport>>,
}

impl<'t> Certain<'t> {
    pub(super) fn of(templates: &'t TemplateSet<'_>, plans: &[(&TerraformFile, FileOptions)]) -> Self {
        let Some(set) = templates.certain() else { return Self::default() };
        let declared = Declared::of(set, plans);
        let makes = |symbol: &str| set.makes(symbol);
        let mut reports: HashMap<Identity, Vec<ChainReport>> = HashMap::new();
        for (_, source) in declared.pipelines.iter().flatten() {
            for action in actions(source, &declared, &makes).into_iter().chain(service(source, &declared, &makes)) {
                let identity = action.identity();
                reports.entry(identity).or_default().extend(action.judged(BTreeMap::new()).report);
            }
        }
        Self { guesses: &templates.guesses, reports }
    }

    /// The wiring of an action, with nothing denied that would not be without guesses. It tells what is only allowed with them.
    pub(super) fn settled(&self, mut wiring: ActionWiring) -> ActionWiring {
        if self.guesses.is_empty() {
            return wiring;
        }
        let identity = wiring.identity();
        let Ok(report) = &mut wiring.report else { return wiring };
        let others = self.reports.get(&identity).map(Vec::as_slice).unwrap_or_default();
        let mut rests = false;
        let mut settle = |verdict: &mut Verdict, other: &dyn Fn(&ChainReport) -> Option<Verdict>| {
            let all = |is: fn(&Verdict) -> bool| {
                !others.is_empty() && others.iter().all(|report| other(report).as_ref().is_some_and(is))
            };
            match verdict {
                Verdict::Denied(_) if !all(|other| matches!(other, Verdict::Denied(_))) => {
                    *verdict = Verdict::Unknown(told_of(self.guesses));
                    true
                }
                Verdict::Allowed if !all(|other| *other == Verdict::Allowed) => {
                    rests = true;
                    false
                }
                _ => false,
            }
        };
        for hop in &mut report.proof.hops {
            let of = hop.hop;
            if settle(&mut hop.verdict, &|report| Some(report.proof.hop(of)?.verdict.clone())) {
                *hop = HopProof { fix: Vec::new(), hints: Vec::new(), ..hop.clone() };
            }
        }
        for proof in report.calls.iter_mut().flatten() {
            let call = proof.call.clone();
            let of = |report: &ChainReport| {
                let proofs = report.calls.as_ref()?;
                proofs.iter().find(|proof| proof.call == call).map(|proof| proof.verdict.clone())
            };
            if settle(&mut proof.verdict, &of) {
                *proof = CallProof { hints: Vec::new(), ..proof.clone() };
            }
        }
        wiring.rests_on = rests.then(|| told_of(self.guesses));
        wiring
    }
}
