//! The faults of a local AWS, and which of them hit a call.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;

use super::fault::{Fault, FaultEffect, When};
use super::lag::{Lag, LagState};

/// The faults of a local AWS.
#[derive(Debug, Default)]
pub struct Faults {
    added: Mutex<Vec<Counted>>,
    lag: Mutex<LagState>,
}

#[derive(Debug)]
struct Counted {
    fault: Fault,
    /// How many calls it was for.
    calls: u64,
    buckets: HashMap<(String, String), Bucket>,
}

#[derive(Debug)]
struct Bucket {
    tokens: f64,
    filled: Instant,
}

impl Faults {
    /// Adds a fault. A call that several faults hit has all their delays and edits, and the first of the other effects.
    pub fn add(&self, fault: Fault) {
        self.added().push(Counted { fault, calls: 0, buckets: HashMap::new() });
    }

    /// The faults that were added.
    pub fn list(&self) -> Vec<Fault> {
        self.added().iter().map(|counted| counted.fault.clone()).collect()
    }

    /// Removes all faults, and the lag of IAM.
    pub fn clear(&self) {
        self.added().clear();
        self.set_iam_lag(None);
    }

    /// STS and CodePipeline see changes of roles and managed policies later; IAM itself sees them at once.
    pub fn set_iam_lag(&self, lag: Option<Lag>) {
        *self.lag() = LagState::new(lag);
    }

    /// The effects of the faults that hit a call.
    pub(crate) fn hit(&self, service: &str, operation: &str, account: &str) -> Vec<FaultEffect> {
        let mut added = self.added();
        let of_call = added.iter_mut().filter(|counted| counted.fault.is_for(service, operation, account));
        of_call.filter_map(|counted| counted.hits(service, account).then(|| counted.fault.effect.clone())).collect()
    }

    pub(crate) fn lag(&self) -> MutexGuard<'_, LagState> {
        self.lag.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn added(&self) -> MutexGuard<'_, Vec<Counted>> {
        self.added.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Counted {
    fn hits(&mut self, service: &str, account: &str) -> bool {
        self.calls += 1;
        match self.fault.when {
            When::Always => true,
            When::First(n) => self.calls <= n,
            When::Nth(n) => self.calls == n,
            When::From(n) => self.calls >= n,
            When::Every(n) => n > 0 && self.calls.is_multiple_of(n),
            When::Seeded { seed, percent } => mixed(seed.wrapping_add(self.calls)) % 100 < percent,
            When::Bucket { burst, per_second } => {
                let (burst, per_second) = (burst as f64, per_second as f64);
                let key = (account.to_owned(), service.to_owned());
                let now = Instant::now();
                let bucket = self.buckets.entry(key).or_insert(Bucket { tokens: burst, filled: now });
                let back = now.duration_since(bucket.filled).as_secs_f64() * per_second;
                bucket.tokens = (bucket.tokens + back).min(burst);
                bucket.filled = now;
                let empty = bucket.tokens < 1.0;
                if !empty {
                    bucket.tokens -= 1.0;
                }
                empty
            }
        }
    }
}

/// SplitMix64: numbers without a pattern.
fn mixed(number: u64) -> u64 {
    let mut z = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
