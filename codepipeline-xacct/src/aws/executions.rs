//! Starts a pipeline and follows the run, through invoke actions into the pipelines that they start.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use aws_sdk_codepipeline::types::{ActionExecutionStatus, PipelineExecutionStatus, PipelineVariable, TriggerType};
use aws_smithy_types::DateTime;

use super::clients::Accounts;
use super::error::{AwsError, Error};
use crate::core::ids::{AccountId, PipelineArn, RoleArn};

/// A run of a pipeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Execution {
    /// The pipeline.
    pub pipeline: PipelineArn,
    /// The id of the execution.
    pub id: String,
}

/// How a run is followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Follow {
    /// The pause between two looks.
    pub poll: Duration,
    /// How long each run is waited for.
    pub timeout: Duration,
}

impl Default for Follow {
    /// A look every 5 s, for an hour.
    fn default() -> Self {
        Self { poll: Duration::from_secs(5), timeout: Duration::from_secs(3600) }
    }
}

/// A run that came to its end.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Run {
    /// Which run.
    pub execution: Execution,
    /// How it ended.
    pub status: PipelineExecutionStatus,
    /// The pipeline variables, as they were resolved.
    pub variables: Vec<(String, String)>,
    /// Its actions, in the order in which they ran.
    pub actions: Vec<ActionRun>,
}

/// An action of a run.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ActionRun {
    /// The stage.
    pub stage: String,
    /// The action.
    pub action: String,
    /// How it ended.
    pub status: ActionExecutionStatus,
    /// The error code and message of a failed action.
    pub error: Option<(String, String)>,
    /// The pipeline that an invoke action started, where there is a client for its account.
    pub target: Option<PipelineArn>,
    /// The run that it started, where it could be found.
    pub started: Option<Run>,
}

impl Run {
    /// True where this run and every run that it started, in an account with a client, succeeded. A run that was started
    /// and could not be found has not.
    pub fn succeeded(&self) -> bool {
        self.status == PipelineExecutionStatus::Succeeded
            && self.actions.iter().all(|a| a.target.is_none() || a.started.as_ref().is_some_and(Run::succeeded))
    }

    fn write(&self, f: &mut fmt::Formatter<'_>, depth: usize) -> fmt::Result {
        let indent = "  ".repeat(depth);
        write!(f, "{indent}{} {}", self.execution.pipeline, self.status.as_str())?;
        for (name, value) in &self.variables {
            write!(f, ", {name}={value}")?;
        }
        writeln!(f)?;
        for action in &self.actions {
            writeln!(f, "{indent}  {} / {}: {}", action.stage, action.action, action.status.as_str())?;
            if let Some((code, message)) = &action.error {
                writeln!(f, "{indent}    {code}: {message}")?;
            }
            match (&action.started, &action.target) {
                (Some(run), _) => run.write(f, depth + 2)?,
                (None, Some(target)) => writeln!(f, "{indent}    the run of {target} was not found")?,
                (None, None) => {}
            }
        }
        Ok(())
    }
}

impl fmt::Display for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, 0)
    }
}

impl Accounts {
    /// Starts a pipeline with values for its variables.
    pub async fn start(&self, pipeline: &PipelineArn, variables: &[(&str, &str)]) -> Result<Execution, Error> {
        let client = self.codepipeline(pipeline.account(), pipeline.region())?;
        let variables = variables
            .iter()
            .filter_map(|(name, value)| PipelineVariable::builder().name(*name).value(*value).build().ok())
            .collect::<Vec<_>>();
        let variables = if variables.is_empty() { None } else { Some(variables) };
        let started = client
            .start_pipeline_execution()
            .name(pipeline.name().as_str())
            .set_variables(variables)
            .send()
            .await
            .map_err(|e| AwsError::new(pipeline.account(), "StartPipelineExecution", pipeline, e))?;
        let id = started.pipeline_execution_id().unwrap_or_default().to_owned();
        Ok(Execution { pipeline: pipeline.clone(), id })
    }

    /// Waits for the end of a run and of the runs that its invoke actions start. A run in an account without a client is
    /// not followed.
    ///
    /// CodePipeline does not say which execution an invoke action started; it is the first one of the target that was
    /// started by a session of the action's role after the action began, and that no other action of the run has for its own.
    pub async fn follow(&self, execution: &Execution, how: Follow) -> Result<Run, Error> {
        let pipeline = &execution.pipeline;
        let client = self.codepipeline(pipeline.account(), pipeline.region())?;
        let mut waited = Duration::ZERO;
        let ended = loop {
            let answer = client
                .get_pipeline_execution()
                .pipeline_name(pipeline.name().as_str())
                .pipeline_execution_id(&execution.id)
                .send()
                .await
                .map_err(|e| AwsError::new(pipeline.account(), "GetPipelineExecution", pipeline, e))?;
            let found = answer.pipeline_execution().cloned();
            let status = found.as_ref().and_then(|e| e.status().cloned());
            let running =
                matches!(status, Some(PipelineExecutionStatus::InProgress | PipelineExecutionStatus::Stopping) | None);
            if !running {
                break found;
            }
            if waited >= how.timeout {
                return Err(Error::TimedOut {
                    pipeline: pipeline.to_string(),
                    execution: execution.id.clone(),
                    seconds: how.timeout.as_secs(),
                });
            }
            tokio::time::sleep(how.poll.max(LEAST_PAUSE)).await;
            waited += how.poll.max(LEAST_PAUSE);
        };
        let actions = self.actions(execution, how).await?;
        let variables = ended
            .iter()
            .flat_map(|e| e.variables())
            .map(|v| (v.name().unwrap_or_default().to_owned(), v.resolved_value().unwrap_or_default().to_owned()));
        Ok(Run {
            execution: execution.clone(),
            status: ended.as_ref().and_then(|e| e.status().cloned()).unwrap_or(PipelineExecutionStatus::Failed),
            variables: variables.collect(),
            actions,
        })
    }

