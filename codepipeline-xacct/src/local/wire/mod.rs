//! Requests and responses as they are sent: awsQuery for IAM and STS, awsJson 1.1 for CodePipeline, KMS and CloudTrail, REST for S3.

mod common_errors;
mod operations;
mod parameters;
mod protocol;
mod request;
mod response;
mod signature;
mod xml;

pub(super) use common_errors::CommonError;
pub(super) use operations::reads;
#[cfg(feature = "serve")]
pub(super) use operations::unknown;
pub(super) use parameters::Parameters;
pub(super) use protocol::Protocol;
#[cfg(feature = "serve")]
pub(super) use request::BODY_LIMIT;
pub(super) use request::{Call, Incoming, Input, Request};
pub(super) use response::{Output, Response};
pub(crate) use signature::{SECRET, SESSION_TOKEN};
pub(super) use xml::element;
