//! The executions of a pipeline that are in progress.

use aws_sdk_codepipeline::types::PipelineExecutionStatus;

use super::error::AwsError;
use super::read::ReadError;
use super::session::Session;
use crate::core::ids::PipelineArn;
use crate::core::plan::RunInFlight;

/// How many executions are looked at, the newest first: at most 50 run at once and 50 wait.
const LOOKED_AT: i32 = 100;

/// The executions that an update of the pipeline would cancel: those in progress.
pub(super) async fn runs_in_flight(session: &Session, pipeline: &PipelineArn) -> Result<Vec<RunInFlight>, ReadError> {
    let client = session.codepipeline(pipeline.account(), pipeline.region())?;
    let call = client.list_pipeline_executions().pipeline_name(pipeline.name().as_str()).max_results(LOOKED_AT);
    let failed = |error| AwsError::new(pipeline.account(), "ListPipelineExecutions", pipeline, error);
    let executions = call.send().await.map_err(failed)?;
    let running = executions.pipeline_execution_summaries().iter().filter(|execution| {
        matches!(execution.status(), Some(PipelineExecutionStatus::InProgress | PipelineExecutionStatus::Stopping))
    });
    Ok(running
        .map(|execution| RunInFlight {
            pipeline: pipeline.clone(),
            execution: execution.pipeline_execution_id().unwrap_or_default().to_owned(),
            started: execution.start_time().map(ToString::to_string).unwrap_or_default(),
        })
        .collect())
}
