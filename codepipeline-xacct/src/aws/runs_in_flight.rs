//! The executions of a pipeline that are in progress.

use aws_sdk_codepipeline::types::PipelineExecutionStatus;

use super::at_once;
use super::error::AwsError;
use super::pages::pages;
use super::read::ReadError;
use super::session::Session;
use crate::core::ids::{IdError, PipelineArn};
use crate::core::plan::{Plan, RunInFlight};

/// How many executions are looked at, the newest first: one that waits for an approval is older than many that ended.
const LOOKED_AT: usize = 1000;

/// The executions that an update of the pipeline would cancel: those in progress.
pub(super) async fn runs_in_flight(session: &Session, pipeline: &PipelineArn) -> Result<Vec<RunInFlight>, ReadError> {
    let client = session.codepipeline(pipeline.account(), pipeline.region())?;
    let executions = pages(LOOKED_AT, async |token| {
        let call = client.list_pipeline_executions().pipeline_name(pipeline.name().as_str()).max_results(100);
        let page = call.set_next_token(token).send().await?;
        Ok((page.pipeline_execution_summaries.unwrap_or_default(), page.next_token))
    });
    let failed = |error| AwsError::new(pipeline.account(), "ListPipelineExecutions", pipeline, error);
    let executions = executions.await.map_err(failed)?;
    let running = executions.iter().filter(|execution| {
        matches!(execution.status(), Some(PipelineExecutionStatus::InProgress | PipelineExecutionStatus::Stopping))
    });
    running
        .map(|execution| {
            let id = execution.pipeline_execution_id().unwrap_or_default();
            let execution_id = id.parse().map_err(|error: IdError| ReadError::Answer {
                account: pipeline.account().clone(),
                what: format!("an execution of pipeline `{pipeline}`"),
                why: error.to_string(),
            })?;
            let started = execution.start_time().map(ToString::to_string).unwrap_or_default();
            Ok(RunInFlight { pipeline: pipeline.clone(), execution: execution_id, started })
        })
        .collect()
}

/// Adds to a plan the runs that it would cancel, or why they are not known.
pub(super) async fn with_runs(session: &Session, plan: Plan) -> Result<Plan, ReadError> {
    let runs = plan.cancels_runs_of().into_iter().map(|pipeline| async {
        match runs_in_flight(session, pipeline).await {
            Ok(runs) => Ok((pipeline.clone(), Ok(runs))),
            // A plan doesn't need it.
            Err(error @ (ReadError::Aws(_) | ReadError::Answer { .. })) => {
                Ok((pipeline.clone(), Err(error.to_string())))
            }
            Err(error) => Err(error),
        }
    });
    let runs = at_once::try_all(runs).await?.into_iter().collect();
    Ok(plan.with_runs(runs))
}
