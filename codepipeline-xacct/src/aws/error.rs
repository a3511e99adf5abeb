//! What can go wrong between here and AWS.

use std::fmt;

use aws_sdk_codepipeline::error::ProvideErrorMetadata;
use aws_sdk_codepipeline::operation::RequestId;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::display::DisplayErrorContext;

use crate::core::finding::Findings;
use crate::core::ids::AccountId;

/// Why a plan could not be made or a run could not be followed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// AWS answered with an error, or could not be reached.
    #[error(transparent)]
    Aws(Box<AwsError>),
    /// The credentials for an account belong to another one.
    #[error(
        "the credentials for account `{item}` ({declared}) belong to account {actual} (`{caller}`)\n  help: give the client of `{item}` a profile or a role of account {declared}; nothing was written"
    )]
    WrongAccount {
        /// The name of the account's item.
        item: String,
        /// The id that is declared.
        declared: AccountId,
        /// The id that `sts:GetCallerIdentity` answered.
        actual: String,
        /// Who the credentials are.
        caller: String,
    },
    /// Something has to be written in an account for which there is no client.
    #[error(
        "there is no client for account {account}, in which something has to be written or started\n  help: add `.profile::<Account>(\"…\")`, `.assume_role::<Account>(…)` or `.with::<Account>(config)` for it"
    )]
    NoClient {
        /// The id of the account.
        account: String,
    },
    /// The plan can't be made: what is wrong, with the fix.
    #[error(transparent)]
    Refused(#[from] Findings),
    /// An answer of AWS that is not understood.
    #[error("account {account}: {what} is not understood: {why}")]
    Answer {
        /// The id of the account.
        account: AccountId,
        /// What was read.
        what: String,
        /// Why it is not understood.
        why: String,
    },
    /// A pipeline was written by somebody else after the plan was made.
    #[error(
        "pipeline `{pipeline}` has been written since the plan was made (version {planned} then, {found} now)\n  help: make a new plan"
    )]
    Changed {
        /// ARN of the pipeline.
        pipeline: String,
        /// The version when the plan was made.
        planned: i64,
        /// The version now.
        found: i64,
    },
    /// A run that is followed did not come to an end in time.
    #[error("the run {execution} of pipeline `{pipeline}` has not come to an end after {seconds} s")]
    TimedOut {
        /// ARN of the pipeline.
        pipeline: String,
        /// Id of the execution.
        execution: String,
        /// How long was waited.
        seconds: u64,
    },
}

impl From<AwsError> for Error {
    fn from(error: AwsError) -> Self {
        Self::Aws(Box::new(error))
    }
}

/// An error that AWS answered, with its code, its message and the id of the request.
#[derive(Debug)]
#[non_exhaustive]
pub struct AwsError {
    /// The account in which the call was made.
    pub account: AccountId,
    /// The operation, for example `UpdatePipeline`.
    pub operation: &'static str,
    /// What the call was about.
    pub subject: String,
    /// The error code of AWS, if there was an answer.
    pub code: Option<String>,
    /// The message.
    pub message: String,
    /// The id of the request, for AWS support.
    pub request_id: Option<String>,
    source: Box<dyn std::error::Error + Send + Sync>,
}

impl AwsError {
    /// Wraps an error of the SDK.
    pub(crate) fn new<E, R>(
        account: &AccountId,
        operation: &'static str,
        subject: impl fmt::Display,
        error: SdkError<E, R>,
    ) -> Self
    where
        E: std::error::Error + ProvideErrorMetadata + RequestId + Send + Sync + 'static,
        R: fmt::Debug + Send + Sync + 'static,
    {
        let service = error.as_service_error();
        let code = service.and_then(|e| e.code()).map(str::to_owned);
        let request_id = service.and_then(RequestId::request_id).map(str::to_owned);
        let message = match service.and_then(|e| e.message()) {
            Some(message) => message.to_owned(),
            None => DisplayErrorContext(&error).to_string(),
        };
        Self {
            account: account.clone(),
            operation,
            subject: subject.to_string(),
            code,
            message,
            request_id,
            source: Box::new(error),
        }
    }

    /// True where the code is one of the service's for "there is no such thing".
    pub fn is_not_found(&self) -> bool {
        matches!(self.code.as_deref(), Some("NoSuchEntity" | "PipelineNotFoundException"))
    }

    /// True where the caller may not make the call.
    pub fn is_denied(&self) -> bool {
        matches!(self.code.as_deref(), Some("AccessDenied" | "AccessDeniedException"))
    }

    /// True where IAM may not have spread a change yet. Only these texts mean it: `Invalid principal in policy` for a
    /// principal that was made just now, `not authorized to perform AssumeRole` for a role or a policy.
    pub fn may_be_propagation(&self) -> bool {
        match self.code.as_deref() {
            Some("MalformedPolicyDocument" | "MalformedPolicyDocumentException") => {
                self.message.contains("Invalid principal in policy")
            }
            Some("InvalidStructureException") => self.message.contains("not authorized to perform AssumeRole"),
            _ => false,
        }
    }
}

impl fmt::Display for AwsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "account {}: {} of {}: ", self.account, self.operation, self.subject)?;
        if let Some(code) = &self.code {
            write!(f, "{code}: ")?;
        }
        f.write_str(&self.message)?;
        if let Some(id) = &self.request_id {
            write!(f, " (request {id})")?;
        }
        Ok(())
    }
}

impl std::error::Error for AwsError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&*self.source)
    }
}
