//! Answers a request: the one function behind the clients of the SDK and the server.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::watch;

use super::authorization::caller_of;
use super::engine::{step, tick};
use super::faults::{ConcurrentRequest, FaultEffect, Faults};
use super::recorder::{CallOutcome, RecordedCall, Recorder};
use super::refusal::Refusal;
use super::services;
use super::store::Store;
use super::wire::{CommonError, Incoming, Output, Protocol, Request, Response, reads};
use crate::core::ids::AccountId;
use crate::core::policy::denial;

/// All of local AWS.
#[derive(Debug, Default)]
pub(super) struct Aws {
    store: Mutex<Store>,
    /// Counts how often the state may have changed.
    pub(super) changes: watch::Sender<u64>,
    pub(super) faults: Faults,
    pub(super) recorder: Recorder,
    /// Signatures are verified.
    pub(super) checks_signatures: AtomicBool,
    /// Held while the state is saved: none that is older replaces a newer one.
    pub(super) saving: Mutex<()>,
}

/// How long requests wait at most while time passes.
#[cfg(feature = "serve")]
const SLICE: Duration = Duration::from_millis(10);

/// What a client sees.
pub(super) enum Reply {
    Answered(Response),
    Cut,
    TimedOut,
}

impl Aws {
    /// The state, to be changed.
    pub(super) fn store(&self) -> MutexGuard<'_, Store> {
        let store = self.look();
        // Those that are notified now wait until this guard is dropped.
        self.changes.send_modify(|count| *count = count.wrapping_add(1));
        store
    }

    /// The state, only to be looked at.
    pub(super) fn look(&self) -> MutexGuard<'_, Store> {
        // Every request leaves the state consistent, so a panic elsewhere does no harm.
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Answers a request; a second passes.
    pub(super) async fn answer(&self, incoming: &Incoming<'_>) -> Reply {
        let start = self.recorder.now();
        let protocol = incoming.protocol();
        let read = incoming.read();
        let account = read.as_ref().ok().and_then(|request| self.account(&request.access_key));
        let (service, operation) = match &read {
            Ok(request) => (request.service.clone(), request.operation.clone()),
            Err(_) => Default::default(),
        };
        let has_wrong_token = |key: &str| self.look().session(key).is_some() && !incoming.has_session_token();
        let outcome = match (&read, &account) {
            (Ok(request), Some(_)) if has_wrong_token(&request.access_key) => {
                Reply::Answered(self.refuse(protocol, CommonError::UnknownKey.usual(protocol)))
            }
            (Ok(_), Some(_)) if self.checks_signatures.load(Ordering::Relaxed) && !incoming.is_signed() => {
                Reply::Answered(self.refuse(protocol, CommonError::BadSignature.usual(protocol)))
            }
            (Ok(request), Some(account)) => self.with_faults(protocol, request, account).await,
            (Ok(request), None) => Reply::Answered(self.carry_out(protocol, request, None)),
            (Err(refusal), _) => Reply::Answered(self.refuse(protocol, refusal.clone())),
        };
        let end = self.recorder.now();
        let seen = match &outcome {
            Reply::Answered(response) => ended(response),
            Reply::Cut => CallOutcome::Cut,
            Reply::TimedOut => CallOutcome::TimedOut,
        };
        let account = account.map(|account| account.to_string());
        self.recorder.record(RecordedCall { start, end, account, service, operation, outcome: seen });
        outcome
    }

    /// Lets time pass; executions continue, and see what IAM shows at each moment.
    pub(super) fn let_pass(&self, time: Duration) {
        let millis = i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
        let mut store = self.store();
        let end = store.clock.saturating_add(millis);
        self.pass(&mut store, end, None);
    }

    /// Lets time pass until the clock is at a time, if it is behind it; requests are answered in between.
    #[cfg(feature = "serve")]
    pub(super) async fn pass_in_slices(&self, end: i64) {
        loop {
            let done = {
                let mut store = self.look();
                if self.pass(&mut store, end, Some(Instant::now() + SLICE)) {
                    self.changes.send_modify(|count| *count = count.wrapping_add(1));
                }
                store.clock >= end
            };
            if done {
                return;
            }
            tokio::task::yield_now().await;
        }
    }

    /// Lets time pass until the clock is at a time, if it is behind it. No one is notified if nothing but the clock moves.
    pub(super) fn catch_up(&self, end: i64) {
        let mut store = self.look();
        if self.pass(&mut store, end, None) {
            self.changes.send_modify(|count| *count = count.wrapping_add(1));
        }
    }

    /// Lets time pass until the clock is at a time, for no longer in reality than to a moment; true where an execution moved.
    fn pass(&self, store: &mut Store, end: i64, until: Option<Instant>) -> bool {
        let mut lag = self.faults.lag();
        let (mut moved, mut any) = (true, false);
        while store.clock < end {
            moved = lag.behind(store, None, |store| step(store, end, moved));
            any |= moved;
            if until.is_some_and(|until| Instant::now() >= until) {
                break;
            }
        }
        any
    }

    /// The account of an access key.
    fn account(&self, key: &str) -> Option<AccountId> {
        self.look().caller(key)?.account().cloned()
    }

    async fn with_faults(&self, protocol: Protocol, request: &Request, account: &AccountId) -> Reply {
        let effects = self.faults.hit(&request.service, &request.operation, account.as_str());
        for effect in &effects {
            match effect {
                FaultEffect::Slow { milliseconds } => tokio::time::sleep(Duration::from_millis(*milliseconds)).await,
                FaultEffect::Edit(edit) => edit(),
                FaultEffect::Request(request) => self.concurrently(request),
                _ => {}
            }
        }
        let refuse = |error: CommonError| Reply::Answered(self.refuse(protocol, error.usual(protocol)));
        match effects.iter().find(|effect| !is_beside(effect)) {
            Some(FaultEffect::Throttle) => refuse(CommonError::Throttled),
            Some(FaultEffect::InternalError) => refuse(CommonError::Internal),
            Some(FaultEffect::Unavailable) => refuse(CommonError::Unavailable),
            Some(FaultEffect::ExpiredToken) => refuse(CommonError::Expired),
            Some(FaultEffect::AccessDenied) => {
                let who = self.look().caller(&request.access_key).map(|caller| caller.arn()).unwrap_or_default();
                let action = format!("{}:{}", request.service, request.operation);
                let message = denial::request(&who, &action);
                Reply::Answered(self.refuse(protocol, CommonError::AccessDenied.refusal(protocol, message)))
            }
            Some(FaultEffect::Timeout) => Reply::TimedOut,
            Some(FaultEffect::CutBefore) => Reply::Cut,
            Some(FaultEffect::CutAfter) => {
                self.carry_out(protocol, request, Some(account));
                Reply::Cut
            }
            Some(FaultEffect::Slow { .. } | FaultEffect::Edit(_) | FaultEffect::Request(_)) | None => {
                Reply::Answered(self.carry_out(protocol, request, Some(account)))
            }
        }
    }

    /// Makes a concurrent request.
    fn concurrently(&self, concurrent: &ConcurrentRequest) {
        let start = self.recorder.now();
        let ConcurrentRequest { account, region, service, operation, .. } = concurrent;
        let access_key = self.store().administrator_key(account);
        let request = Request::told(service, region, access_key, operation, &concurrent.input);
        let of = self.account(&request.access_key);
        let outcome = ended(&self.carry_out(request.protocol(), &request, of.as_ref()));
        let (account, end) = (Some(account.clone()), self.recorder.now());
        let (service, operation) = (service.clone(), operation.clone());
        self.recorder.record(RecordedCall { start, end, account, service, operation, outcome });
    }

    fn refuse(&self, protocol: Protocol, refusal: Refusal) -> Response {
        let mut store = self.store();
        self.faults.lag().behind(&mut store, None, tick);
        let request_id = store.uuid();
        Response::new(protocol, Err(refusal), &request_id)
    }

    fn carry_out(&self, protocol: Protocol, request: &Request, account: Option<&AccountId>) -> Response {
        let mut store = self.store();
        let mut lag = self.faults.lag();
        let reader = account.map(|account| (account, request.service.as_str()));
        if request.service != "iam" {
            lag.count(reader);
        }
        lag.behind(&mut store, None, tick);
        let request_id = store.uuid();
        let result = match request.service.as_str() {
            // IAM sees its own changes at once.
            "iam" => {
                if !reads(&request.operation) {
                    lag.remember(&store, account);
                }
                perform(&mut store, protocol, request)
            }
            _ => lag.behind(&mut store, reader, |store| perform(store, protocol, request)),
        };
        Response::new(protocol, result, &request_id)
    }
}

/// How a call ended that was answered.
fn ended(response: &Response) -> CallOutcome {
    response.error.clone().map_or(CallOutcome::Succeeded, CallOutcome::Failed)
}

/// Whether a call that has this effect is carried out all the same.
fn is_beside(effect: &FaultEffect) -> bool {
    matches!(effect, FaultEffect::Slow { .. } | FaultEffect::Edit(_) | FaultEffect::Request(_))
}

fn perform(store: &mut Store, protocol: Protocol, request: &Request) -> Result<Output, Refusal> {
    let caller = caller_of(store, protocol, &request.access_key)?;
    services::answer(store, caller, request)
}
