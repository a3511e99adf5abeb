//! The variable by which the execution that an invoke action started is found again: `follow: caller_variable`.

#[cfg(feature = "topology")]
use super::items::Invoke;
use crate::declaration::references::{EXECUTION, EXECUTION_ID, written};

/// The name of the variable.
pub const CALLER_VARIABLE: &str = "xacct_caller";

/// What an action passes: the id of its execution, which CodePipeline fills in, its stage and its name.
///
/// Source: CodePipeline User Guide, "Variables reference": `#{codepipeline.PipelineExecutionId}`.
pub fn caller_value(stage: &str, action: &str) -> String {
    format!("{}/{stage}/{action}", written(EXECUTION, EXECUTION_ID))
}

#[cfg(feature = "topology")]
impl Invoke {
    /// Passes [`CALLER_VARIABLE`], so that the execution that the action starts is found exactly. A managed target in the same
    /// topology declares it by that; another has to.
    pub fn follow_by_caller_variable(&mut self) {
        self.variables.insert(CALLER_VARIABLE.to_owned(), caller_value(&self.stage, &self.action));
    }
}
