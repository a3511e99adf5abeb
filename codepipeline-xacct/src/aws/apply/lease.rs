//! Takes the lease of a plan, holds it and gives it back.
//!
//! An apply writes a tag of its own, and begins only once it has read the tags without those of others. As each writes before it reads, of two at the
//! same time at least one sees the other: the one with the lower id waits for the other to give way, and the other gives way.
//! That holds as far as AWS shows a tag to whoever reads after it was written.

use std::collections::hash_map::RandomState;
use std::future::Future;
use std::hash::BuildHasher;
use std::sync::atomic::Ordering;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use futures_util::future::join;
use indexmap::IndexMap;
use tokio::sync::Notify;
use tokio::time::Instant;
use tracing::debug;

use super::context::ApplyContext;
use super::lease_note::{LeaseNote, Noted};
use super::report::{LeftLease, StepError};
use super::write::carry_out;
use crate::aws::read::{self, ReadError};
use crate::core::plan::{Lease, SeenPipeline, SeenRole, Write};
use crate::core::topology::Subject;

/// How long a lease holds unless it is renewed. Clocks may differ by less.
const TERM: Duration = Duration::from_secs(15 * 60);
/// How often it is renewed.
const RENEWED: Duration = Duration::from_secs(4 * 60);
/// How long until that is tried again where it failed.
const AGAIN: Duration = Duration::from_secs(30);
/// When that is tried for the last time.
const LAST: Duration = Duration::from_secs(14 * 60);
/// How long AWS is given to show a tag, and another apply to give way.
const PAUSE: Duration = Duration::from_secs(1);
/// How often it is looked.
const LOOKS: usize = 5;

/// A lease that is held.
pub(super) struct HeldLease<'a> {
    context: ApplyContext<'a>,
    subject: &'a Subject,
    lease: Lease,
    note: Option<LeaseNote>,
    /// When it was written for the last time.
    written: Instant,
}

/// Why an apply has no lease, and what stays of it.
pub(super) struct NotTaken {
    pub(super) error: StepError,
    pub(super) left: Vec<LeftLease>,
}

