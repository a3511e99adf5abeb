//! Reads executions, at a pace that AWS allows, and tries again what may pass.

use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_sdk_codepipeline::Client;
use aws_sdk_codepipeline::config::Builder;
use aws_sdk_codepipeline::config::retry::RetryConfig;
use aws_sdk_codepipeline::operation::get_pipeline_state::GetPipelineStateOutput;
use aws_sdk_codepipeline::types::{
    ActionExecutionDetail, ActionExecutionFilter, PipelineExecution, PipelineExecutionSummary,
};
use aws_smithy_types::DateTime;

use super::failure::ReadFailure;
use super::pace::Pace;
use crate::aws::error::{AwsError, NotConnected};
use crate::aws::session::Session;
use crate::core::ids::{AccountId, ExecutionId, PipelineArn};

/// How often a call is made at most, before its failure is reported.
const TRIES: u32 = 4;

/// Why something could not be read.
#[derive(Debug)]
pub(super) enum Unread {
    /// There is no client for the account.
    NotConnected,
    Failed(ReadFailure),
}

impl From<NotConnected> for Unread {
    fn from(_: NotConnected) -> Self {
        Self::NotConnected
    }
}

/// Reads executions of all accounts of a session.
#[derive(Debug)]
pub(super) struct Reader<'s> {
    session: &'s Session,
    gap: Duration,
    paces: Mutex<HashMap<AccountId, Arc<Pace>>>,
}

impl<'s> Reader<'s> {
    /// `gap` is the time between two calls in an account.
    pub(super) fn new(session: &'s Session, gap: Duration) -> Self {
        Self { session, gap, paces: Mutex::default() }
    }

    pub(super) fn reaches(&self, account: &AccountId) -> bool {
        self.session.reaches(account)
    }

    /// An execution, as GetPipelineExecution shows it.
    pub(super) async fn execution(
        &self,
        pipeline: &PipelineArn,
        id: &ExecutionId,
    ) -> Result<PipelineExecution, Unread> {
        let operation = "GetPipelineExecution";
        let call = |client: Client| async move {
            client
                .get_pipeline_execution()
                .pipeline_name(pipeline.name().as_str())
                .pipeline_execution_id(id.as_str())
                .customize()
                .config_override(once())
                .send()
                .await
                .map_err(|e| AwsError::new(pipeline.account(), operation, pipeline, e))
        };
        let answer = self.call(pipeline, call).await?;
        answer.pipeline_execution.ok_or_else(|| {
            Unread::Failed(ReadFailure {
                account: pipeline.account().clone(),
                operation,
                code: None,
                message: "the answer has no execution".to_owned(),
                request_id: None,
                is_transient: true,
                is_not_found: false,
            })
        })
    }

    /// The actions of an execution, from the oldest.
    pub(super) async fn actions(
        &self,
        pipeline: &PipelineArn,
        id: &ExecutionId,
    ) -> Result<Vec<ActionExecutionDetail>, Unread> {
        let (mut all, mut token) = (Vec::new(), None::<String>);
        loop {
            let from = token.as_deref();
            let call = |client: Client| async move {
                client
                    .list_action_executions()
                    .pipeline_name(pipeline.name().as_str())
                    .filter(ActionExecutionFilter::builder().pipeline_execution_id(id.as_str()).build())
                    .set_next_token(from.map(str::to_owned))
                    .customize()
                    .config_override(once())
                    .send()
                    .await
                    .map_err(|e| AwsError::new(pipeline.account(), "ListActionExecutions", pipeline, e))
            };
            let page = self.call(pipeline, call).await?;
            all.extend(page.action_execution_details.unwrap_or_default());
            token = page.next_token;
            if token.is_none() {
                break;
            }
        }
        // AWS lists the newest first.
        all.reverse();
        Ok(all)
    }

    /// The stages of a pipeline, with what stands before each.
    pub(super) async fn state(&self, pipeline: &PipelineArn) -> Result<GetPipelineStateOutput, Unread> {
        let call = |client: Client| async move {
            client
                .get_pipeline_state()
                .name(pipeline.name().as_str())
                .customize()
                .config_override(once())
                .send()
                .await
                .map_err(|e| AwsError::new(pipeline.account(), "GetPipelineState", pipeline, e))
        };
        self.call(pipeline, call).await
    }

    /// The executions of a pipeline that began at a time or later, from the newest. Older pages are not read.
    pub(super) async fn executions_since(
        &self,
        pipeline: &PipelineArn,
        since: Option<&DateTime>,
    ) -> Result<Vec<PipelineExecutionSummary>, Unread> {
        let (mut all, mut token) = (Vec::new(), None::<String>);
        loop {
            let from = token.as_deref();
            let call = |client: Client| async move {
                client
                    .list_pipeline_executions()
                    .pipeline_name(pipeline.name().as_str())
                    .set_next_token(from.map(str::to_owned))
                    .customize()
                    .config_override(once())
                    .send()
                    .await
                    .map_err(|e| AwsError::new(pipeline.account(), "ListPipelineExecutions", pipeline, e))
            };
            let page = self.call(pipeline, call).await?;
            let listed = page.pipeline_execution_summaries.unwrap_or_default();
            let before = |summary: &PipelineExecutionSummary| {
                summary.start_time().zip(since).is_some_and(|(start, since)| start < since)
            };
            let is_last = listed.last().is_none_or(before);
            all.extend(listed.into_iter().filter(|summary| !before(summary)));
            token = page.next_token.filter(|_| !is_last);
            if token.is_none() {
                return Ok(all);
            }
        }
    }

    /// Makes a call in its turn; a failure that may pass is tried again, more slowly.
    async fn call<T, F>(&self, pipeline: &PipelineArn, call: impl Fn(Client) -> F) -> Result<T, Unread>
    where
        F: Future<Output = Result<T, AwsError>>,
    {
        let client = self.session.codepipeline(pipeline.account(), pipeline.region())?;
        let pace = self.pace(pipeline.account());
        let mut tries = 0;
        loop {
            pace.turn().await;
            tries += 1;
            let failure = match call(client.clone()).await {
                Ok(answer) => {
                    pace.answered();
                    return Ok(answer);
                }
                Err(error) => ReadFailure::from(error),
            };
            if failure.may_pass() {
                pace.throttled().await;
            }
            if tries >= TRIES || !failure.may_pass() {
                return Err(Unread::Failed(failure));
            }
        }
    }

    fn pace(&self, account: &AccountId) -> Arc<Pace> {
        // A pace in the map is complete, even if another thread panicked.
        let mut paces = self.paces.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(paces.entry(account.clone()).or_insert_with(|| Arc::new(Pace::new(self.gap))))
    }
}

/// Without the retries of the SDK, which don't wait for their turn.
fn once() -> Builder {
    Builder::default().retry_config(RetryConfig::disabled())
}
