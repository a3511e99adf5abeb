//! Carries out a plan: each step as soon as those that it waits for are done.

use std::collections::HashMap;
use std::fmt;
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::stream::{FuturesUnordered, Stream, StreamExt};
use indexmap::IndexMap;
use serde_json::json;
use tokio::sync::mpsc;
use tracing::{debug, info};

use super::error::{AwsError, NotConnected};
use super::read::ReadError;
use super::session::Session;
use super::{passthrough, read};
use crate::core::ids::{PipelineArn, RoleArn};
use crate::core::plan::{Plan, Step, StepId, Write};

/// How long a step is tried again while IAM may not have spread a change yet. Everything else that can be tried again, the SDK
/// tries again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    /// How long one step is tried again in all.
    pub max_elapsed: Duration,
    /// The first pause; each one is twice as long as the one before.
    pub initial_backoff: Duration,
    /// The longest pause.
    pub max_backoff: Duration,
}

impl Default for RetryPolicy {
    /// 2 minutes in all, as the Terraform provider waits, with pauses of 1 to 15 s.
    fn default() -> Self {
        Self {
            max_elapsed: Duration::from_secs(120),
            initial_backoff: Duration::from_secs(1),
            max_backoff: Duration::from_secs(15),
        }
    }
}

/// What happens while a plan is applied.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// A step has begun.
    Started(StepId),
    /// A step was carried out.
    Done(StepId),
    /// A step will be tried again, because IAM may not have spread a change yet.
    Waiting {
        /// The step.
        step: StepId,
        /// What AWS answered.
        message: String,
        /// How long until it is tried again.
        pause: Duration,
    },
    /// A step failed.
    Failed {
        /// The step.
        step: StepId,
        /// Why.
        message: String,
    },
}

impl Event {
    /// The step that it is about.
    pub fn step(&self) -> &StepId {
        match self {
            Event::Started(step) | Event::Done(step) | Event::Waiting { step, .. } | Event::Failed { step, .. } => step,
        }
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Event::Started(step) => write!(f, "started: {step}"),
            Event::Done(step) => write!(f, "done: {step}"),
            Event::Waiting { step, message, pause } => {
                write!(f, "waiting {:.1} s for IAM: {step}: {message}", pause.as_secs_f64())
            }
            Event::Failed { step, message } => write!(f, "failed: {step}: {message}"),
        }
    }
}

/// What was carried out: all of the plan.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// The steps in the order in which they were done.
    pub done: Vec<StepId>,
}

/// Why a step was not carried out.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StepError {
    /// AWS answered with an error, or could not be reached.
    #[error(transparent)]
    Aws(Box<AwsError>),
    /// What is there now could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// There are no credentials for the account.
    #[error(transparent)]
    NotConnected(#[from] NotConnected),
    /// The pipeline was written by somebody else after the plan was made.
    #[error(
        "pipeline `{pipeline}` has been written since the plan was made (version {planned} then, {found} now)\n  help: make a new plan"
    )]
    Changed {
        /// The pipeline.
        pipeline: PipelineArn,
        /// The version when the plan was made.
        planned: i64,
        /// The version now.
        found: i64,
    },
    /// The plan was saved, and a saved plan has no secrets.
    #[error(
        "the secret `{path}` would have to be written, and a saved plan has no secrets\n  help: make the plan again and apply it at once"
    )]
    SecretNotSaved {
        /// Where the secret belongs.
        path: String,
    },
}

impl From<AwsError> for StepError {
    fn from(error: AwsError) -> Self {
        Self::Aws(Box::new(error))
    }
}

/// Why a plan was not carried out to its end. What was done stays: making a plan again and applying it goes on from there.
#[derive(Debug)]
#[non_exhaustive]
pub struct ApplyError {
    /// Steps that were carried out.
    pub done: Vec<StepId>,
    /// Steps that failed, with the reason.
    pub failed: Vec<(StepId, StepError)>,
    /// Steps that were not tried, because they wait for one that failed.
    pub not_tried: Vec<StepId>,
}

impl fmt::Display for ApplyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let joined = |steps: &[StepId]| steps.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
        for (step, error) in &self.failed {
            writeln!(f, "{step}: {error}")?;
        }
        if self.done.is_empty() {
            write!(f, "nothing was written")?;
        } else {
            write!(f, "written: {}", joined(&self.done))?;
        }
        if !self.not_tried.is_empty() {
            write!(f, "\nnot tried: {}", joined(&self.not_tried))?;
        }
        if !self.done.is_empty() {
            write!(f, "\nwhat was written stays; a new plan goes on from there")?;
        }
        Ok(())
    }
}

