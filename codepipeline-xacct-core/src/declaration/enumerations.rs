//! The enumerations of a declaration.

use crate::json::member::enumeration;

enumeration! {
    /// How executions that overlap are handled.
    ExecutionMode {
        /// Executions wait for each other in order of arrival.
        Queued = "QUEUED",
        /// A newer waiting execution replaces an older waiting one; the default.
        Superseded = "SUPERSEDED",
        /// Executions run independently of each other.
        Parallel = "PARALLEL",
    }
}

enumeration! {
    /// The type of a pipeline, which determines features and price.
    PipelineType {
        /// The first type.
        V1 = "V1",
        /// Has variables, triggers, conditions, execution modes and the invoke action.
        V2 = "V2",
    }
}

enumeration! {
    /// What happens when a condition is not met or a stage fails.
    StageResult {
        /// Back to the last good execution.
        Rollback = "ROLLBACK",
        /// The stage fails.
        Fail = "FAIL",
        /// The stage is run again.
        Retry = "RETRY",
        /// The stage is skipped.
        Skip = "SKIP",
    }
}

enumeration! {
    /// What a retry runs again.
    RetryMode {
        /// Only the actions that failed.
        FailedActions = "FAILED_ACTIONS",
        /// All actions of the stage.
        AllActions = "ALL_ACTIONS",
    }
}