    async fn actions(&self, execution: &Execution, how: Follow) -> Result<Vec<ActionRun>, Error> {
        let pipeline = &execution.pipeline;
        let client = self.codepipeline(pipeline.account(), pipeline.region())?;
        let filter =
            aws_sdk_codepipeline::types::ActionExecutionFilter::builder().pipeline_execution_id(&execution.id).build();
        let mut details = client
            .list_action_executions()
            .pipeline_name(pipeline.name().as_str())
            .filter(filter)
            .into_paginator()
            .items()
            .send()
            .collect::<Result<Vec<_>, _>>()
            .await
            .map_err(|e| AwsError::new(pipeline.account(), "ListActionExecutions", pipeline, e))?;
        // AWS lists the newest first.
        details.reverse();
        let (mut actions, mut claimed) = (Vec::new(), Vec::new());
        for detail in details {
            let error = detail
                .output()
                .and_then(|o| o.execution_result())
                .and_then(|r| r.error_details())
                .map(|e| (e.code().unwrap_or_default().to_owned(), e.message().unwrap_or_default().to_owned()));
            let mut action = ActionRun {
                stage: detail.stage_name().unwrap_or_default().to_owned(),
                action: detail.action_name().unwrap_or_default().to_owned(),
                status: detail.status().cloned().unwrap_or(ActionExecutionStatus::Failed),
                error,
                target: None,
                started: None,
            };
            if action.status == ActionExecutionStatus::Succeeded
                && let Some(input) = detail.input()
                && input.action_type_id().is_some_and(|t| t.provider() == "CodePipeline")
                && let Some(target) = target(pipeline, input)
                && self.reaches(target.0.account())
            {
                action.target = Some(target.0.clone());
                let found = self.started(target.0, target.1.as_deref(), detail.start_time(), &claimed, how).await?;
                claimed.extend(found.iter().map(|run| run.execution.id.clone()));
                action.started = found;
            }
            actions.push(action);
        }
        Ok(actions)
    }

    /// The run that an invoke action started; boxed, since runs start runs.
    fn started<'a>(
        &'a self,
        target: PipelineArn,
        role: Option<&'a str>,
        after: Option<&'a DateTime>,
        claimed: &'a [String],
        how: Follow,
    ) -> Pin<Box<dyn Future<Output = Result<Option<Run>, Error>> + Send + 'a>> {
        Box::pin(async move {
            let mut waited = Duration::ZERO;
            loop {
                if let Some(id) = self.find_started(&target, role, after, claimed).await? {
                    return Ok(Some(self.follow(&Execution { pipeline: target, id }, how).await?));
                }
                // A run that was started a moment ago may not be listed yet.
                if waited >= how.timeout.min(Duration::from_secs(60)) {
                    return Ok(None);
                }
                tokio::time::sleep(how.poll.max(LEAST_PAUSE)).await;
                waited += how.poll.max(LEAST_PAUSE);
            }
        })
    }

    async fn find_started(
        &self,
        target: &PipelineArn,
        role: Option<&str>,
        after: Option<&DateTime>,
        claimed: &[String],
    ) -> Result<Option<String>, Error> {
        let client = self.codepipeline(target.account(), target.region())?;
        let executions = client
            .list_pipeline_executions()
            .pipeline_name(target.name().as_str())
            .into_paginator()
            .items()
            .send()
            .collect::<Result<Vec<_>, _>>()
            .await
            .map_err(|e| AwsError::new(target.account(), "ListPipelineExecutions", target, e))?;
        let found = executions.into_iter().rev().find(|e| {
            let by = e.trigger().and_then(|t| t.trigger_detail()).unwrap_or_default();
            e.trigger().and_then(|t| t.trigger_type()) == Some(&TriggerType::StartPipelineExecution)
                && role.is_none_or(|role| by.contains(&format!(":assumed-role/{role}/")))
                && e.start_time().zip(after).is_none_or(|(started, after)| started >= after)
                && e.pipeline_execution_id().is_none_or(|id| !claimed.iter().any(|claimed| claimed == id))
        });
        Ok(found.and_then(|e| e.pipeline_execution_id().map(str::to_owned)))
    }
}

/// The shortest pause between two looks.
const LEAST_PAUSE: Duration = Duration::from_millis(1);

/// The target of an invoke action and the name of its role.
fn target(
    caller: &PipelineArn,
    input: &aws_sdk_codepipeline::types::ActionExecutionInput,
) -> Option<(PipelineArn, Option<String>)> {
    let name = input.configuration()?.get("PipelineName")?;
    let role: Option<RoleArn> = input.role_arn().and_then(|arn| arn.parse().ok());
    let account: &AccountId = role.as_ref().map_or(caller.account(), |role| role.account());
    let region = input.region().unwrap_or_else(|| caller.region().as_str());
    let target =
        PipelineArn::new(caller.partition().clone(), region.parse().ok()?, account.clone(), name.parse().ok()?);
    Some((target, role.map(|r| r.name().to_string())))
}