impl std::error::Error for ApplyError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.failed.first().map(|(_, error)| error as _)
    }
}

type OnEvent<'a> = Box<dyn Fn(Event) + Send + Sync + 'a>;
type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A plan that is about to be carried out; `.await` does it.
#[must_use = "nothing is written before it is awaited"]
pub struct ApplyRequest<'a> {
    session: &'a Session,
    plan: &'a Plan,
    retry: RetryPolicy,
    on_event: Option<OnEvent<'a>>,
}

impl fmt::Debug for ApplyRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApplyRequest").field("topology", self.plan.topology()).field("retry", &self.retry).finish()
    }
}

impl Session {
    /// Carries out a plan: each step as soon as those that it waits for are done. A step that fails holds up those that
    /// wait for it and no others. Where the session lacks an account in which the plan writes, nothing is written anywhere.
    pub fn apply<'a>(&'a self, plan: &'a Plan) -> ApplyRequest<'a> {
        ApplyRequest { session: self, plan, retry: RetryPolicy::default(), on_event: None }
    }
}

impl<'a> ApplyRequest<'a> {
    /// How long to wait for IAM.
    pub fn retry(mut self, retry: RetryPolicy) -> Self {
        self.retry = retry;
        self
    }

    /// Is called with everything that happens.
    pub fn on_event(mut self, on_event: impl Fn(Event) + Send + Sync + 'a) -> Self {
        self.on_event = Some(Box::new(on_event));
        self
    }

    /// Everything that happens as a stream, which carries out the plan while it is polled.
    pub fn events(self) -> Applying<'a> {
        let (sender, receiver) = mpsc::unbounded_channel();
        let on_event = self.on_event;
        let emit = move |event: Event| {
            if let Some(on_event) = &on_event {
                on_event(event.clone());
            }
            // Nobody listens any more where the stream was dropped, and then nothing is carried out either.
            let _ = sender.send(event);
        };
        let (session, plan, retry) = (self.session, self.plan, self.retry);
        let work = Box::pin(async move { carry_out_all(session, plan, retry, &emit).await });
        Applying { state: Progress::Running(work), events: receiver }
    }
}

impl<'a> IntoFuture for ApplyRequest<'a> {
    type Output = Result<Report, ApplyError>;
    type IntoFuture = BoxFuture<'a, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let emit = |event: Event| {
                if let Some(on_event) = &self.on_event {
                    on_event(event);
                }
            };
            carry_out_all(self.session, self.plan, self.retry, &emit).await
        })
    }
}

/// A plan that is being carried out: a stream of what happens. The work is done while the stream is polled; dropping it stops
/// after the calls that are on their way.
#[must_use = "nothing is written before it is polled"]
pub struct Applying<'a> {
    state: Progress<'a>,
    events: mpsc::UnboundedReceiver<Event>,
}

enum Progress<'a> {
    Running(BoxFuture<'a, Result<Report, ApplyError>>),
    Finished(Result<Report, ApplyError>),
}

impl fmt::Debug for Applying<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Applying").field("finished", &matches!(self.state, Progress::Finished(_))).finish()
    }
}

impl Applying<'_> {
    /// What came of it. Carries out what is left where the stream was not read to its end.
    pub async fn finish(self) -> Result<Report, ApplyError> {
        match self.state {
            Progress::Running(work) => work.await,
            Progress::Finished(result) => result,
        }
    }
}

impl Stream for Applying<'_> {
    type Item = Event;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Event>> {
        if let Poll::Ready(Some(event)) = self.events.poll_recv(context) {
            return Poll::Ready(Some(event));
        }
        if let Progress::Running(work) = &mut self.state
            && let Poll::Ready(result) = work.as_mut().poll(context)
        {
            self.state = Progress::Finished(result);
        }
        match (self.events.poll_recv(context), &self.state) {
            (Poll::Pending, Progress::Finished(_)) => Poll::Ready(None),
            (event, _) => event,
        }
    }
}

type Emit<'a> = &'a (dyn Fn(Event) + Send + Sync);

