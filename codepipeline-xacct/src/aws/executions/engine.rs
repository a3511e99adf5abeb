//! Follows a run: looks at each execution again and again, and finds what its invoke actions started. All of them at once.

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use aws_sdk_codepipeline::types::PipelineExecutionSummary;
use futures_util::stream::{FuturesUnordered, StreamExt};
use tokio::time::{Instant, sleep};

use super::blocked::blocked;
use super::correlate::{Started, Verdict, is_triggered, judge, may_be, since};
use super::event::{RunChange, RunEvent};
use super::facts::{InvokeFacts, resolved_variables};
use super::live::Live;
use super::reader::{Reader, Unread};
use super::tree::{Candidate, Correlation, FollowedExecution, InvokedState, is_running};
use crate::core::ids::{ExecutionId, PipelineArn};

/// How many pauses longer the pause between two looks gets, where nothing changes.
const PATIENCE: u32 = 4;
/// At which of the looks without a change the state of the pipeline is read: the first, so that it is not read between two actions, and each
/// so many later.
const ASKED: u32 = 3;
/// For how many looks an execution may not be listed yet.
const UNLISTED: u32 = 12;
/// How many looks show an execution that was started a moment ago as not found.
const NEW: u32 = 3;

/// Receives what happens, and the run after it.
pub(super) type OnEvent<'a> = &'a (dyn Fn(&RunEvent, &FollowedExecution) + Send + Sync);

/// Follows one run.
pub(super) struct Engine<'a> {
    reader: Reader<'a>,
    live: Mutex<Live>,
    /// The variables of executions of targets, which don't change.
    variables: Mutex<HashMap<ExecutionId, Vec<(String, String)>>>,
    pause: Duration,
    on_event: OnEvent<'a>,
}

/// What is done next.
#[derive(Debug)]
enum Job {
    /// Look at an execution.
    Look { node: usize, looks: u32, unchanged: u32 },
    /// Find what an action of it started.
    Find { node: usize, action: String, search: Search },
}

/// What was seen so far while looking for an execution.
#[derive(Debug, Default)]
struct Search {
    /// Ids that CodePipeline shows, and that are not executions of the target.
    strange: Vec<ExecutionId>,
    /// CodePipeline shows an id that may become one of the target.
    pending: bool,
    /// For how many looks the action has ended.
    ended: u32,
    /// The executions that fitted at the last look.
    last: Option<Vec<ExecutionId>>,
}

type Jobs = Vec<(Job, Duration)>;

impl<'a> Engine<'a> {
    pub(super) fn new(
        reader: Reader<'a>,
        pipeline: PipelineArn,
        id: ExecutionId,
        pause: Duration,
        on_event: OnEvent<'a>,
    ) -> Self {
        Self { reader, live: Mutex::new(Live::new(pipeline, id)), variables: Mutex::default(), pause, on_event }
    }

    /// Follows until everything has ended, or until a time.
    pub(super) async fn follow(&self, deadline: Instant) {
        let first = Job::Look { node: 0, looks: 0, unchanged: 0 };
        let mut running = FuturesUnordered::new();
        running.push(self.after(first, Duration::ZERO));
        let all = async {
            while let Some(next) = running.next().await {
                running.extend(next.into_iter().map(|(job, pause)| self.after(job, pause)));
            }
        };
        // What is known at the deadline is the result.
        let _ = tokio::time::timeout_at(deadline, all).await;
    }

    /// The run as it is known now.
    pub(super) fn run(&self) -> Option<FollowedExecution> {
        self.live().tree()
    }

