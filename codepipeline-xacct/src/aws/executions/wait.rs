//! The request to follow an execution.

use std::fmt;
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::time::Duration;

use tokio::time::Instant;

use super::engine::Engine;
use super::error::ExecutionError;
use super::event::RunEvent;
use super::execution::Execution;
use super::failure::ReadFailure;
use super::reader::Reader;
use super::tree::FollowedExecution;

/// The time between two calls in one account: fewer than two calls a second.
const GAP: Duration = Duration::from_millis(550);

type OnEvent<'a> = Box<dyn Fn(&RunEvent, &FollowedExecution) + Send + Sync + 'a>;

/// An execution that is about to be followed; `.await` follows it.
#[must_use = "nothing is followed before it is awaited"]
pub struct WaitRequest<'a> {
    execution: Execution<'a>,
    poll: Duration,
    timeout: Duration,
    on_event: Option<OnEvent<'a>>,
}

impl fmt::Debug for WaitRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WaitRequest").field("execution", &self.execution).field("timeout", &self.timeout).finish()
    }
}

impl<'a> Execution<'a> {
    /// Follows it to its end, with the executions that its invoke actions start, and those that these start: all at once, in all
    /// accounts that the session reaches. The result is the run as it is known then; an execution that could not be followed or
    /// read is shown in it with the reason, and the others are followed all the same. It is only an error that the session doesn't
    /// reach the account of the first execution, or that its pipeline has no such execution.
    ///
    /// CodePipeline does not document which execution an invoke action started. It is found *exactly* by the variable that
    /// `follow: caller_variable` passes, or by an id that CodePipeline shows. Without these it is *inferred*: the only execution that
    /// the action's role started while the action ran, with the same variables. Where several executions may be it, it is
    /// *ambiguous*, and none is followed.
    ///
    /// Following changes nothing: it can be given up at any time, and begun again with [`Session::execution`].
    ///
    /// [`Session::execution`]: crate::aws::Session::execution
    pub fn wait(&self) -> WaitRequest<'a> {
        WaitRequest {
            execution: self.clone(),
            poll: Duration::from_secs(5),
            timeout: Duration::from_secs(3600),
            on_event: None,
        }
    }
}

impl<'a> WaitRequest<'a> {
    /// The pause between two looks at an execution; 5 s by default. It gets up to four times longer while nothing happens. Calls
    /// in one account are at least 550 ms apart, or this pause if that is shorter, and further while AWS throttles.
    pub fn poll(mut self, pause: Duration) -> Self {
        self.poll = pause.max(Duration::from_millis(1));
        self
    }

    /// How long to follow the whole run; an hour by default. Then the result is what is known.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Sets a function that is called with everything that happens, and with the run after it.
    pub fn on_event(mut self, on_event: impl Fn(&RunEvent, &FollowedExecution) + Send + Sync + 'a) -> Self {
        self.on_event = Some(Box::new(on_event));
        self
    }
}

impl<'a> IntoFuture for WaitRequest<'a> {
    type Output = Result<FollowedExecution, ExecutionError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send + 'a>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let Execution { session, pipeline, id } = self.execution;
            // That the first account is not reached is a mistake of the call, and no state of the run.
            session.codepipeline(pipeline.account(), pipeline.region())?;
            let now = Instant::now();
            let deadline = now.checked_add(self.timeout).unwrap_or(now + Duration::from_secs(365 * 86_400));
            let on_event = |event: &RunEvent, run: &FollowedExecution| {
                if let Some(on_event) = &self.on_event {
                    on_event(event, run);
                }
            };
            let reader = Reader::new(session, GAP.min(self.poll));
            let engine = Engine::new(reader, pipeline.clone(), id.clone(), self.poll, &on_event);
            engine.follow(deadline).await;
            let run = engine.run().unwrap_or_else(|| FollowedExecution::new(pipeline, id));
            // So is an id that the first pipeline does not have.
            if run.status.is_none() && run.failure.as_ref().is_some_and(ReadFailure::is_of_no_execution) {
                return Err(ExecutionError::NoExecution { pipeline: run.pipeline, execution: run.id });
            }
            Ok(run)
        })
    }
}
