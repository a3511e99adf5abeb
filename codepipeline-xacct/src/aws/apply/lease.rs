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

use indexmap::IndexMap;
use tracing::debug;

use super::context::ApplyContext;
use super::report::StepError;
use super::write::carry_out;
use crate::aws::read::{self, ReadError};
use crate::core::plan::{Lease, SeenPipeline, SeenRole, Write};
use crate::core::topology::Subject;

/// How long a lease holds unless it is renewed. Clocks may differ by less.
const TERM: Duration = Duration::from_secs(15 * 60);
/// How often it is renewed.
const RENEWED: Duration = Duration::from_secs(4 * 60);
/// How long AWS is given to show a tag, and another apply to give way.
const PAUSE: Duration = Duration::from_secs(1);
/// How often it is looked.
const LOOKS: usize = 5;

/// A lease that is held.
pub(super) struct HeldLease<'a> {
    context: ApplyContext<'a>,
    subject: &'a Subject,
    lease: Lease,
    /// Somebody took the tag away while it was held.
    pub(super) is_lost: bool,
}

/// Takes the lease of the plan, if it has one.
pub(super) async fn take(context: ApplyContext<'_>) -> Result<Option<HeldLease<'_>>, StepError> {
    let Some(subject) = context.plan.lease().filter(|_| !context.plan.is_empty()) else { return Ok(None) };
    // Each state of the hasher is another one.
    let id = format!("{:016x}", RandomState::new().hash_one(std::process::id()));
    let by = context.session.caller(subject.account()).unwrap_or("unknown").to_owned();
    let mut held = HeldLease { context, subject, lease: Lease { id, until: 0, by }, is_lost: false };
    held.renew().await?;
    let mut looks = 0;
    loop {
        tokio::time::sleep(PAUSE).await;
        let leases = match held.leases().await {
            Ok(leases) => leases.unwrap_or_default(),
            Err(error) => {
                held.give_back().await;
                return Err(error);
            }
        };
        let (own, others): (Vec<Lease>, Vec<Lease>) = leases.into_iter().partition(|lease| lease.id == held.lease.id);
        looks += 1;
        match others.into_iter().min_by(|one, other| one.id.cmp(&other.id)) {
            None if !own.is_empty() => return Ok(Some(held)),
            Some(other) if other.id < held.lease.id || looks >= LOOKS => {
                held.give_back().await;
                return Err(StepError::Held {
                    subject: subject.clone(),
                    tag: other.tag(context.plan.topology()).0,
                    by: other.by,
                });
            }
            None if looks >= LOOKS => {
                held.give_back().await;
                return Err(held.lost());
            }
            // The other one gives way, or AWS does not show our own yet.
            _ => {}
        }
    }
}

impl HeldLease<'_> {
    /// Works while the lease is renewed. Once it is lost, no further step is begun.
    pub(super) async fn hold<T>(&mut self, work: impl Future<Output = T>) -> T {
        let mut work = std::pin::pin!(work);
        loop {
            let pause = std::pin::pin!(tokio::time::sleep(RENEWED));
            match futures_util::future::select(work, pause).await {
                futures_util::future::Either::Left((result, _)) => return result,
                futures_util::future::Either::Right(((), going_on)) => work = going_on,
            }
            let is_held = match self.leases().await {
                // The plan deleted it.
                Ok(None) => continue,
                Ok(Some(leases)) => leases.iter().any(|lease| lease.id == self.lease.id),
                Err(_) => false,
            };
            if !is_held || self.renew().await.is_err() {
                self.is_lost = true;
                debug!(subject = %self.subject, "the lease is lost");
                self.context.stopped.store(true, Ordering::Relaxed);
            }
        }
    }

    /// What it means that the tag is gone.
    pub(super) fn lost(&self) -> StepError {
        StepError::LeaseLost { subject: self.subject.clone() }
    }

    /// Takes the tag away. If that fails, it is out of force after its term.
    pub(super) async fn give_back(&self) {
        let (key, value) = self.lease.tag(self.context.plan.topology());
        let write = self.write([(key, value)].into_iter().collect(), true);
        if let Err(error) = carry_out(self.context.session, &write).await {
            debug!(%error, "the lease was not given back");
        }
    }

    async fn renew(&mut self) -> Result<(), StepError> {
        self.lease.until = now() + TERM.as_secs();
        let tag = self.lease.tag(self.context.plan.topology());
        carry_out(self.context.session, &self.write([tag].into_iter().collect(), false)).await.map(drop)
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
            let removed = carry_out(session, &self.write(tags, true)).await;
            debug!(ok = removed.is_ok(), "leases that are over were taken away");
        }
        Ok(Some(in_force))
    }

    /// The call that writes or removes tags.
    fn write(&self, tags: IndexMap<String, String>, removes: bool) -> Write {
        match self.subject.clone() {
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
}

/// In seconds since 1970.
fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}
