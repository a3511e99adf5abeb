//! Takes the lease of a plan, holds it and gives it back.
//!
//! An apply writes tags of its own, and begins only once it has read the tags without those of others. As each writes before it reads, of two at the
//! same time at least one sees the other: the one with the lower id waits for the other to give way, and the other gives way.
//! That holds if AWS shows a tag to every reader once it was written.

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
use crate::aws::at_once;
use crate::aws::read::{self, ReadError};
use crate::core::plan::{Lease, PipelinePrecondition, RolePrecondition, Write};
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
    subjects: &'a [Subject],
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

/// What failed at something that carries the lease.
type At<'a> = (&'a Subject, StepError);

/// Takes the lease of the plan, if it has one.
pub(super) async fn take(context: ApplyContext<'_>) -> Result<Option<HeldLease<'_>>, NotTaken> {
    // Also where there is nothing to do: an apply may have been killed after its last step.
    take_over(context).await;
    let subjects = context.plan.leases();
    let Some(first) = subjects.first().filter(|_| !context.plan.is_empty()) else { return Ok(None) };
    // Each state of the hasher is different.
    let id = format!("{:016x}", RandomState::new().hash_one(std::process::id()));
    let by = context.session.caller(first.account()).unwrap_or("unknown").to_owned();
    let note = context.lease_notes.and_then(|folder| {
        let noted = Noted { topology: context.plan.topology().clone(), lease: id.clone(), subjects: subjects.to_vec() };
        // It only saves waiting, so it is done without where files can't be locked.
        LeaseNote::write(folder, noted).inspect_err(|error| debug!(%error, "the lease is not noted")).ok()
    });
    let mut held = HeldLease { context, subjects, lease: Lease { id, until: 0, by }, note, written: Instant::now() };
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
        let removed = note.noted.subjects.iter().map(async |subject| {
            let write = tagging(subject, [lease.tag(topology)].into_iter().collect(), true);
            match carry_out(context.session, &write).await {
                Err(StepError::Aws(error)) if error.is_not_found() => Ok(()),
                removed => removed.map(drop),
            }
        });
        let removed: Result<Vec<()>, StepError> = at_once::all(removed).await.into_iter().collect();
        let removed = removed.map_err(|error| error.to_string());
        let done = removed.and_then(|_| note.remove().map_err(|error| error.to_string()));
        debug!(?done, "a lease was taken over");
    }
}

impl<'a> HeldLease<'a> {
    /// Writes the tags, and waits until no other apply is at work.
    async fn begin(&mut self) -> Result<(), StepError> {
        let not_taken =
            |(subject, error): At<'_>| StepError::NotLeased { subject: subject.clone(), error: Box::new(error) };
        self.renew(self.subjects.iter().collect()).await.map_err(not_taken)?;
        let mut looks = 0;
        loop {
            tokio::time::sleep(PAUSE).await;
            let found = self.leases().await.map_err(not_taken)?;
            let not_shown = found.iter().find(|(_, leases)| !leases.iter().flatten().any(|lease| self.is_own(lease)));
            let all =
                found.iter().flat_map(|(subject, leases)| leases.iter().flatten().map(move |lease| (subject, lease)));
            let others = all.filter(|(_, lease)| !self.is_own(lease));
            looks += 1;
            match (others.min_by(|(_, one), (_, other)| one.id.cmp(&other.id)), not_shown) {
                (None, None) => return Ok(()),
                (Some((subject, other)), _) if other.id < self.lease.id || looks >= LOOKS => {
                    return Err(StepError::Held {
                        subject: (*subject).clone(),
                        tag: other.tag(self.context.plan.topology()).0,
                        by: other.by.clone(),
                    });
                }
                (None, Some((subject, _))) if looks >= LOOKS => return Err(lost(subject, None)),
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
                Ok(found) => {
                    // Where there is nothing any more, the plan deleted it.
                    let there = found.into_iter().filter_map(|(subject, leases)| Some((subject, leases?)));
                    let (own, gone): (Vec<_>, Vec<_>) =
                        there.partition(|(_, leases)| leases.iter().any(|lease| self.is_own(lease)));
                    if let Some((subject, _)) = gone.first() {
                        return Some(self.end(subject, None));
                    }
                    self.renew(own.into_iter().map(|(subject, _)| subject).collect()).await
                }
                Err(error) => Err(error),
            };
            pause = match renewed {
                Ok(()) => RENEWED,
                Err((subject, error)) if self.written.elapsed() >= LAST => return Some(self.end(subject, Some(error))),
                Err((subject, error)) => {
                    debug!(%subject, %error, "the lease is not renewed yet");
                    AGAIN
                }
            };
        }
        None
    }

