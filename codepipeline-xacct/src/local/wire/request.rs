//! A request: read from what the SDK hands over and from what came over a socket alike.

use serde_json::{Value, json};

use super::common_errors::CommonError;
use super::operations;
use super::parameters::Parameters;
use super::protocol::Protocol;
use super::signature::{SECRET, SESSION_TOKEN, Scope, Signed};
use crate::core::ids::AccountId;
use crate::core::policy::evaluate::Caller;
use crate::local::refusal::Refusal;

/// The largest body that is read.
pub(crate) const BODY_LIMIT: usize = 1024 * 1024;

/// The parts of a request that all services have.
pub(crate) struct Call {
    pub(crate) caller: Caller,
    /// The access key, to which a session's own policies belong.
    pub(crate) key: String,
    pub(crate) region: String,
    pub(crate) operation: String,
}

impl Call {
    /// The account of the caller.
    pub(crate) fn account(&self) -> Result<AccountId, Refusal> {
        let unsupported = || Refusal::unsupported(&format!("calls by {}", self.caller.arn()));
        self.caller.account().cloned().ok_or_else(unsupported)
    }
}

/// The value of a header by its name.
type Headers<'a> = Box<dyn Fn(&str) -> Option<&'a str> + Send + Sync + 'a>;

/// A request as it arrived.
pub(crate) struct Incoming<'a> {
    method: &'a str,
    uri: &'a str,
    headers: Headers<'a>,
    authorization: Option<&'a str>,
    content_type: &'a str,
    target: Option<&'a str>,
    smithy_protocol: &'a str,
    /// `Action=…&…` in the URI.
    query: &'a str,
    body: &'a [u8],
    /// The body did not come in time.
    late: bool,
}

/// A request that one service can answer.
pub(crate) struct Request {
    pub(crate) service: String,
    pub(crate) region: String,
    pub(crate) access_key: String,
    pub(crate) operation: String,
    pub(crate) input: Input,
}

/// The input of an operation.
pub(crate) enum Input {
    Json(Value),
    Query(Parameters),
}

impl Request {
    /// A request that did not come over the wire.
    pub(crate) fn told(service: &str, region: &str, access_key: String, operation: &str, input: &Value) -> Self {
        let input = match service {
            "cloudtrail" | "codepipeline" | "kms" | "s3" => Input::Json(input.clone()),
            _ => Input::Query(Parameters::of(input)),
        };
        let (service, region, operation) = (service.to_owned(), region.to_owned(), operation.to_owned());
        Self { service, region, access_key, operation, input }
    }

    /// The protocol in which it is answered.
    pub(crate) fn protocol(&self) -> Protocol {
        match self.input {
            Input::Json(_) if self.service == "s3" => Protocol::Rest,
            Input::Json(_) => Protocol::Json,
            Input::Query(_) => Protocol::Query,
        }
    }
}

/// The version of the API of a service. Source: the API References.
fn api_version(service: &str) -> &'static str {
    if service == "iam" { "2010-05-08" } else { "2011-06-15" }
}

/// The name of a service before the operation, in the target of a request of awsJson. Source: the service models.
fn service_shape(service: &str) -> &'static str {
    if service == "cloudtrail" { "CloudTrail_20131101" } else { "CodePipeline_20150709" }
}

impl<'a> Incoming<'a> {
    /// `header` returns the text of a header.
    pub(crate) fn new(
        method: &'a str,
        uri: &'a str,
        header: impl Fn(&str) -> Option<&'a str> + Send + Sync + 'a,
        body: &'a [u8],
    ) -> Self {
        Self {
            method,
            uri,
            authorization: header("authorization"),
            content_type: header("content-type").unwrap_or_default(),
            target: header("x-amz-target"),
            smithy_protocol: header("smithy-protocol").unwrap_or_default(),
            query: uri.split_once('?').map_or("", |(_, query)| query),
            body,
            late: false,
            headers: Box::new(header),
        }
    }

    /// Whether it is signed with the secret of its access key.
    pub(crate) fn is_signed(&self) -> bool {
        let signed = Signed { method: self.method, uri: self.uri, header: &*self.headers, body: self.body };
        self.authorization.and_then(Scope::parse).is_some_and(|scope| scope.is_right(SECRET, &signed))
    }

    /// Whether it has the token of a session.
    pub(crate) fn has_session_token(&self) -> bool {
        (self.headers)("x-amz-security-token") == Some(SESSION_TOKEN)
    }

    /// A request whose body did not come in time.
    #[cfg(feature = "serve")]
    pub(crate) fn without_its_body(self) -> Self {
        Self { late: true, ..self }
    }

    /// The protocol of the answer.
    pub(crate) fn protocol(&self) -> Protocol {
        let scope = self.authorization.and_then(Scope::parse);
        let service = scope.as_ref().map(|scope| scope.service.as_str());
        Protocol::of(service, self.content_type, self.target.is_some(), self.smithy_protocol)
    }

