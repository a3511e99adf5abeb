//! The errors that all services have: their code and status are different in each protocol.
//!
//! Sources of codes and statuses: "Common Errors" in the API references of IAM and CodePipeline. Texts that were seen in answers of AWS
//! name the report; the others are those of "Common Errors", or, where marked, ours.

use super::protocol::Protocol;
use crate::local::refusal::Refusal;

/// An error that any operation can return.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CommonError {
    AccessDenied,
    BadSignature,
    Expired,
    IncompleteSignature,
    Internal,
    Late,
    MalformedInput,
    MissingToken,
    Throttled,
    TooLarge,
    Unavailable,
    UnknownKey,
    UnknownOperation,
}

impl CommonError {
    pub(crate) fn refusal(self, protocol: Protocol, message: impl Into<String>) -> Refusal {
        let (code, status) = match protocol {
            // S3 has codes of its own; which ones is not known of all of them.
            Protocol::Query | Protocol::Rest => self.query(),
            Protocol::Json | Protocol::Cbor => self.json(),
        };
        Refusal::new(code, message).status(status)
    }

    /// With the text that AWS always has for it.
    pub(crate) fn usual(self, protocol: Protocol) -> Refusal {
        self.refusal(protocol, self.text())
    }

    fn query(self) -> (&'static str, u16) {
        match self {
            Self::AccessDenied => ("AccessDenied", 403),
            Self::BadSignature => ("SignatureDoesNotMatch", 403),
            Self::Expired => ("ExpiredToken", 403),
            Self::IncompleteSignature => ("IncompleteSignature", 403),
            Self::Internal => ("InternalFailure", 500),
            Self::Late => ("RequestTimeout", 408),
            Self::MalformedInput => ("MalformedQueryString", 404),
            Self::MissingToken => ("MissingAuthenticationToken", 403),
            Self::Throttled => ("Throttling", 400),
            Self::TooLarge => ("RequestEntityTooLarge", 413),
            Self::Unavailable => ("ServiceUnavailable", 503),
            Self::UnknownKey => ("InvalidClientTokenId", 403),
            Self::UnknownOperation => ("InvalidAction", 400),
        }
    }

    fn json(self) -> (&'static str, u16) {
        match self {
            Self::AccessDenied => ("AccessDeniedException", 400),
            Self::BadSignature => ("InvalidSignatureException", 400),
            Self::Expired => ("ExpiredTokenException", 400),
            Self::IncompleteSignature => ("IncompleteSignatureException", 400),
            Self::Internal => ("InternalFailure", 500),
            Self::Late => ("RequestTimeoutException", 408),
            Self::MalformedInput => ("SerializationException", 400),
            Self::MissingToken => ("MissingAuthenticationTokenException", 400),
            Self::Throttled => ("ThrottlingException", 400),
            Self::TooLarge => ("RequestEntityTooLargeException", 413),
            Self::Unavailable => ("ServiceUnavailableException", 503),
            Self::UnknownKey => ("UnrecognizedClientException", 400),
            Self::UnknownOperation => ("UnknownOperationException", 400),
        }
    }

    fn text(self) -> &'static str {
        match self {
            // Ours: services have texts of their own.
            Self::AccessDenied => "Access denied",
            // github.com/aws/aws-cli/issues/134 (awsQuery), github.com/teralytics/prometheus-ecs-discovery/issues/7 (awsJson)
            Self::BadSignature => {
                "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details."
            }
            // github.com/aws-samples/aws-iot-twinmaker-samples/issues/147
            Self::Expired => "The security token included in the request is expired",
            // Part of the text that API Gateway and others have; for IAM and CodePipeline it is not verified, nor is the status.
            Self::IncompleteSignature => "Authorization header requires 'Credential' parameter.",
            Self::Internal => "The request processing has failed because of an unknown error, exception or failure.",
            // Ours.
            Self::Late => "The body of the request did not arrive in time.",
            // Ours: the text of AWS depends on what is wrong.
            Self::MalformedInput => "The request can't be read.",
            // github.com/amzn/selling-partner-api-docs/issues/3081
            Self::MissingToken => "Request is missing Authentication Token",
            // github.com/aws-ia/terraform-aws-control_tower_account_factory/issues/297 (CodePipeline)
            Self::Throttled => "Rate exceeded",
            // Ours: not verified, nor are code and limit.
            Self::TooLarge => "The request is larger than 1 MB.",
            Self::Unavailable => "The request has failed due to a temporary failure of the server.",
            // github.com/jrl84/amazon-sp-api/issues/218 (awsQuery, where it is also seen without the full stop),
            // github.com/ArranJacques/laravel-aws-cognito-auth/issues/25 (awsJson)
            Self::UnknownKey => "The security token included in the request is invalid.",
            // Ours: AWS sends none, github.com/aws/aws-sdk-go/issues/3689.
            Self::UnknownOperation => "The operation is not known.",
        }
    }
}
