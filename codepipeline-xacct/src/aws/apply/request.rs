//! The request to apply a plan: awaited, or read as a stream of what happens.

use std::fmt;
use std::future::{Future, IntoFuture};
use std::io::Write;
use std::path::PathBuf;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use futures_util::future::{BoxFuture, Either, select};
use futures_util::stream::Stream;
use tokio::sync::mpsc;

use super::context::ApplyContext;
use super::event::{Emit, Event};
use super::journal::{Journaling, Sink};
use super::lease::{NotTaken, take};
use super::report::{ApplyError, Report};
use super::retry_policy::RetryPolicy;
use super::run_policy::RunPolicy;
use super::schedule::{carry_out_all, not_begun, outdated, refused, stale, would_cancel};
use super::undo::undo;
use crate::aws::session::Session;
use crate::core::plan::Plan;

type OnEvent<'a> = Box<dyn Fn(Event) + Send + Sync + 'a>;

/// A plan that is about to be carried out; `.await` does it.
#[must_use = "nothing is written before it is awaited"]
pub struct ApplyRequest<'a> {
    work: Work<'a>,
    on_event: Option<OnEvent<'a>>,
    stop: Option<BoxFuture<'a, ()>>,
}

/// What is carried out, and how.
struct Work<'a> {
    session: &'a Session,
    plan: &'a Plan,
    retry: RetryPolicy,
    runs: RunPolicy,
    asks_first: bool,
    journal: Option<Sink>,
    lease_notes: Option<PathBuf>,
    undoes: bool,
}

impl fmt::Debug for ApplyRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApplyRequest")
            .field("topology", self.work.plan.topology())
            .field("retry", &self.work.retry)
            .finish()
    }
}

impl Session {
    /// Carries out a plan: each step as soon as those that it waits for are done. A step that fails holds up those that
    /// wait for it and no others. If the session lacks an account in which the plan writes, nothing is written
    /// anywhere.
    pub fn apply<'a>(&'a self, plan: &'a Plan) -> ApplyRequest<'a> {
        let work = Work {
            session: self,
            plan,
            retry: RetryPolicy::default(),
            runs: RunPolicy::default(),
            asks_first: true,
            journal: None,
            lease_notes: None,
            undoes: false,
        };
        ApplyRequest { work, on_event: None, stop: None }
    }
}

impl<'a> ApplyRequest<'a> {
    /// How long to wait for IAM.
    pub fn retry(mut self, retry: RetryPolicy) -> Self {
        self.work.retry = retry;
        self
    }

    /// What to do about runs in progress.
    pub fn runs(mut self, runs: RunPolicy) -> Self {
        self.work.runs = runs;
        self
    }

    /// Doesn't ask the policy simulator of IAM before the first write whether the credentials may write everything.
    pub fn without_asking_first(mut self) -> Self {
        self.work.asks_first = false;
        self
    }

    /// Writes a journal to a file: before each call what is there and what will be written, and after each step what became of it, without secrets.
    /// The file is made with the first call; if there is one already, or it can't be written, nothing is changed in any account. A
    /// [`Journal`](crate::core::plan::Journal) is read from it, and [`Session::restore`] plans the way back.
    pub fn journal(mut self, file: impl Into<PathBuf>) -> Self {
        self.work.journal = Some(Sink::Path(file.into()));
        self
    }

    /// The same to something else. It is flushed after each line.
    pub fn journal_to(mut self, write: impl Write + Send + 'static) -> Self {
        self.work.journal = Some(Sink::Write(Box::new(write)));
        self
    }

    /// Keeps a note in a folder of the lease that the apply holds, and takes over the leases of applies that are noted there and have ended without
    /// releasing theirs: since they were killed, or their credentials expired. Without it, such a lease blocks others for 15 minutes.
    pub fn lease_notes(mut self, folder: impl Into<PathBuf>) -> Self {
        self.work.lease_notes = Some(folder.into());
        self
    }

