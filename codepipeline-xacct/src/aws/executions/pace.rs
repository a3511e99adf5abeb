//! How fast calls are made in an account.

use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::{Instant, sleep_until};

/// How many times slower it gets at most.
const SLOWEST: u32 = 64;

/// Spreads the calls of an account over time: one after another, with a gap. The gap doubles when AWS throttles, and shrinks again
/// with each call that AWS answers.
#[derive(Debug)]
pub(super) struct Pace {
    gap: Duration,
    turns: Mutex<Instant>,
    factor: std::sync::atomic::AtomicU32,
}

impl Pace {
    pub(super) fn new(gap: Duration) -> Self {
        Self { gap, turns: Mutex::new(Instant::now()), factor: 1.into() }
    }

    /// Waits until the next call may be made. Those that wait get their turns in order.
    pub(super) async fn turn(&self) {
        let mut next = self.turns.lock().await;
        sleep_until(*next).await;
        *next = Instant::now() + self.gap * self.factor.load(std::sync::atomic::Ordering::Relaxed);
    }

    /// AWS throttled a call: what waits for its turn waits longer.
    pub(super) async fn throttled(&self) {
        let order = std::sync::atomic::Ordering::Relaxed;
        let factor = self.factor.load(order).saturating_mul(2).min(SLOWEST);
        self.factor.store(factor, order);
        let mut next = self.turns.lock().await;
        *next = (*next).max(Instant::now() + self.gap * factor);
    }

    /// AWS answered a call.
    pub(super) fn answered(&self) {
        let order = std::sync::atomic::Ordering::Relaxed;
        let factor = self.factor.load(order);
        if factor > 1 {
            self.factor.store(factor - factor.div_ceil(8), order);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_throttled_account_is_asked_less_often_and_recovers() {
        let pace = Pace::new(Duration::from_millis(500));
        let ten_turns = async || {
            let start = Instant::now();
            for _ in 0..10 {
                pace.turn().await;
            }
            start.elapsed()
        };
        assert_eq!(ten_turns().await.as_millis(), 4500);
        pace.throttled().await;
        pace.throttled().await;
        let slow = ten_turns().await.as_millis();
        assert!((18_000..=21_000).contains(&slow), "{slow}");
        for _ in 0..20 {
            pace.answered();
        }
        pace.turn().await;
        assert_eq!(ten_turns().await.as_millis(), 5000);
    }
}
