//! Starts pipelines and waits for executions, through invoke actions into the pipelines that they start.

use std::fmt;
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::time::Duration;

use aws_sdk_codepipeline::types::{ActionExecutionStatus, PipelineExecutionStatus, PipelineVariable, TriggerType};
use aws_smithy_types::DateTime;

use super::error::{AwsError, NotConnected};
use super::session::Session;
use crate::builder::DeclaredBy;
use crate::core::ids::{AccountId, IdError, PipelineArn, RoleArn, VariableName};
use crate::items;

type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Why a pipeline could not be started, or an execution could not be followed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExecutionError {
    /// AWS answered with an error, or could not be reached.
    #[error(transparent)]
    Aws(Box<AwsError>),
    /// There are no credentials for the account.
    #[error(transparent)]
    NotConnected(#[from] NotConnected),
    /// A constant of a hand-written pipeline item is not valid.
    #[error(transparent)]
    NotAPipeline(#[from] IdError),
    /// The execution did not end in time.
    #[error("execution {execution} of pipeline `{pipeline}` has not ended after {} s", after.as_secs())]
    TimedOut {
        /// The pipeline.
        pipeline: PipelineArn,
        /// The id of the execution.
        execution: String,
        /// How long the wait was.
        after: Duration,
    },
}

impl From<AwsError> for ExecutionError {
    fn from(error: AwsError) -> Self {
        Self::Aws(Box::new(error))
    }
}

/// An execution of a pipeline.
#[derive(Debug, Clone)]
pub struct Execution<'a> {
    session: &'a Session,
    pipeline: PipelineArn,
    id: String,
}

impl<'a> Execution<'a> {
    /// The pipeline.
    pub fn pipeline(&self) -> &PipelineArn {
        &self.pipeline
    }

    /// The id that CodePipeline gave it.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Waits for its end and the ends of the executions that its invoke actions start. An execution in an account that the session
    /// doesn't reach is not followed.
    ///
    /// CodePipeline does not say which execution an invoke action started; it is the first one of the target that was started by a
    /// session of the action's role after the action began, and that is not matched with another action of the
    /// execution.
    pub fn wait(&self) -> WaitRequest<'a> {
        WaitRequest {
            execution: self.clone(),
            wait: Wait { poll: Duration::from_secs(5), timeout: Duration::from_secs(3600) },
        }
    }
}

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

    /// An execution that was started before, by its id.
    pub fn execution(&self, pipeline: PipelineArn, id: impl Into<String>) -> Execution<'_> {
        Execution { session: self, pipeline, id: id.into() }
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
    Ok(Execution { session, id: started.pipeline_execution_id().unwrap_or_default().to_owned(), pipeline })
}

/// An execution that is about to be waited for; `.await` waits.
#[derive(Debug)]
#[must_use = "nothing is waited for before it is awaited"]
pub struct WaitRequest<'a> {
    execution: Execution<'a>,
    wait: Wait,
}

#[derive(Debug, Clone, Copy)]
struct Wait {
    poll: Duration,
    timeout: Duration,
}

impl WaitRequest<'_> {
    /// The pause between two polls; 5 s by default.
    pub fn poll(mut self, pause: Duration) -> Self {
        self.wait.poll = pause.max(Duration::from_millis(1));
        self
    }

    /// How long to wait for each execution; an hour by default.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.wait.timeout = timeout;
        self
    }
}

impl<'a> IntoFuture for WaitRequest<'a> {
    type Output = Result<FinishedExecution, ExecutionError>;
    type IntoFuture = BoxFuture<'a, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { finished(&self.execution, self.wait).await })
    }
}

/// An execution that has ended.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct FinishedExecution {
    /// The pipeline.
    pub pipeline: PipelineArn,
    /// The id of the execution.
    pub id: String,
    /// How it ended.
    pub status: PipelineExecutionStatus,
    /// The pipeline variables, as they were resolved.
    pub variables: Vec<(String, String)>,
    /// Its actions, in the order in which they ran.
    pub actions: Vec<ActionExecution>,
}

/// An action of an execution.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ActionExecution {
    /// The stage.
    pub stage: String,
    /// The action.
    pub action: String,
    /// How it ended.
    pub status: ActionExecutionStatus,
    /// The error code and message of a failed action.
    pub error: Option<(String, String)>,
    /// The pipeline that an invoke action started, where the session reaches its account.
    pub target: Option<PipelineArn>,
    /// The execution that it started, where it could be found.
    pub started: Option<FinishedExecution>,
}

