//! A budget for trying again: when nearly everything fails, repeating it only adds to the load.

use std::sync::atomic::{AtomicI64, Ordering};

/// What a transaction earns, and what a repetition costs: one in ten may be a repetition.
const EARNED: i64 = 1;
const COST: i64 = 10;

/// A hundred repetitions may come at once.
const MOST: i64 = 100 * COST;

/// The repetitions that are left. It begins full.
#[derive(Debug)]
pub(super) struct Retries(AtomicI64);

impl Default for Retries {
    fn default() -> Self {
        Self(AtomicI64::new(MOST))
    }
}

impl Retries {
    /// A transaction was tried for the first time.
    pub(super) fn earn(&self) {
        self.change(|left| Some((left + EARNED).min(MOST)));
    }

    /// Whether one more repetition is within the budget; then it is taken.
    pub(super) fn spend(&self) -> bool {
        self.change(|left| (left >= COST).then_some(left - COST))
    }

    fn change(&self, change: impl Fn(i64) -> Option<i64>) -> bool {
        let relaxed = Ordering::Relaxed;
        self.0.fetch_update(relaxed, relaxed, change).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_in_ten_may_be_repeated_when_the_budget_is_spent() {
        let retries = Retries::default();
        assert_eq!((0..200).filter(|_| retries.spend()).count(), 100);
        for _ in 0..9 {
            retries.earn();
        }
        assert!(!retries.spend());
        retries.earn();
        assert!(retries.spend());
    }
}