    /// The request in it, or why there is none.
    pub(crate) fn read(&self) -> Result<Request, Refusal> {
        let protocol = self.protocol();
        if self.late {
            return Err(CommonError::Late.usual(protocol));
        }
        if self.body.len() > BODY_LIMIT {
            return Err(CommonError::TooLarge.usual(protocol));
        }
        let header = self.authorization.ok_or_else(|| self.unsigned(protocol))?;
        let scope = Scope::parse(header).ok_or_else(|| CommonError::IncompleteSignature.usual(protocol))?;
        let (operation, input) = match (scope.service.as_str(), protocol) {
            ("cloudtrail" | "codepipeline", Protocol::Json) => self.json(&scope.service)?,
            ("iam" | "sts", Protocol::Query) => self.query(&scope.service)?,
            ("kms", Protocol::Json) => self.policy_of_key()?,
            ("s3", Protocol::Rest) => self.policy_of_bucket()?,
            ("cloudtrail" | "codepipeline" | "iam" | "sts", _) => {
                return Err(Refusal::unsupported("Smithy RPC v2 CBOR; use awsJson 1.1 or awsQuery"));
            }
            (other, _) => return Err(Refusal::unsupported(&format!("the service `{other}`"))),
        };
        let Scope { key, region, service, .. } = scope;
        Ok(Request { service, region, access_key: key, operation, input })
    }

    /// Why a request without signature is refused. STS has operations that need none.
    fn unsigned(&self, protocol: Protocol) -> Refusal {
        let operation = match protocol {
            Protocol::Query => Parameters::parse(self.query_text()).get("Action").map(str::to_owned),
            Protocol::Json | Protocol::Rest | Protocol::Cbor => None,
        };
        match operation.as_deref() {
            Some(operation @ ("AssumeRoleWithSAML" | "AssumeRoleWithWebIdentity")) => {
                Refusal::unsupported(&format!("sts:{operation}"))
            }
            _ => CommonError::MissingToken.usual(protocol),
        }
    }

    /// The parameters, in the body or in the URI.
    fn query_text(&self) -> &'a [u8] {
        if self.body.is_empty() { self.query.as_bytes() } else { self.body }
    }

    fn json(&self, service: &str) -> Result<(String, Input), Refusal> {
        let unknown = || CommonError::UnknownOperation.usual(Protocol::Json);
        // awsJson is sent with POST alone. Source: Smithy, "AWS JSON 1.1 protocol".
        if self.method != "POST" {
            return Err(unknown());
        }
        if !self.content_type.starts_with("application/x-amz-json-1.") {
            return Err(unknown());
        }
        // With and without the namespace of the service, as SDKs do.
        let target = self.target.and_then(|target| target.rsplit_once('.'));
        let target = target.filter(|(of, _)| of.rsplit('.').next() == Some(service_shape(service)));
        let (_, operation) = target.filter(|(_, name)| operations::exists(service, name)).ok_or_else(unknown)?;
        Ok((operation.to_owned(), self.object()?))
    }

    /// GetKeyPolicy and ListGrants, all that there is of KMS.
    fn policy_of_key(&self) -> Result<(String, Input), Refusal> {
        match self.target.and_then(|target| target.strip_prefix("TrentService.")) {
            Some(operation @ ("GetKeyPolicy" | "ListGrants")) if self.method == "POST" => {
                Ok((operation.to_owned(), self.object()?))
            }
            other => Err(Refusal::unsupported(&format!("`{}` of the service `kms`", other.unwrap_or_default()))),
        }
    }

    /// GetBucketPolicy with the bucket in the path, all that there is of S3.
    fn policy_of_bucket(&self) -> Result<(String, Input), Refusal> {
        let after_scheme =
            self.uri.split_once("://").map_or(self.uri, |(_, rest)| rest.split_once('/').map_or("", |(_, path)| path));
        let path = after_scheme.split('?').next().unwrap_or_default().trim_matches('/');
        let is_policy = self.query == "policy" || self.query == "policy=";
        if self.method != "GET" || !is_policy || path.is_empty() || path.contains('/') {
            return Err(Refusal::unsupported(
                "this request of the service `s3`: it only has GetBucketPolicy, with the bucket in the path",
            ));
        }
        Ok(("GetBucketPolicy".to_owned(), Input::Json(json!({ "Bucket": path }))))
    }

    /// The body, a JSON object.
    fn object(&self) -> Result<Input, Refusal> {
        let malformed = |message: String| CommonError::MalformedInput.refusal(Protocol::Json, message);
        let input: Value = match self.body {
            [] => Value::Object(serde_json::Map::new()),
            body => serde_json::from_slice(body).map_err(|error| malformed(error.to_string()))?,
        };
        if !input.is_object() {
            return Err(malformed("Start of structure or map found where not expected.".to_owned()));
        }
        Ok(Input::Json(input))
    }

    fn query(&self, service: &str) -> Result<(String, Input), Refusal> {
        let text = self.query_text();
        if std::str::from_utf8(text).is_err() {
            return Err(CommonError::MalformedInput.usual(Protocol::Query));
        }
        let parameters = Parameters::parse(text);
        let Some(operation) = parameters.get("Action").map(str::to_owned) else {
            return Err(Refusal::new("MissingAction", "The request is missing an action or a required parameter."));
        };
        // Source: IAM API Reference, "Making Query Requests": the verbs are GET and POST.
        let verb = ["GET", "POST"].contains(&self.method);
        let version = parameters.get("Version");
        if !verb || !operations::exists(service, &operation) || version.is_some_and(|it| it != api_version(service)) {
            let version = version.unwrap_or("unspecified");
            let message = format!("Could not find operation {operation} for version {version}");
            return Err(CommonError::UnknownOperation.refusal(Protocol::Query, message));
        }
        Ok((operation, Input::Query(parameters)))
    }
}