/// Takes the lease of the plan, if it has one.
pub(super) async fn take(context: ApplyContext<'_>) -> Result<Option<HeldLease<'_>>, NotTaken> {
    let Some(subject) = context.plan.lease().filter(|_| !context.plan.is_empty()) else { return Ok(None) };
    // Each state of the hasher is another one.
    let id = format!("{:016x}", RandomState::new().hash_one(std::process::id()));
    let by = context.session.caller(subject.account()).unwrap_or("unknown").to_owned();
    take_over(context).await;
    let note = context.lease_notes.and_then(|folder| {
        let noted = Noted { topology: context.plan.topology().clone(), lease: id.clone(), subject: subject.clone() };
        // It only saves waiting, so it is done without where files can't be locked.
        LeaseNote::write(folder, noted).inspect_err(|error| debug!(%error, "the lease is not noted")).ok()
    });
    let mut held = HeldLease { context, subject, lease: Lease { id, until: 0, by }, note, written: Instant::now() };
    match held.begin().await {
        Ok(()) => Ok(Some(held)),
        Err(error) => Err(NotTaken { error, left: held.give_back().await }),
    }
}

/// Takes away the leases of applies that are noted in the folder and have ended.
async fn take_over(context: ApplyContext<'_>) {
    let topology = context.plan.topology();
    for note in context.lease_notes.iter().flat_map(|folder| LeaseNote::ended(folder, topology)) {
        let lease = Lease { id: note.noted.lease.clone(), until: 0, by: String::new() };
        let write = tagging(&note.noted.subject, [lease.tag(topology)].into_iter().collect(), true);
        let removed = match carry_out(context.session, &write).await {
            Err(StepError::Aws(error)) if error.is_not_found() => Ok(()),
            Err(error) => Err(error.to_string()),
            Ok(_) => Ok(()),
        };
        let done = removed.and_then(|()| note.remove().map_err(|error| error.to_string()));
        debug!(?done, "a lease was taken over");
    }
}

impl HeldLease<'_> {
    /// Writes the tag, and waits until no other apply is at work.
    async fn begin(&mut self) -> Result<(), StepError> {
        let not_taken = |error| StepError::NotLeased { subject: self.subject.clone(), error: Box::new(error) };
        self.renew().await.map_err(&not_taken)?;
        let mut looks = 0;
        loop {
            tokio::time::sleep(PAUSE).await;
            let leases = self.leases().await.map_err(&not_taken)?.unwrap_or_default();
            let (own, others): (Vec<Lease>, Vec<Lease>) = leases.into_iter().partition(|lease| self.is_own(lease));
            looks += 1;
            match others.into_iter().min_by(|one, other| one.id.cmp(&other.id)) {
                None if !own.is_empty() => return Ok(()),
                Some(other) if other.id < self.lease.id || looks >= LOOKS => {
                    return Err(StepError::Held {
                        subject: self.subject.clone(),
                        tag: other.tag(self.context.plan.topology()).0,
                        by: other.by,
                    });
                }
                None if looks >= LOOKS => return Err(self.lost(None)),
                // The other one gives way, or AWS does not show our own yet.
                _ => {}
            }
        }
    }

    /// Works while the lease is renewed. Once it is lost, no further step is begun, and why is answered as well.
    pub(super) async fn hold<T>(&mut self, work: impl Future<Output = T>) -> (T, Option<StepError>) {
        let ended = &Notify::new();
        let work = async {
            let result = work.await;
            ended.notify_one();
            result
        };
        join(work, self.keep(ended)).await
    }

    /// Renews the lease until the work has ended, or it is lost.
    async fn keep(&mut self, ended: &Notify) -> Option<StepError> {
        let mut pause = RENEWED;
        while tokio::time::timeout(pause, ended.notified()).await.is_err() {
            let renewed = match self.leases().await {
                // The plan deleted it.
                Ok(None) => Ok(()),
                Ok(Some(leases)) if !leases.iter().any(|lease| self.is_own(lease)) => return Some(self.end(None)),
                Ok(Some(_)) => self.renew().await,
                Err(error) => Err(error),
            };
            pause = match renewed {
                Ok(()) => RENEWED,
                Err(error) if self.written.elapsed() >= LAST => return Some(self.end(Some(error))),
                Err(error) => {
                    debug!(subject = %self.subject, %error, "the lease is not renewed yet");
                    AGAIN
                }
            };
        }
        None
    }

    /// Has no further step begun.
    fn end(&self, why: Option<StepError>) -> StepError {
        debug!(subject = %self.subject, "the lease is lost");
        self.context.stopped.store(true, Ordering::Relaxed);
        self.lost(why)
    }

    fn lost(&self, why: Option<StepError>) -> StepError {
        StepError::LeaseLost { subject: self.subject.clone(), why: why.map(Box::new) }
    }

    fn is_own(&self, lease: &Lease) -> bool {
        lease.id == self.lease.id
    }

    /// Takes the tag away. What stays is out of force after its term.
    pub(super) async fn give_back(mut self) -> Vec<LeftLease> {
        let left = self.left().await;
        if let Some(note) = self.note.take_if(|_| left.is_empty())
            && let Err(error) = note.remove()
        {
            debug!(%error, "the note of the lease stays");
        }
        left
    }

    /// What stays after the tag was taken away.
    async fn left(&self) -> Vec<LeftLease> {
        let (key, value) = self.lease.tag(self.context.plan.topology());
        let write = tagging(self.subject, [(key.clone(), value)].into_iter().collect(), true);
        let Err(error) = carry_out(self.context.session, &write).await else { return Vec::new() };
        match self.leases().await {
            Ok(leases) if !leases.iter().flatten().any(|lease| self.is_own(lease)) => Vec::new(),
            _ => {
                let (subject, why, is_noted) = (self.subject.clone(), error.to_string(), self.note.is_some());
                vec![LeftLease { subject, tag: key, why, is_noted }]
            }
        }
    }

    async fn renew(&mut self) -> Result<(), StepError> {
        self.lease.until = now() + TERM.as_secs();
        let tag = self.lease.tag(self.context.plan.topology());
        carry_out(self.context.session, &tagging(self.subject, [tag].into_iter().collect(), false)).await?;
        self.written = Instant::now();
        Ok(())
    }

    /// The leases that are in force; `None` if what carries them is gone. Those that are not in force are taken away.
    async fn leases(&self) -> Result<Option<Vec<Lease>>, StepError> {
        let session = self.context.session;
        let topology = self.context.plan.topology();
        let tags = match self.subject {
            Subject::Role(role) => read::current_role(session, role, None).await?.map(|role| role.tags),
            Subject::Pipeline(pipeline) => match read::tags(session, pipeline).await {
                Ok(tags) => Some(tags),
                Err(ReadError::Aws(error)) if error.is_not_found() => None,
                Err(error) => return Err(error.into()),
            },
        };
        let Some(tags) = tags else { return Ok(None) };
        let all = Lease::all(topology, &tags);
        let (in_force, over): (Vec<Lease>, Vec<Lease>) = all.into_iter().partition(|lease| lease.until > now());
        if !over.is_empty() {
            let tags = over.iter().map(|lease| lease.tag(topology)).collect();
            let removed = carry_out(session, &tagging(self.subject, tags, true)).await;
            debug!(ok = removed.is_ok(), "leases that are over were taken away");
        }
        Ok(Some(in_force))
    }
}

/// The call that writes or removes tags.
fn tagging(subject: &Subject, tags: IndexMap<String, String>, removes: bool) -> Write {
    match subject.clone() {
        Subject::Role(role) => {
            let seen = SeenRole { owner: None, unique_id: String::new(), applied: None };
            if removes { Write::UntagRole { role, seen, tags } } else { Write::TagRole { role, seen, tags } }
        }
        Subject::Pipeline(pipeline) => {
            let seen = SeenPipeline { owner: None, version: 0, created: String::new(), applied: None };
            if removes {
                Write::UntagPipeline { pipeline, seen, tags }
            } else {
                Write::TagPipeline { pipeline, seen, tags }
            }
        }
    }
}

/// In seconds since 1970.
fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}
