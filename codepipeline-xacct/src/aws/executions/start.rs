//! Starts pipelines.

use std::future::IntoFuture;

use aws_sdk_codepipeline::types::PipelineVariable;
use futures_util::future::BoxFuture;

use super::error::ExecutionError;
use super::execution::{Execution, begun};
use crate::aws::error::AwsError;
use crate::aws::session::Session;
use crate::builder::DeclaredBy;
use crate::core::ids::{PipelineArn, VariableName};
use crate::items;

/// A pipeline that is about to be started; `.await` starts it.
#[derive(Debug)]
#[must_use = "nothing is started before it is awaited"]
pub struct StartRequest<'a, P> {
    session: &'a Session,
    pipeline: P,
    variables: Vec<(String, String)>,
}

/// A pipeline, known by its ARN, that is about to be started; `.await` starts it.
#[derive(Debug)]
#[must_use = "nothing is started before it is awaited"]
pub struct StartArnRequest<'a> {
    session: &'a Session,
    pipeline: PipelineArn,
    variables: Vec<(String, String)>,
}

impl Session {
    /// Starts the pipeline of an item.
    pub fn start<P: items::PipelineItem>(&self, pipeline: P) -> StartRequest<'_, P> {
        StartRequest { session: self, pipeline, variables: Vec::new() }
    }

    /// Starts a pipeline that is only known at run time.
    pub fn start_arn(&self, pipeline: PipelineArn) -> StartArnRequest<'_> {
        StartArnRequest { session: self, pipeline, variables: Vec::new() }
    }
}

impl<P: items::PipelineItem> StartRequest<'_, P> {
    /// Passes a variable that the pipeline declares.
    pub fn variable<V: DeclaredBy<P>>(mut self, variable: V, value: impl Into<String>) -> Self {
        let _ = variable;
        self.variables.push((V::NAME.to_owned(), value.into()));
        self
    }
}

impl StartArnRequest<'_> {
    /// Passes a variable.
    pub fn variable(mut self, variable: &VariableName, value: impl Into<String>) -> Self {
        self.variables.push((variable.to_string(), value.into()));
        self
    }
}

impl<'a, P: items::PipelineItem> IntoFuture for StartRequest<'a, P> {
    type Output = Result<Execution<'a>, ExecutionError>;
    type IntoFuture = BoxFuture<'a, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        let (session, variables) = (self.session, self.variables);
        drop(self.pipeline);
        let pipeline = items::PipelineConst::of::<P>().to_arn();
        Box::pin(async move { start(session, pipeline?, variables).await })
    }
}

impl<'a> IntoFuture for StartArnRequest<'a> {
    type Output = Result<Execution<'a>, ExecutionError>;
    type IntoFuture = BoxFuture<'a, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(start(self.session, self.pipeline, self.variables))
    }
}

async fn start(
    session: &Session,
    pipeline: PipelineArn,
    variables: Vec<(String, String)>,
) -> Result<Execution<'_>, ExecutionError> {
    let client = session.codepipeline(pipeline.account(), pipeline.region())?;
    let variables: Vec<_> = variables
        .into_iter()
        .filter_map(|(name, value)| PipelineVariable::builder().name(name).value(value).build().ok())
        .collect();
    let started = client
        .start_pipeline_execution()
        .name(pipeline.name().as_str())
        .set_variables(Some(variables).filter(|variables| !variables.is_empty()))
        .send()
        .await
        .map_err(|e| AwsError::new(pipeline.account(), "StartPipelineExecution", &pipeline, e))?;
    begun(session, pipeline, started.pipeline_execution_id())
}