/// Carries out all steps, each as soon as those that it waits for are done.
async fn carry_out_all(
    session: &Session,
    plan: &Plan,
    retry: RetryPolicy,
    emit: Emit<'_>,
) -> Result<Report, ApplyError> {
    let steps = plan.steps();
    let ids: Vec<StepId> = steps.iter().map(Step::id).collect();
    let refused: Vec<(StepId, StepError)> =
        steps.iter().zip(&ids).filter_map(|(step, id)| Some((id.clone(), refusal(session, step)?))).collect();
    if !refused.is_empty() {
        let not_tried = ids.into_iter().filter(|id| !refused.iter().any(|(refused, _)| refused == id)).collect();
        return Err(ApplyError { done: Vec::new(), failed: refused, not_tried });
    }
    let numbers: HashMap<&StepId, usize> = ids.iter().enumerate().map(|(number, id)| (id, number)).collect();
    let mut waits_for: Vec<usize> = vec![0; steps.len()];
    let mut followers: HashMap<usize, Vec<usize>> = HashMap::new();
    for (number, (step, waits)) in steps.iter().zip(&mut waits_for).enumerate() {
        for before in step.after.iter().filter_map(|id| numbers.get(id)) {
            *waits += 1;
            followers.entry(*before).or_default().push(number);
        }
    }
    let run = |number: usize| {
        let (step, id) = (steps.get(number), ids.get(number));
        async move {
            let result = match step.zip(id) {
                Some((step, id)) => retried(session, &step.write, id, retry, emit).await,
                None => Ok(()),
            };
            (number, result)
        }
    };
    let mut running: FuturesUnordered<_> =
        waits_for.iter().enumerate().filter(|(_, waits)| **waits == 0).map(|(number, _)| run(number)).collect();
    let mut tried: Vec<bool> = waits_for.iter().map(|waits| *waits == 0).collect();
    let (mut done, mut failed) = (Vec::new(), Vec::new());
    while let Some((number, result)) = running.next().await {
        let Some(id) = ids.get(number) else { continue };
        if let Err(error) = result {
            emit(Event::Failed { step: id.clone(), message: error.to_string() });
            failed.push((id.clone(), error));
            continue;
        }
        info!(step = %id, "done");
        emit(Event::Done(id.clone()));
        done.push(id.clone());
        for follower in followers.get(&number).into_iter().flatten() {
            let (Some(waits), Some(tried)) = (waits_for.get_mut(*follower), tried.get_mut(*follower)) else { continue };
            *waits -= 1;
            if *waits == 0 {
                *tried = true;
                running.push(run(*follower));
            }
        }
    }
    let not_tried: Vec<StepId> = ids.iter().zip(tried).filter(|(_, tried)| !tried).map(|(id, _)| id.clone()).collect();
    if failed.is_empty() && not_tried.is_empty() {
        Ok(Report { done })
    } else {
        Err(ApplyError { done, failed, not_tried })
    }
}

/// Why a step can't be carried out, as far as that is known before anything is written.
fn refusal(session: &Session, step: &Step) -> Option<StepError> {
    let account = step.id().subject.account().clone();
    if !session.reaches(&account) {
        return Some(NotConnected(account).into());
    }
    step.write.lost_secret().map(|path| StepError::SecretNotSaved { path })
}

/// Carries out a step, again and again while IAM may not have spread a change yet.
async fn retried(
    session: &Session,
    write: &Write,
    id: &StepId,
    retry: RetryPolicy,
    emit: Emit<'_>,
) -> Result<(), StepError> {
    emit(Event::Started(id.clone()));
    // A pause of nothing would be tried for ever.
    let least = Duration::from_millis(1);
    let mut pause = retry.initial_backoff.max(least);
    let mut waited = Duration::ZERO;
    loop {
        match carry_out(session, write).await {
            Err(StepError::Aws(error)) if error.may_be_propagation() && waited < retry.max_elapsed => {
                debug!(step = %id, %error, "tried again");
                emit(Event::Waiting { step: id.clone(), message: error.to_string(), pause });
                tokio::time::sleep(pause).await;
                waited += pause;
                let rest = retry.max_elapsed.saturating_sub(waited);
                pause = (pause * 2).min(retry.max_backoff).min(rest).max(least);
            }
            result => return result,
        }
    }
}

fn iam_tags(tags: &IndexMap<String, String>) -> Vec<aws_sdk_iam::types::Tag> {
    tags.iter()
        .filter_map(|(key, value)| aws_sdk_iam::types::Tag::builder().key(key).value(value).build().ok())
        .collect()
}

