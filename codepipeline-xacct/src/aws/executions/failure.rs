//! The answer of AWS where something could not be read.

use std::fmt;

use crate::aws::error::{AwsError, is_expired, is_throttled};
use crate::core::ids::AccountId;
use crate::core::policy::denial;

/// What could not be read of a run, in the words of AWS. It is shown in the tree, and the rest is followed all the same.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReadFailure {
    /// The account.
    pub account: AccountId,
    /// The operation, for example `GetPipelineExecution`.
    pub operation: &'static str,
    /// The error code, if there was an answer.
    pub code: Option<String>,
    /// The message.
    pub message: String,
    /// The id of the request, for AWS support.
    pub request_id: Option<String>,
    /// Whether the service broke down, or there was no answer.
    pub(super) is_transient: bool,
    /// Whether the execution or its pipeline is not there.
    pub(super) is_not_found: bool,
}

impl ReadFailure {
    /// True where the caller may not make the call.
    pub fn is_denied(&self) -> bool {
        denial::is_code(self.code.as_deref())
    }

    /// True where the credentials have expired.
    pub fn is_expired(&self) -> bool {
        is_expired(self.code.as_deref())
    }

    /// True where AWS asked for fewer calls.
    pub fn is_throttled(&self) -> bool {
        is_throttled(self.code.as_deref())
    }

    /// True where there is no execution with the id that was asked for, or it is not an id of an execution.
    pub(super) fn is_of_no_execution(&self) -> bool {
        self.is_not_found || self.code.as_deref() == Some("ValidationException")
    }

    /// True where the next try may have another answer.
    pub(super) fn may_pass(&self) -> bool {
        self.is_throttled() || self.is_transient
    }
}

impl From<AwsError> for ReadFailure {
    fn from(error: AwsError) -> Self {
        Self {
            is_not_found: error.is_not_found(),
            account: error.account,
            operation: error.operation,
            code: error.code,
            message: error.message,
            request_id: error.request_id,
            is_transient: error.is_ambiguous,
        }
    }
}

impl fmt::Display for ReadFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "account {}: {}: ", self.account, self.operation)?;
        if let Some(code) = &self.code {
            write!(f, "{code}: ")?;
        }
        f.write_str(&self.message)?;
        match &self.request_id {
            Some(id) => write!(f, " (request {id})"),
            None => Ok(()),
        }
    }
}