    /// Has no further step begun.
    fn end(&self, subject: &Subject, why: Option<StepError>) -> StepError {
        debug!(%subject, "the lease is lost");
        self.context.stopped.store(true, Ordering::Relaxed);
        lost(subject, why)
    }

    fn is_own(&self, lease: &Lease) -> bool {
        lease.id == self.lease.id
    }

    /// Takes the tags away. What stays is out of force after its term.
    pub(super) async fn give_back(mut self) -> Vec<LeftLease> {
        let left: Vec<LeftLease> =
            at_once::all(self.subjects.iter().map(|subject| self.left(subject))).await.into_iter().flatten().collect();
        if let Some(note) = self.note.take_if(|_| left.is_empty())
            && let Err(error) = note.remove()
        {
            debug!(%error, "the note of the lease stays");
        }
        left
    }

    /// What stays after a tag was taken away.
    async fn left(&self, subject: &Subject) -> Option<LeftLease> {
        // Then it was never written.
        if !self.context.session.reaches(subject.account()) {
            return None;
        }
        let (key, value) = self.lease.tag(self.context.plan.topology());
        let write = tagging(subject, [(key.clone(), value)].into_iter().collect(), true);
        let error = carry_out(self.context.session, &write).await.err()?;
        match self.leases_of(subject).await {
            Ok(leases) if !leases.iter().flatten().any(|lease| self.is_own(lease)) => None,
            _ => Some(LeftLease {
                subject: subject.clone(),
                tag: key,
                why: error.to_string(),
                is_noted: self.note.is_some(),
            }),
        }
    }

    async fn renew(&mut self, subjects: Vec<&'a Subject>) -> Result<(), At<'a>> {
        self.lease.until = now() + TERM.as_secs();
        let tag = self.lease.tag(self.context.plan.topology());
        let renewed = subjects.into_iter().map(async |subject| {
            let write = tagging(subject, [tag.clone()].into_iter().collect(), false);
            carry_out(self.context.session, &write).await.map_err(|error| (subject, error))
        });
        // All are awaited: a call that is dropped may still take effect.
        at_once::all(renewed).await.into_iter().collect::<Result<Vec<_>, _>>()?;
        self.written = Instant::now();
        Ok(())
    }

    /// The leases that are in force, by what carries them.
    async fn leases(&self) -> Result<Vec<(&'a Subject, Option<Vec<Lease>>)>, At<'a>> {
        let all = self.subjects.iter().map(async |subject| match self.leases_of(subject).await {
            Ok(leases) => Ok((subject, leases)),
            Err(error) => Err((subject, error)),
        });
        at_once::all(all).await.into_iter().collect()
    }

    /// The leases that are in force; `None` if what carries them is gone. Those that are not in force are taken away.
    async fn leases_of(&self, subject: &Subject) -> Result<Option<Vec<Lease>>, StepError> {
        let session = self.context.session;
        let topology = self.context.plan.topology();
        let tags = match subject {
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
            let removed = carry_out(session, &tagging(subject, tags, true)).await;
            debug!(ok = removed.is_ok(), "leases that are over were taken away");
        }
        Ok(Some(in_force))
    }
}

fn lost(subject: &Subject, why: Option<StepError>) -> StepError {
    StepError::LeaseLost { subject: subject.clone(), why: why.map(Box::new) }
}

/// The call that writes or removes tags.
fn tagging(subject: &Subject, tags: IndexMap<String, String>, removes: bool) -> Write {
    match subject.clone() {
        Subject::Role(role) => {
            let seen = RolePrecondition { owner: None, unique_id: String::new(), applied: None, tags: IndexMap::new() };
            if removes { Write::UntagRole { role, seen, tags } } else { Write::TagRole { role, seen, tags } }
        }
        Subject::Pipeline(pipeline) => {
            let seen = PipelinePrecondition {
                owner: None,
                version: 0,
                created: String::new(),
                applied: None,
                tags: IndexMap::new(),
            };
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
