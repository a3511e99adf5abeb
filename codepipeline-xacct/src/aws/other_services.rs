//! Calls of services whose SDKs are not among the dependencies.
//!
//! The SDKs of S3, KMS and CloudTrail would be as much again to compile as all of the SDK that is used here, for one call each. So the client of
//! CodePipeline makes these calls: its endpoint is that of the other service, for which the SDK then signs; interceptors write the request and keep the
//! body of the response. Credentials, retries and what a session is configured with stay the SDK's.

use aws_sdk_codepipeline::Client;
use aws_sdk_codepipeline::config::Builder;
use aws_sdk_codepipeline::config::endpoint::{DefaultResolver, EndpointFuture, Params, ResolveEndpoint};
use aws_sdk_codepipeline::operation::list_pipelines::ListPipelinesError;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_runtime_api::http::HttpError;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::endpoint::EndpointAuthScheme;
use serde_json::Value;

use super::error::NotConnected;
use super::passthrough::KeepBody;
use super::session::Session;
use crate::core::ids::{AccountId, Region};

/// Why there is no answer.
pub(super) type CallError = SdkError<ListPipelinesError, HttpResponse>;

/// The endpoint of another service than CodePipeline, in the same Region and of the same kind.
#[derive(Debug)]
struct OfService {
    service: &'static str,
    codepipeline: DefaultResolver,
}

impl ResolveEndpoint for OfService {
    fn resolve_endpoint<'a>(&'a self, params: &'a Params) -> EndpointFuture<'a> {
        EndpointFuture::new(async move {
            let endpoint = ResolveEndpoint::resolve_endpoint(&self.codepipeline, params).await?;
            let url = endpoint.url().replacen("://codepipeline", &format!("://{}", self.service), 1);
            let region = params.region().unwrap_or_default().to_owned();
            let scheme = EndpointAuthScheme::with_capacity("sigv4", 2);
            let scheme = scheme.put("signingName", self.service.to_owned()).put("signingRegion", region);
            Ok(endpoint.into_builder().url(url).auth_scheme(scheme).build())
        })
    }
}

/// Another service in an account and a Region.
pub(super) struct OtherService(Client);

impl OtherService {
    pub(super) fn new(
        session: &Session,
        account: &AccountId,
        region: &Region,
        service: &'static str,
    ) -> Result<Self, NotConnected> {
        let endpoint = OfService { service, codepipeline: DefaultResolver::new() };
        let config = Builder::from(session.config(account)?).region(aws_config::Region::new(region.to_string()));
        Ok(Self(Client::from_conf(config.endpoint_resolver(endpoint).build())))
    }

    /// Makes a call in awsJson. The target is what the service has in `X-Amz-Target`.
    pub(super) async fn json(&self, target: String, input: &Value) -> Result<Value, CallError> {
        let body = input.to_string();
        let text = self.called(move |mut request| {
            let headers = request.headers_mut();
            headers.insert("x-amz-target", target.clone());
            headers.insert("content-length", body.len().to_string());
            *request.body_mut() = SdkBody::from(body.as_str());
            Ok(request)
        });
        Ok(serde_json::from_str(&text.await?).unwrap_or_default())
    }

    /// Makes a call with another request, and returns the body of the response.
    pub(super) async fn called(
        &self,
        write: impl Fn(HttpRequest) -> Result<HttpRequest, HttpError> + Send + Sync + 'static,
    ) -> Result<String, CallError> {
        let kept = KeepBody::default();
        self.0.list_pipelines().customize().map_request(write).interceptor(kept.clone()).send().await?;
        Ok(kept.text())
    }
}