    /// Puts back what was written if a step fails, as [`Session::restore`] does it. An apply that is stopped is not put back.
    pub fn undo_on_failure(mut self) -> Self {
        self.work.undoes = true;
        self
    }

    /// Sets a function that is called with everything that happens.
    pub fn on_event(mut self, on_event: impl Fn(Event) + Send + Sync + 'a) -> Self {
        self.on_event = Some(Box::new(on_event));
        self
    }

    /// Stops when a future ends, for example Ctrl-C: calls in flight are finished, and no further step is begun.
    pub fn stop_on(mut self, stop: impl Future<Output = ()> + Send + 'a) -> Self {
        self.stop = Some(Box::pin(stop));
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
            // This only fails if the stream was dropped, and then nothing is carried out either.
            let _ = sender.send(event);
        };
        let Self { work, stop, .. } = self;
        let work = Box::pin(async move { work.carried_out(&emit, stop).await });
        Applying { state: Progress::Running(work), events: receiver }
    }
}

impl<'a> IntoFuture for ApplyRequest<'a> {
    type Output = Result<Report, ApplyError>;
    type IntoFuture = BoxFuture<'a, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let Self { work, on_event, stop } = self;
            let emit = |event: Event| {
                if let Some(on_event) = &on_event {
                    on_event(event);
                }
            };
            work.carried_out(&emit, stop).await
        })
    }
}

impl Work<'_> {
    async fn carried_out(self, emit: Emit<'_>, stop: Option<BoxFuture<'_, ()>>) -> Result<Report, ApplyError> {
        let Self { session, plan, retry, runs, asks_first, journal, lease_notes, undoes } = self;
        let stopped = &AtomicBool::new(false);
        let journal = &Journaling::new(journal, undoes);
        let lease_notes = lease_notes.as_deref();
        let context = ApplyContext { session, plan, retry, runs, asks_first, emit, journal, lease_notes, stopped };
        let work = async {
            if let Some(error) = outdated(context).await {
                return Err(error);
            }
            let mut result = carry_out_all(context).await;
            if let Err(error) = &mut result
                && undoes
                && !context.is_stopped()
            {
                error.undo = undo(context, error).await;
            }
            result
        };
        let all = async {
            if let Some(error) = refused(context).await {
                return Err(error);
            }
            if let Some(error) = stale(context).await {
                return Err(error);
            }
            if let Some(error) = would_cancel(context).await {
                return Err(error);
            }
            match take(context).await {
                Ok(None) => work.await,
                Ok(Some(mut lease)) => {
                    let (mut result, lost) = lease.hold(work).await;
                    let left = lease.give_back().await;
                    match &mut result {
                        Ok(report) => report.leases_left = left,
                        Err(error) => {
                            error.leases_left = left;
                            if lost.is_some() && !error.not_tried.is_empty() {
                                let next = error.not_tried.remove(0);
                                error.failed.extend(lost.map(|lost| (next, lost)));
                            }
                        }
                    }
                    result
                }
                Err(NotTaken { error, left }) => Err(ApplyError { leases_left: left, ..not_begun(plan, error) }),
            }
        };
        stoppable(all, stop, stopped).await
    }
}

/// Carries out a plan until it is done, or stopped.
async fn stoppable(
    work: impl Future<Output = Result<Report, ApplyError>>,
    stop: Option<BoxFuture<'_, ()>>,
    stopped: &AtomicBool,
) -> Result<Report, ApplyError> {
    let work = pin!(work);
    let Some(stop) = stop else { return work.await };
    match select(work, stop).await {
        Either::Left((result, _)) => result,
        Either::Right(((), work)) => {
            stopped.store(true, Ordering::Relaxed);
            work.await
        }
    }
}

/// A plan that is being carried out: a stream of what happens. The work is done while the stream is polled; dropping it stops
/// after the calls that are in flight.
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
    /// The result. Carries out what is left if the stream was not read to its end.
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
