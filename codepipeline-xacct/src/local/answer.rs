//! Answers a request: the one function behind the clients of the SDK and the server.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::engine::tick;
use super::refusal::Refusal;
use super::services;
use super::store::Store;
use super::wire::{CommonError, Incoming, Output, Protocol, Request, Response};

/// All of local AWS.
#[derive(Debug, Default)]
pub(super) struct Aws {
    store: Mutex<Store>,
}

/// What a client sees.
pub(super) enum Outcome {
    Answered(Response),
}

impl Aws {
    pub(super) fn store(&self) -> MutexGuard<'_, Store> {
        // Every request leaves the state consistent, so a panic elsewhere does no harm.
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Answers a request; a second passes.
    pub(super) async fn answer(&self, incoming: &Incoming<'_>) -> Outcome {
        let protocol = incoming.protocol();
        let mut store = self.store();
        tick(&mut store);
        let request_id = store.uuid();
        let result = incoming.read().and_then(|request| perform(&mut store, protocol, &request));
        Outcome::Answered(Response::new(protocol, result, &request_id))
    }
}

fn perform(store: &mut Store, protocol: Protocol, request: &Request) -> Result<Output, Refusal> {
    let unknown = || CommonError::UnknownKey.usual(protocol);
    let caller = store.caller(&request.access_key).cloned().ok_or_else(unknown)?;
    services::answer(store, caller, request)
}
