//! A plan and its steps as text for people.

use std::fmt;

use super::plan::{Intent, Plan};
use super::step::Step;
use crate::policy::evaluate::Verdict;
use crate::wiring::{Hop, HopProof};

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.steps.len();
        if count == 0 {
            let nothing = match self.intent {
                Intent::Converge => "nothing to do, the accounts hold what it says",
                Intent::Destroy => "nothing to delete",
            };
            writeln!(f, "topology {}: {nothing}", self.topology)?;
        } else {
            let steps = if count == 1 { "step" } else { "steps" };
            writeln!(f, "topology {}: {count} {steps}", self.topology)?;
        }
        for account in &self.accounts {
            let steps: Vec<&Step> = self.steps.iter().filter(|s| *s.id().account() == account.id).collect();
            if steps.is_empty() {
                continue;
            }
            writeln!(f, "\naccount {} ({})", account.item, account.id)?;
            for step in steps {
                writeln!(f, "  {step}")?;
                for line in step.write.details().lines() {
                    writeln!(f, "      {line}")?;
                }
            }
        }
        if !self.proofs.is_empty() {
            writeln!(f, "\nwiring")?;
        }
        for proof in &self.proofs {
            match &proof.target {
                Some(target) => writeln!(f, "  {} starts {target}", proof.place)?,
                None => writeln!(f, "  {}", proof.place)?,
            }
            for HopProof { hop, verdict, .. } in &proof.hops {
                writeln!(f, "      {}: {}", hop_text(*hop), verdict_text(verdict))?;
            }
        }
        for warning in &self.warnings {
            writeln!(f, "\n{warning}")?;
        }
        Ok(())
    }
}

fn hop_text(hop: Hop) -> &'static str {
    match hop {
        Hop::ServiceTrust => "CodePipeline assumes the service role",
        Hop::Assume => "the service role assumes the action role",
        Hop::Start => "the role starts the target",
    }
}

fn verdict_text(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Allowed => "allowed".to_owned(),
        Verdict::Denied(reason) => format!("denied {reason}"),
        Verdict::Unknown(why) => format!("unknown, depends on {why}"),
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.id().fmt(f)
    }
}
