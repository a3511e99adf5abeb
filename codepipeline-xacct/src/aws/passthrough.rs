//! Pipelines as JSON, through the SDK's client.
//!
//! The types of the SDK drop members that they don't know, so a pipeline that is read and written with them loses what
//! AWS has added since. Interceptors keep the body of the response, and replace the body of the request that the SDK
//! wrote; endpoint, signature, retries and errors stay the SDK's.

use std::fmt;
use std::sync::{Arc, Mutex};

use aws_sdk_codepipeline::Client;
use aws_sdk_codepipeline::operation::create_pipeline::CreatePipelineError;
use aws_sdk_codepipeline::operation::get_pipeline::GetPipelineError;
use aws_sdk_codepipeline::operation::update_pipeline::UpdatePipelineError;
use aws_sdk_codepipeline::types::PipelineDeclaration as SdkDeclaration;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::{
    AfterDeserializationInterceptorContextRef, BeforeTransmitInterceptorContextMut,
};
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::ConfigBag;
use serde_json::Value;

type HttpResponse = aws_smithy_runtime_api::client::orchestrator::HttpResponse;

/// Keeps the body of the response.
#[derive(Debug, Clone, Default)]
pub(super) struct KeepBody(Arc<Mutex<String>>);

impl KeepBody {
    /// What it kept.
    pub(super) fn text(&self) -> String {
        self.0.lock().map(|body| body.clone()).unwrap_or_default()
    }
}

impl Intercept for KeepBody {
    fn name(&self) -> &'static str {
        "KeepBody"
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let (Some(bytes), Ok(mut body)) = (context.response().body().bytes(), self.0.lock()) {
            *body = String::from_utf8_lossy(bytes).into_owned();
        }
        Ok(())
    }
}

/// Replaces the body of the request.
struct SendBody(String);

/// Without the body, which may have secrets.
impl fmt::Debug for SendBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SendBody").finish_non_exhaustive()
    }
}

impl Intercept for SendBody {
    fn name(&self) -> &'static str {
        "SendBody"
    }

    fn modify_before_retry_loop(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let request = context.request_mut();
        request.headers_mut().insert("content-length", self.0.len().to_string());
        *request.body_mut() = SdkBody::from(self.0.clone());
        Ok(())
    }
}

/// The response of GetPipeline: the declaration and its metadata, whole; of the current version if none is given.
pub(super) async fn get_pipeline(
    client: &Client,
    name: &str,
    version: Option<i64>,
) -> Result<String, SdkError<GetPipelineError, HttpResponse>> {
    let kept = KeepBody::default();
    let version = version.and_then(|version| i32::try_from(version).ok());
    client.get_pipeline().name(name).set_version(version).customize().interceptor(kept.clone()).send().await?;
    Ok(kept.text())
}

/// What the SDK requires before it sends anything; the body is replaced.
fn stand_in(name: &str) -> Option<SdkDeclaration> {
    SdkDeclaration::builder().name(name).role_arn("").set_stages(Some(Vec::new())).build().ok()
}

/// Creates a pipeline from `{"pipeline": …, "tags": …}`.
pub(super) async fn create_pipeline(
    client: &Client,
    name: &str,
    document: &Value,
) -> Result<(), SdkError<CreatePipelineError, HttpResponse>> {
    let body = SendBody(document.to_string());
    client.create_pipeline().set_pipeline(stand_in(name)).customize().interceptor(body).send().await?;
    Ok(())
}

/// Updates a pipeline from `{"pipeline": …}`, and returns its new version.
pub(super) async fn update_pipeline(
    client: &Client,
    name: &str,
    document: &Value,
) -> Result<Option<i64>, SdkError<UpdatePipelineError, HttpResponse>> {
    let body = SendBody(document.to_string());
    let answer = client.update_pipeline().set_pipeline(stand_in(name)).customize().interceptor(body).send().await?;
    Ok(answer.pipeline().and_then(|pipeline| pipeline.version()).map(i64::from))
}
