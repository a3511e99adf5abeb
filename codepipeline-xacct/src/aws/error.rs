//! Errors that several modules share.

use std::fmt;

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_codepipeline::error::ProvideErrorMetadata;
use aws_sdk_codepipeline::operation::RequestId;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::ErrorMetadata;

use crate::core::ids::AccountId;
use crate::core::plan::Withheld;
use crate::core::policy::denial;

/// There are no credentials for an account in which something has to be written or started.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "there is no client for account {0}, in which something has to be written or started\n  help: give the session a profile, a role or a configuration for the account"
)]
pub struct NotConnected(pub AccountId);

/// An error that AWS returned, with its code, its message and the id of the request.
#[derive(Debug)]
#[non_exhaustive]
pub struct AwsError {
    /// The account in which the call was made.
    pub account: AccountId,
    /// The operation, for example `UpdatePipeline`.
    pub operation: &'static str,
    /// What the call was about.
    pub subject: String,
    /// The error code of AWS, if there was a response.
    pub code: Option<String>,
    /// The message.
    pub message: String,
    /// The id of the request, for AWS support.
    pub request_id: Option<String>,
    /// Whether the call may have taken effect all the same: there was no answer, or one of a server that broke down.
    pub(crate) is_ambiguous: bool,
    source: Box<dyn std::error::Error + Send + Sync>,
}

/// True for the codes of AWS for credentials that have expired.
pub(crate) fn is_expired(code: Option<&str>) -> bool {
    let codes = ["ExpiredToken", "ExpiredTokenException", "UnrecognizedClientException", "InvalidClientTokenId"];
    code.is_some_and(|code| codes.contains(&code))
}

/// True for the codes of AWS for too many calls.
pub(crate) fn is_throttled(code: Option<&str>) -> bool {
    let codes = ["Throttling", "ThrottlingException", "TooManyRequestsException", "RequestLimitExceeded"];
    code.is_some_and(|code| codes.contains(&code))
}

/// What an account says with such a code.
pub(crate) fn too_many_calls(account: &AccountId) -> String {
    format!("too many calls are made in account {account}")
}

/// What helps where the credentials of an account have expired.
pub(crate) fn sign_in(account: &AccountId) -> String {
    format!("sign in to account {account} again")
}

/// Why there is no message of the service, in words: the SDK's own text has its structures.
pub(crate) fn unanswered<E: std::error::Error + 'static>(error: &SdkError<E, HttpResponse>) -> String {
    let what = match error {
        SdkError::ServiceError(answer) => {
            return format!("status {} without a message", answer.raw().status().as_u16());
        }
        SdkError::DispatchFailure(failure) if failure.is_io() || failure.is_timeout() => "AWS could not be reached",
        SdkError::TimeoutError(_) => "no answer came in time",
        SdkError::ResponseError(_) => "the answer could not be read",
        _ => "the request could not be sent",
    };
    with_causes(what, error)
}

fn with_causes(what: &str, error: &dyn std::error::Error) -> String {
    let mut texts = vec![what.to_owned()];
    for cause in std::iter::successors(error.source(), |cause| (*cause).source()) {
        if cause.is::<CredentialsError>() {
            // That nothing could be sent without credentials goes without saying.
            texts = vec!["there are no credentials".to_owned()];
        } else if let Some(answer) = cause.downcast_ref::<ErrorMetadata>() {
            // What STS answered; the texts before it only say that it is an error.
            texts.truncate(1);
            texts.extend(answer.code().into_iter().chain(answer.message()).map(str::to_owned));
        } else {
            texts.push(cause.to_string());
        }
    }
    // An error of the SDK and its cause may have one text.
    texts.dedup();
    texts.join(": ")
}

/// What there is to know of an error of the SDK, whatever its operation is. What makes an [`AwsError`] of it is compiled once.
pub(crate) trait Failure: std::error::Error + Send + Sync {
    /// What the service answered.
    fn answer(&self) -> Option<&ErrorMetadata>;
    fn unanswered(&self) -> String;
    fn is_ambiguous(&self) -> bool;
}