    fn after(&self, job: Job, pause: Duration) -> Pin<Box<dyn Future<Output = Jobs> + Send + '_>> {
        Box::pin(async move {
            sleep(pause).await;
            match job {
                Job::Look { node, looks, unchanged } => self.look(node, looks, unchanged).await,
                Job::Find { node, action, search } => self.find(node, action, search).await,
            }
        })
    }

    fn live(&self) -> MutexGuard<'_, Live> {
        // Every change leaves it consistent, even if another thread panicked.
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self, events: Vec<RunEvent>) {
        if events.is_empty() {
            return;
        }
        let Some(run) = self.run() else { return };
        for event in &events {
            (self.on_event)(event, &run);
        }
    }

    /// Looks at an execution and its actions.
    async fn look(&self, node: usize, looks: u32, unchanged: u32) -> Jobs {
        let Some((pipeline, id)) = self.live().subject(node) else { return Vec::new() };
        let again = |pauses: u32, unchanged| {
            vec![(Job::Look { node, looks: looks.saturating_add(1), unchanged }, self.pause * pauses)]
        };
        let read = match self.reader.execution(&pipeline, &id).await {
            Ok(read) => read,
            Err(Unread::Failed(failure)) if failure.is_not_found && looks < NEW => return again(1, 0),
            Err(unread) => return self.unread(node, unread, Vec::new(), again(1, 0)),
        };
        let details = self.reader.actions(&pipeline, &id).await;
        // Both at once: whether all has succeeded is not known before its actions are.
        let mut events = self.live().status(node, &read);
        let ended = !read.status().is_none_or(is_running);
        let details = match details {
            Ok(details) => details,
            Err(unread) => return self.unread(node, unread, events, again(1, 0)),
        };
        let (of_actions, new) = self.live().actions(node, &details);
        events.extend(of_actions);
        let unchanged = if events.is_empty() { unchanged.saturating_add(1) } else { 0 };
        // An execution ends after its actions.
        let first = usize::from(ended && is_of_execution(events.first()));
        events.rotate_left(first);
        self.tell(events);
        if !ended && unchanged % ASKED == 1 && self.live().is_idle(node) {
            self.look_ahead(node, &pipeline, &id).await;
        }
        let find = |action| (Job::Find { node, action, search: Search::default() }, Duration::ZERO);
        let mut next: Jobs = new.into_iter().map(find).collect();
        if ended {
            self.live().close(node);
        } else {
            // From one pause to four.
            next.extend(again((1 + unchanged / 3).min(PATIENCE), unchanged));
        }
        next
    }

    /// Looks for what an execution waits for. It is followed all the same where that can't be read.
    async fn look_ahead(&self, node: usize, pipeline: &PipelineArn, id: &ExecutionId) {
        if let Ok(state) = self.reader.state(pipeline).await {
            let events = self.live().waits(node, blocked(&state, id.as_str()));
            self.tell(events);
        }
    }

    /// Takes in that an execution could not be read. It is looked at `again` where that may pass.
    fn unread(&self, node: usize, unread: Unread, mut events: Vec<RunEvent>, again: Jobs) -> Jobs {
        let may_pass = matches!(&unread, Unread::Failed(failure) if failure.may_pass());
        if let Unread::Failed(failure) = unread {
            events.extend(self.live().failed(node, failure));
        }
        self.tell(events);
        if may_pass {
            return again;
        }
        self.live().close(node);
        Vec::new()
    }

    /// Looks for what an action started.
    async fn find(&self, node: usize, action: String, mut search: Search) -> Jobs {
        let Some(facts) = self.live().facts(node, &action) else { return Vec::new() };
        if !self.reader.reaches(facts.target.account()) {
            // Whether it started anything is seen when it has ended.
            if !facts.ended && !self.live().is_closed(node) {
                return vec![(Job::Find { node, action, search }, self.pause)];
            }
            let state = if facts.denied { InvokedState::NothingStarted } else { InvokedState::NotFollowed };
            return self.lost(node, &action, state);
        }
        match self.shown(node, &action, &facts, &mut search).await {
            Ok(Some(next)) => return next,
            Ok(None) => {}
            Err(unread) => return self.not_readable(node, action, search, unread),
        }
        if facts.ended {
            search.ended += 1;
        } else if self.live().is_closed(node) {
            // The caller can't be read any more, and what is started later is not seen.
            return Vec::new();
        }
        let verdict = if facts.ended && !search.pending || facts.names_itself() {
            match self.verdict(&facts).await {
                Ok(verdict) => verdict,
                Err(unread) => return self.not_readable(node, action, search, unread),
            }
        } else {
            Verdict::None
        };
        // The list of executions may lag: what is not proven has to be seen twice.
        let fitting = (facts.ended && !search.pending).then(|| verdict.ids());
        let confirmed = fitting.is_some() && search.last == fitting;
        match verdict {
            Verdict::Proven(id) => return self.found(node, &action, id, Correlation::CallerVariable),
            // Whatever was started at that time, it was not by this action.
            _ if confirmed && facts.denied => return self.lost(node, &action, InvokedState::NothingStarted),
            Verdict::Single(one) if confirmed && facts.succeeded => {
                return self.found(node, &action, one.id, Correlation::Inferred);
            }
            // It failed, and an execution was started otherwise at that time.
            Verdict::Single(one) if confirmed => {
                return self.lost(node, &action, InvokedState::Ambiguous(vec![one]));
            }
            Verdict::Several(candidates) if confirmed => {
                return self.lost(node, &action, InvokedState::Ambiguous(candidates));
            }
            Verdict::None if confirmed && !facts.succeeded => {
                return self.lost(node, &action, InvokedState::NothingStarted);
            }
            Verdict::None if search.ended > UNLISTED => return self.lost(node, &action, InvokedState::NotFound),
            _ => {}
        }
        search.last = fitting;
        vec![(Job::Find { node, action, search }, self.pause)]
    }

    /// Asks the target for the ids that CodePipeline shows at the action.
    async fn shown(
        &self,
        node: usize,
        action: &str,
        facts: &InvokeFacts,
        search: &mut Search,
    ) -> Result<Option<Jobs>, Unread> {
        search.pending = false;
        for id in &facts.shown {
            if search.strange.contains(id) || self.live().is_claimed(id) {
                continue;
            }
            match self.reader.execution(&facts.target, id).await {
                Ok(execution) if is_triggered(facts, &execution) => {
                    return Ok(Some(self.found(node, action, id.clone(), Correlation::ShownId)));
                }
                Ok(_) => search.strange.push(id.clone()),
                Err(Unread::Failed(failure)) if failure.is_not_found => {
                    // One that was started a moment ago may not be found yet.
                    match search.ended >= NEW {
                        true => search.strange.push(id.clone()),
                        false => search.pending = true,
                    }
                }
                Err(unread) => return Err(unread),
            }
        }
        Ok(None)
    }

    /// Judges the executions of the target.
    async fn verdict(&self, facts: &InvokeFacts) -> Result<Verdict, Unread> {
        let mut started = Vec::new();
        for (id, summary) in self.summaries(facts).await? {
            let variables = match facts.variables.is_empty() {
                true => Vec::new(),
                false => self.variables_of(&facts.target, &id).await?,
            };
            started.push(Started { id, summary, variables });
        }
        Ok(judge(facts, &started))
    }

    /// The executions that the action may have started, and that no other action has.
    async fn summaries(&self, facts: &InvokeFacts) -> Result<Vec<(ExecutionId, PipelineExecutionSummary)>, Unread> {
        let listed = self.reader.executions_since(&facts.target, since(facts).as_ref()).await?;
        let live = self.live();
        let fitting = listed.into_iter().filter(|summary| may_be(facts, summary));
        let known = fitting.filter_map(|summary| Some((summary.pipeline_execution_id()?.parse().ok()?, summary)));
        Ok(known.filter(|(id, _)| !live.is_claimed(id)).collect())
    }

    async fn variables_of(&self, target: &PipelineArn, id: &ExecutionId) -> Result<Vec<(String, String)>, Unread> {
        let known = || self.variables.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(variables) = known().get(id) {
            return Ok(variables.clone());
        }
        let variables = resolved_variables(&self.reader.execution(target, id).await?);
        if !variables.is_empty() {
            known().insert(id.clone(), variables.clone());
        }
        Ok(variables)
    }

    fn found(&self, node: usize, action: &str, id: ExecutionId, how: Correlation) -> Jobs {
        if self.live().is_claimed(&id) {
            // Another action of the run was faster, and one of the two is wrong.
            return self.lost(node, action, InvokedState::Ambiguous(vec![Candidate { id, status: None, began: None }]));
        }
        let (events, position) = self.live().found(node, action, id, how);
        self.tell(events);
        let look = |node| (Job::Look { node, looks: 0, unchanged: 0 }, Duration::ZERO);
        position.map(look).into_iter().collect()
    }

    fn lost(&self, node: usize, action: &str, state: InvokedState) -> Jobs {
        let events = self.live().lost(node, action, state);
        self.tell(events);
        Vec::new()
    }

    fn not_readable(&self, node: usize, action: String, search: Search, unread: Unread) -> Jobs {
        match unread {
            Unread::NotConnected => self.lost(node, &action, InvokedState::NotFollowed),
            Unread::Failed(failure) => {
                let again = failure.may_pass();
                self.lost(node, &action, InvokedState::NotReadable(failure));
                if again { vec![(Job::Find { node, action, search }, self.pause)] } else { Vec::new() }
            }
        }
    }
}

fn is_of_execution(event: Option<&RunEvent>) -> bool {
    matches!(event.map(|event| &event.change), Some(RunChange::Execution { .. }))
}
