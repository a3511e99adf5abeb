//! Accounts that don't say which values of their custom actions are secret.

use crate::finding::{Finding, Place};
use crate::plan::input::state::Found;
use crate::plan::planner::Planner;
use crate::plan::steps::write::Write;
use crate::rules;

impl Planner<'_> {
    /// Reports the accounts that don't say which values of their actions are secret.
    pub(in crate::plan) fn custom_actions(&mut self) {
        for (account, regions) in &self.state.custom_actions {
            for (region, found) in regions {
                let Found::Unreadable(why) = found else { continue };
                let is_guess = |write: &Write| match write {
                    Write::CreatePipeline { pipeline, secrets, .. }
                    | Write::UpdatePipeline { pipeline, secrets, .. } => {
                        secrets.is_guess() && pipeline.account() == account && pipeline.region() == region
                    }
                    _ => false,
                };
                if !self.writes.iter().any(is_guess) {
                    continue;
                }
                let message = format!(
                    "the action types of account {account} in {region} can't be read, so all that the program configures of its custom actions \
                     counts as secret: {why}"
                );
                let help = "allow `codepipeline:ListActionTypes`";
                self.findings.push(Finding::of(&rules::XA1043, Place::default(), message).help(help));
            }
        }
    }
}
