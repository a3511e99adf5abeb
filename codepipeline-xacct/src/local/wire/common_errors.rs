//! The errors that all services have: their code and status are different in each protocol.

use super::protocol::Protocol;
use crate::local::refusal::Refusal;

/// An error that any operation can return.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CommonError {
    AccessDenied,
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
            Protocol::Query => self.query(),
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
            Self::AccessDenied => "Access denied",
            Self::Expired => "The security token included in the request is expired",
            Self::IncompleteSignature => "Authorization header requires 'Credential' parameter.",
            Self::Internal => "The request processing has failed because of an unknown error, exception or failure.",
            Self::Late => "The body of the request did not arrive in time.",
            Self::MalformedInput => "The request can't be read.",
            Self::MissingToken => "Request is missing Authentication Token",
            Self::Throttled => "Rate exceeded",
            Self::TooLarge => "The request is larger than 1 MB.",
            Self::Unavailable => "The request has failed due to a temporary failure of the server.",
            Self::UnknownKey => "The security token included in the request is invalid.",
            Self::UnknownOperation => "The operation is not known.",
        }
    }
}
