//! Switches for behaviour that AWS leaves undocumented.

use serde::{Deserialize, Serialize};

/// What AWS does not document about runs. A test that depends on one of these should pass under each setting.
///
/// The defaults are what is likely. See [`Local::set_undocumented`](super::Local::set_undocumented).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Undocumented {
    /// An invoke action shows the id of the execution that it started as its `externalExecutionId`. Default: true, as other
    /// providers do.
    pub invoke_shows_external_id: bool,
    /// An invoke action has an output variable `PipelineExecutionId`. Default: false.
    pub invoke_has_output_variable: bool,
    /// An invoke action waits for the end of the execution that it started, and fails with it. Default: false: it only needs
    /// the permission to start.
    pub invoke_waits: bool,
    /// The names of the sessions of service roles and action roles.
    pub session_name: SessionName,
    /// The result of an `onFailure` condition comes when its rules succeed, and not when one fails. Default: true. The pages
    /// of the User Guide contradict each other.
    pub failure_condition_is_met_by_success: bool,
    /// A rollback continues with the stages behind the one that was rolled back. Default: false.
    pub rollback_goes_on: bool,
    /// A pipeline without `pipelineType` that has features of V2 is of type V2. Default: true, as the API Reference says; else it is of
    /// type V1, and such features are refused.
    pub omitted_type_is_inferred: bool,
    /// A DeploymentWindow rule waits for its window, at most until its timeout. Default: false: it fails outside of it.
    pub window_waits: bool,
}

impl Default for Undocumented {
    fn default() -> Self {
        Self {
            invoke_shows_external_id: true,
            invoke_has_output_variable: false,
            invoke_waits: false,
            session_name: SessionName::Milliseconds,
            failure_condition_is_met_by_success: true,
            rollback_goes_on: false,
            omitted_type_is_inferred: true,
            window_waits: false,
        }
    }
}

/// What CodePipeline calls the sessions of roles.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum SessionName {
    /// The time in milliseconds, as in public error messages.
    #[default]
    Milliseconds,
    /// A fixed name.
    Fixed(String),
}

impl Undocumented {
    pub(super) fn session(&self, clock: i64) -> String {
        match &self.session_name {
            SessionName::Milliseconds => clock.to_string(),
            SessionName::Fixed(name) => name.clone(),
        }
    }
}
