//! Runs that are in progress, which an update of their pipeline or its deletion would cancel.

use std::collections::BTreeSet;

use indexmap::IndexMap;

use crate::declaration::ExecutionMode;
use crate::finding::{Finding, Place};
use crate::ids::PipelineArn;
use crate::ordered::set;
use crate::plan::input::run_in_flight::RunInFlight;
use crate::plan::plan::Plan;
use crate::plan::steps::write::Write;
use crate::rules;

impl Write {
    /// The pipeline whose runs the step would cancel. An update leaves executions of mode PARALLEL alone. Source: CodePipeline User
    /// Guide, execution-modes.
    pub fn cancels_runs_of(&self) -> Option<&PipelineArn> {
        match self {
            Write::DeletePipeline { pipeline, .. } => Some(pipeline),
            Write::UpdatePipeline { pipeline, declaration, changes, .. } => {
                let changed = changes.iter().find(|change| change.path == "executionMode");
                let parallel = ExecutionMode::Parallel;
                let is_parallel = match changed.and_then(|change| change.before.as_ref()) {
                    Some(before) => before.as_str() == Some(parallel.as_str()),
                    None => declaration.execution_mode.as_ref() == Some(&parallel),
                };
                (!is_parallel).then_some(pipeline)
            }
            _ => None,
        }
    }
}

impl Plan {
    /// The pipelines whose runs in progress would be cancelled.
    pub fn cancels_runs_of(&self) -> BTreeSet<&PipelineArn> {
        set(self.steps.iter().filter_map(|step| step.write.cancels_runs_of()))
    }

    /// The runs that were in progress when the plan was made, and would be cancelled.
    pub fn runs(&self) -> &[RunInFlight] {
        &self.runs
    }

    /// Whether the runs of a pipeline could not be listed when the plan was made, which it has as a warning.
    pub fn runs_are_unknown(&self, pipeline: &PipelineArn) -> bool {
        self.runs_not_known.contains(pipeline)
    }

    /// Adds the runs in progress of pipelines whose runs would be cancelled, or why they are not known.
    pub fn with_runs(mut self, runs: IndexMap<PipelineArn, Result<Vec<RunInFlight>, String>>) -> Self {
        for (pipeline, found) in runs {
            match found {
                Ok(runs) => self.runs.extend(runs),
                Err(why) => {
                    let message =
                        format!("it is not known whether runs of pipeline `{pipeline}` would be cancelled: {why}");
                    let place = Place::pipeline(pipeline.name().as_str());
                    self.warnings.push(Finding::of(&rules::XA1023, place, message));
                    self.runs_not_known.insert(pipeline);
                }
            }
        }
        self
    }
}
