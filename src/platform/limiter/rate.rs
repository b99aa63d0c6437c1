//! The arithmetic of limits (GCRA): a bucket is one moment, when it will be full again. What is
//! taken out moves that moment on; a bucket that has never been used has none.

use std::time::Duration;

use crate::clock::Timestamp;

/// So many in a period: all at once, or one after the other.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rate {
    most: u32,
    /// How long one needs to grow back.
    each: Duration,
}

impl Rate {
    /// `most` in `period`; at least one.
    pub(super) fn new(most: u32, period: Duration) -> Self {
        let most = most.max(1);
        let each = period.as_micros().div_ceil(u128::from(most));
        Self {
            most,
            each: Duration::from_micros(u64::try_from(each).unwrap_or(u64::MAX)),
        }
    }

    /// `times` of it at once, `now`; at most as many as there can be.
    pub(super) fn claim(self, times: u32, now: Timestamp) -> Claim {
        let times = times.min(self.most);
        Claim {
            now,
            cost: self.each.saturating_mul(times),
            latest: now.plus(self.each.saturating_mul(self.most - times)),
        }
    }
}

/// What somebody wants to take out of a bucket.
#[derive(Clone, Copy, Debug)]
pub(super) struct Claim {
    pub(super) now: Timestamp,
    /// How much later the bucket is full.
    pub(super) cost: Duration,
    /// A bucket that is full later than this does not hold so much.
    pub(super) latest: Timestamp,
}

impl Claim {
    /// When the bucket is full after this.
    ///
    /// # Errors
    /// The seconds to wait.
    pub(super) fn take(&self, full_at: Option<Timestamp>) -> Result<Timestamp, u32> {
        let full_at = full_at.unwrap_or(self.now);
        match full_at <= self.latest {
            true => Ok(full_at.max(self.now).plus(self.cost)),
            false => Err(self.wait(full_at)),
        }
    }

    /// Whole seconds until a bucket that is full then holds so much.
    pub(super) fn wait(&self, full_at: Timestamp) -> u32 {
        let micros = full_at.0.saturating_sub(self.latest.0).max(1);
        let seconds = micros.unsigned_abs().div_ceil(1_000_000);
        u32::try_from(seconds).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_000_000_000);

    fn later(seconds: u64) -> Timestamp {
        NOW.plus(Duration::from_secs(seconds))
    }

    #[test]
    fn ten_a_minute_are_ten_at_once_and_then_one_each_six_seconds() {
        let rate = Rate::new(10, Duration::from_secs(60));
        let mut bucket = None;
        for _ in 0..10 {
            bucket = Some(rate.claim(1, NOW).take(bucket).unwrap());
        }
        assert_eq!(rate.claim(1, NOW).take(bucket), Err(6));
        assert_eq!(rate.claim(1, later(5)).take(bucket), Err(1));
        bucket = Some(rate.claim(1, later(6)).take(bucket).unwrap());
        assert_eq!(rate.claim(1, later(6)).take(bucket), Err(6));
        // Untouched for a minute: full, and no fuller.
        for _ in 0..10 {
            bucket = Some(rate.claim(1, later(1_000)).take(bucket).unwrap());
        }
        assert_eq!(rate.claim(1, later(1_000)).take(bucket), Err(6));
    }

    #[test]
    fn the_wait_is_exact_whatever_the_rate() {
        for most in [1, 3, 7, 60, 1_000, u32::MAX] {
            for times in [1, 2, 5] {
                let rate = Rate::new(most, Duration::from_secs(3_600));
                let bucket = Some(rate.claim(most, NOW).take(None).unwrap());
                let wait = u64::from(rate.claim(times, NOW).take(bucket).unwrap_err());
                assert!(rate.claim(times, later(wait)).take(bucket).is_ok());
                let sooner = later(wait - 1);
                assert!(rate.claim(times, sooner).take(bucket).is_err(), "{most}");
            }
        }
    }

    #[test]
    fn more_than_there_can_be_passes_when_nothing_else_was_taken() {
        let rate = Rate::new(10, Duration::from_secs(3_600));
        let bucket = rate.claim(50, NOW).take(None).unwrap();
        assert_eq!(rate.claim(50, NOW).take(Some(bucket)), Err(3_600));
        assert_eq!(rate.claim(1, NOW).take(Some(bucket)), Err(360));
    }
}