impl<E: std::error::Error + ProvideErrorMetadata + Send + Sync + 'static> Failure for SdkError<E, HttpResponse> {
    fn answer(&self) -> Option<&ErrorMetadata> {
        self.as_service_error().map(E::meta)
    }

    fn unanswered(&self) -> String {
        unanswered(self)
    }

    fn is_ambiguous(&self) -> bool {
        match self {
            SdkError::ConstructionFailure(_) => false,
            SdkError::ServiceError(answer) => answer.raw().status().as_u16() >= 500,
            _ => true,
        }
    }
}

impl AwsError {
    /// Wraps an error of the SDK.
    pub(crate) fn new<E>(
        account: &AccountId,
        operation: &'static str,
        subject: impl fmt::Display,
        error: SdkError<E, HttpResponse>,
    ) -> Self
    where
        SdkError<E, HttpResponse>: Failure + 'static,
    {
        Self::of(account, operation, subject.to_string(), Box::new(error))
    }

    fn of(account: &AccountId, operation: &'static str, subject: String, error: Box<dyn Failure>) -> Self {
        let answer = error.answer();
        let text = |text: Option<&str>| text.map(str::to_owned);
        let message = text(answer.and_then(ErrorMetadata::message)).unwrap_or_else(|| error.unanswered());
        Self {
            account: account.clone(),
            operation,
            subject,
            code: text(answer.and_then(ErrorMetadata::code)),
            message,
            request_id: text(answer.and_then(RequestId::request_id)),
            is_ambiguous: error.is_ambiguous(),
            source: error,
        }
    }

    /// The same error without secrets: AWS repeats values that it refuses.
    pub(crate) fn without(mut self, secrets: &Withheld) -> Self {
        if secrets.paths().next().is_some() {
            self.message = secrets.hidden_in(&self.message);
            // That of the SDK has the whole answer.
            self.source = self.message.clone().into();
        }
        self
    }

    /// True where the code is one that the service uses for "not found".
    pub fn is_not_found(&self) -> bool {
        let codes = [
            "NoSuchEntity",
            "PipelineNotFoundException",
            "PipelineExecutionNotFoundException",
            "ResourceNotFoundException",
            "NoSuchBucket",
            "NotFoundException",
        ];
        self.code.as_deref().is_some_and(|code| codes.contains(&code))
    }

    /// True where the credentials have expired.
    pub fn is_expired(&self) -> bool {
        is_expired(self.code.as_deref())
    }

    /// What to do about credentials that have expired and about too many calls, as the next line of a message; nothing for other errors.
    pub(crate) fn help(&self) -> String {
        if self.is_expired() {
            format!("\n  help: {}", sign_in(&self.account))
        } else if is_throttled(self.code.as_deref()) {
            format!("\n  help: {}: try again later", too_many_calls(&self.account))
        } else {
            String::new()
        }
    }

    /// True where the caller may not make the call.
    pub fn is_denied(&self) -> bool {
        denial::is_code(self.code.as_deref())
    }

    /// True for the answer of a Region that is closed to credentials that work elsewhere: the account has not enabled it
    /// (AWS Account Management Reference Guide, "Enable or disable AWS Regions in your account"), or its organization denies it
    /// (AWS Organizations User Guide, "Deny access to AWS based on the requested AWS Region").
    pub(crate) fn is_region_closed(&self) -> bool {
        matches!(self.code.as_deref(), Some("UnrecognizedClientException" | "InvalidClientTokenId"))
            || self.is_denied() && self.message.contains(denial::SERVICE_CONTROL)
    }

    /// True where something of that name is already there.
    pub(crate) fn already_exists(&self) -> bool {
        matches!(self.code.as_deref(), Some("EntityAlreadyExists" | "PipelineNameInUseException"))
    }

    /// True where IAM may not have propagated a change yet. Only these texts mean it: `Invalid principal in policy` for
    /// a principal that was just created, `not authorized to perform AssumeRole` for a role or a policy.
    pub fn may_be_propagation(&self) -> bool {
        match self.code.as_deref() {
            Some("MalformedPolicyDocument" | "MalformedPolicyDocumentException") => {
                self.message.contains("Invalid principal in policy")
            }
            Some("InvalidStructureException") => self.message.contains(denial::NOT_ASSUMED),
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