async fn carry_out(session: &Session, write: &Write) -> Result<(), StepError> {
    match write {
        Write::CreateRole { role, trust, tags } => {
            let call = session
                .iam(role.account())?
                .create_role()
                .role_name(role.name().as_str())
                .path(role.path())
                .assume_role_policy_document(trust.to_json())
                .set_tags(Some(iam_tags(tags)));
            call.send().await.map_err(|e| failed(role, "CreateRole", e))?;
        }
        Write::UpdateTrust { role, after, .. } => {
            let call = session.iam(role.account())?.update_assume_role_policy().role_name(role.name().as_str());
            call.policy_document(after.to_json())
                .send()
                .await
                .map_err(|e| failed(role, "UpdateAssumeRolePolicy", e))?;
        }
        Write::TagRole { role, tags } => {
            let call = session.iam(role.account())?.tag_role().role_name(role.name().as_str());
            call.set_tags(Some(iam_tags(tags))).send().await.map_err(|e| failed(role, "TagRole", e))?;
        }
        Write::PutRolePolicy { role, name, after, .. } => {
            let call = session.iam(role.account())?.put_role_policy().role_name(role.name().as_str());
            let call = call.policy_name(name).policy_document(after.to_json());
            call.send().await.map_err(|e| failed(role, "PutRolePolicy", e))?;
        }
        Write::DeleteRolePolicy { role, name, .. } => {
            let call = session.iam(role.account())?.delete_role_policy().role_name(role.name().as_str());
            call.policy_name(name).send().await.map_err(|e| failed(role, "DeleteRolePolicy", e))?;
        }
        Write::DeleteRole { role } => {
            let call = session.iam(role.account())?.delete_role().role_name(role.name().as_str());
            call.send().await.map_err(|e| failed(role, "DeleteRole", e))?;
        }
        Write::CreatePipeline { pipeline, declaration, tags } => {
            let client = session.codepipeline(pipeline.account(), pipeline.region())?;
            let tags: Vec<_> = tags.iter().map(|(key, value)| json!({ "key": key, "value": value })).collect();
            let document = json!({ "pipeline": declaration, "tags": tags });
            passthrough::create_pipeline(&client, pipeline.name().as_str(), &document)
                .await
                .map_err(|e| AwsError::new(pipeline.account(), "CreatePipeline", pipeline, e))?;
        }
        Write::UpdatePipeline { pipeline, declaration, version, updated, .. } => {
            // There is no compare-and-set: look again just before the write.
            let now = read::written(session, pipeline).await?;
            let found = now.declaration.version.unwrap_or_default();
            if found != *version || now.updated != *updated {
                return Err(StepError::Changed { pipeline: pipeline.clone(), planned: *version, found });
            }
            let client = session.codepipeline(pipeline.account(), pipeline.region())?;
            let document = json!({ "pipeline": declaration });
            passthrough::update_pipeline(&client, pipeline.name().as_str(), &document)
                .await
                .map_err(|e| AwsError::new(pipeline.account(), "UpdatePipeline", pipeline, e))?;
        }
        Write::TagPipeline { pipeline, tags } => {
            let client = session.codepipeline(pipeline.account(), pipeline.region())?;
            let tag = |(key, value): (&String, &String)| {
                aws_sdk_codepipeline::types::Tag::builder().key(key).value(value).build().ok()
            };
            let call = client.tag_resource().resource_arn(pipeline.to_string());
            let call = call.set_tags(Some(tags.iter().filter_map(tag).collect()));
            call.send().await.map_err(|e| AwsError::new(pipeline.account(), "TagResource", pipeline, e))?;
        }
        Write::DeletePipeline { pipeline } => {
            let client = session.codepipeline(pipeline.account(), pipeline.region())?;
            let call = client.delete_pipeline().name(pipeline.name().as_str());
            call.send().await.map_err(|e| AwsError::new(pipeline.account(), "DeletePipeline", pipeline, e))?;
        }
    }
    Ok(())
}

fn failed<E, R>(
    role: &RoleArn,
    operation: &'static str,
    error: aws_smithy_runtime_api::client::result::SdkError<E, R>,
) -> AwsError
where
    E: std::error::Error
        + aws_sdk_iam::error::ProvideErrorMetadata
        + aws_sdk_iam::operation::RequestId
        + Send
        + Sync
        + 'static,
    R: fmt::Debug + Send + Sync + 'static,
{
    AwsError::new(role.account(), operation, role, error)
}