impl FinishedExecution {
    /// True where this execution and every one that it started, in an account that the session reaches, succeeded. An execution that
    /// was started and could not be found counts as not succeeded.
    pub fn succeeded(&self) -> bool {
        self.status == PipelineExecutionStatus::Succeeded
            && self
                .actions
                .iter()
                .all(|a| a.target.is_none() || a.started.as_ref().is_some_and(FinishedExecution::succeeded))
    }

    /// The value that a pipeline variable was resolved to.
    pub fn variable(&self, name: &str) -> Option<&str> {
        self.variables.iter().find(|(variable, _)| variable == name).map(|(_, value)| value.as_str())
    }

    fn write(&self, f: &mut fmt::Formatter<'_>, depth: usize) -> fmt::Result {
        let indent = "  ".repeat(depth);
        write!(f, "{indent}{} {}", self.pipeline, self.status.as_str())?;
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
                (Some(execution), _) => execution.write(f, depth + 2)?,
                (None, Some(target)) => writeln!(f, "{indent}    the execution of {target} was not found")?,
                (None, None) => {}
            }
        }
        Ok(())
    }
}

impl fmt::Display for FinishedExecution {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, 0)
    }
}

async fn finished(execution: &Execution<'_>, wait: Wait) -> Result<FinishedExecution, ExecutionError> {
    let pipeline = &execution.pipeline;
    let client = execution.session.codepipeline(pipeline.account(), pipeline.region())?;
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
        if waited >= wait.timeout {
            return Err(ExecutionError::TimedOut {
                pipeline: pipeline.clone(),
                execution: execution.id.clone(),
                after: wait.timeout,
            });
        }
        tokio::time::sleep(wait.poll).await;
        waited += wait.poll;
    };
    let actions = actions(execution, wait).await?;
    let variables = ended
        .iter()
        .flat_map(|e| e.variables())
        .map(|v| (v.name().unwrap_or_default().to_owned(), v.resolved_value().unwrap_or_default().to_owned()));
    Ok(FinishedExecution {
        pipeline: pipeline.clone(),
        id: execution.id.clone(),
        status: ended.as_ref().and_then(|e| e.status().cloned()).unwrap_or(PipelineExecutionStatus::Failed),
        variables: variables.collect(),
        actions,
    })
}

async fn actions(execution: &Execution<'_>, wait: Wait) -> Result<Vec<ActionExecution>, ExecutionError> {
    let (session, pipeline) = (execution.session, &execution.pipeline);
    let client = session.codepipeline(pipeline.account(), pipeline.region())?;
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
        let mut action = ActionExecution {
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
            && session.reaches(target.0.account())
        {
            action.target = Some(target.0.clone());
            let found = started(session, target.0, target.1.as_deref(), detail.start_time(), &claimed, wait).await?;
            claimed.extend(found.iter().map(|execution| execution.id.clone()));
            action.started = found;
        }
        actions.push(action);
    }
    Ok(actions)
}

/// The execution that an invoke action started; boxed, since executions start executions.
fn started<'a>(
    session: &'a Session,
    target: PipelineArn,
    role: Option<&'a str>,
    after: Option<&'a DateTime>,
    claimed: &'a [String],
    wait: Wait,
) -> BoxFuture<'a, Result<Option<FinishedExecution>, ExecutionError>> {
    Box::pin(async move {
        let mut waited = Duration::ZERO;
        loop {
            if let Some(id) = find_started(session, &target, role, after, claimed).await? {
                return Ok(Some(finished(&session.execution(target, id), wait).await?));
            }
            // An execution that was started a moment ago may not be listed yet.
            if waited >= wait.timeout.min(Duration::from_secs(60)) {
                return Ok(None);
            }
            tokio::time::sleep(wait.poll).await;
            waited += wait.poll;
        }
    })
}

async fn find_started(
    session: &Session,
    target: &PipelineArn,
    role: Option<&str>,
    after: Option<&DateTime>,
    claimed: &[String],
) -> Result<Option<String>, ExecutionError> {
    let client = session.codepipeline(target.account(), target.region())?;
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
