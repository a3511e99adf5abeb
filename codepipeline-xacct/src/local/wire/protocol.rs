//! The protocol in which a request is answered.

/// A protocol of AWS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Protocol {
    /// awsJson 1.1.
    Json,
    /// awsQuery.
    Query,
    /// REST of S3: documents as they are, errors in XML.
    Rest,
    /// Smithy RPC v2 CBOR: it is refused, in its own form.
    Cbor,
}

impl Protocol {
    /// The protocol of a service, or, where the service is not known, that of the request.
    pub(super) fn of(service: Option<&str>, content_type: &str, target: bool, smithy: &str) -> Self {
        if smithy == "rpc-v2-cbor" || content_type.starts_with("application/cbor") {
            return Self::Cbor;
        }
        match service {
            Some("cloudtrail" | "codepipeline" | "kms") => Self::Json,
            Some("s3") => Self::Rest,
            Some("iam" | "sts") => Self::Query,
            _ if target || content_type.starts_with("application/x-amz-json") => Self::Json,
            _ => Self::Query,
        }
    }
}
