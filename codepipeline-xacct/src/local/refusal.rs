//! Errors as AWS returns them.

use std::fmt::Display;

use serde::{Deserialize, Serialize};

use crate::core::ids::{Name, PipelineArn};

/// The error code of what local AWS can't do.
pub(super) const NOT_SUPPORTED: &str = "NotSupportedByLocalAws";

/// An error as AWS returns it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Refusal {
    pub(super) code: String,
    pub(super) message: String,
    pub(super) status: u16,
}

impl Refusal {
    pub(super) fn new(code: &str, message: impl Into<String>) -> Self {
        Self { code: code.to_owned(), message: message.into(), status: 400 }
    }

    pub(super) fn status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// What local AWS can't do.
    pub(super) fn unsupported(what: &str) -> Self {
        Self::new(NOT_SUPPORTED, format!("local AWS does not support {what}"))
    }

    /// The error of a service instead of a denied access; an error about something that can't be decided is kept.
    pub(super) fn if_denied(self, told: impl FnOnce(String) -> Self) -> Self {
        if self.code == "AccessDenied" { told(self.message) } else { self }
    }
}

/// There is no such pipeline.
pub(super) fn pipeline_not_found(arn: &PipelineArn) -> Refusal {
    let message = format!("Account '{}' does not have a pipeline with name '{}'", arn.account(), arn.name());
    Refusal::new("PipelineNotFoundException", message)
}

/// There is no such pipeline to be started. Source of the text: github.com/aws-samples/aws-serverless-saas-workshop/issues/51.
pub(super) fn no_pipeline_to_start(arn: &PipelineArn) -> Refusal {
    let message = format!("Pipeline with name {} does not exist in account {}.", arn.name(), arn.account());
    Refusal::new("PipelineNotFoundException", message)
}

/// The name of a pipeline in a member of a request.
pub(super) fn pipeline_name(text: &str, member: &str) -> Result<Name, Refusal> {
    let pattern = "Member must satisfy regular expression pattern: [A-Za-z0-9.@\\-_]+";
    text.parse().map_err(|_| validation(constraint_text(Some(text), member, pattern)))
}

/// The constraint of what has to be there.
pub(super) const NOT_NULL: &str = "Member must not be null";

/// What all services say about a value that breaks a constraint of their model; `None` means there is no value.
pub(super) fn constraint_text(value: Option<&str>, member: &str, constraint: &str) -> String {
    let value = value.map_or_else(|| "null".to_owned(), |value| format!("'{value}'"));
    format!("1 validation error detected: Value {value} at '{member}' failed to satisfy constraint: {constraint}")
}

/// The constraint on a length or a value that is not within its bounds.
pub(super) fn broken_bound<T: PartialOrd + Display>(what: &str, number: T, least: T, most: T) -> Option<String> {
    let bound = if number < least {
        format!("greater than or equal to {least}")
    } else if number > most {
        format!("less than or equal to {most}")
    } else {
        return None;
    };
    Some(format!("Member must have {what} {bound}"))
}

/// A request that is not valid.
pub(super) fn validation(message: impl Into<String>) -> Refusal {
    Refusal::new("ValidationException", message)
}

/// Another execution has been in the stage since. The text is that of the service model.
pub(super) fn not_latest() -> Refusal {
    Refusal::new(
        "NotLatestPipelineExecutionException",
        "The stage has failed in a later run of the pipeline and the pipelineExecutionId associated with the request is out of date.",
    )
}

/// An execution that has ended can't be stopped. The text is that of the service model.
pub(super) fn not_stoppable() -> Refusal {
    Refusal::new(
        "PipelineExecutionNotStoppableException",
        "Unable to stop the pipeline execution. The execution might already be in a Stopped state, or it might no longer be in progress.",
    )
}
