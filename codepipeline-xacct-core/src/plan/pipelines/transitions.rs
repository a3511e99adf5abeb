//! Disabled transitions between stages: runs stop there, whatever a plan writes.

use crate::finding::{Finding, Place};
use crate::plan::input::disabled_transition::{DisabledTransition, enable_command};
use crate::plan::planner::Planner;
use crate::rules;

impl Planner<'_> {
    /// Reports the disabled transitions of the pipelines that the topology writes.
    pub(in crate::plan) fn transitions(&mut self) {
        for pipeline in self.pipelines() {
            let Some(found) = self.state.pipelines.get(&pipeline.arn).and_then(|found| found.present()) else {
                continue;
            };
            for disabled in self.state.disabled.get(&pipeline.arn).into_iter().flatten() {
                let DisabledTransition { stage, .. } = disabled;
                let mut stages = found.declaration.stages.iter().flatten();
                let Some(index) = stages.position(|other| other.name == *stage) else { continue };
                let place = Place::pipeline(&pipeline.item).stage(index, stage);
                let help = format!("apply does not enable it: `{}` does", enable_command(&pipeline.arn, stage));
                self.findings.push(Finding::of(&rules::XA1035, place, disabled.to_string()).help(help));
            }
        }
    }
}
