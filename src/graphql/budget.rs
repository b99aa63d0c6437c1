//! Cost budgets: how many points a caller may spend in a minute. Kept by each process.

use std::sync::{Arc, Mutex, PoisonError};

use crate::{
    clock::Timestamp,
    error::Error,
    platform::{
        config::{HttpConfig, LimitsConfig, Switch},
        limiter::{Bounded, Payer},
    },
};

const MINUTE: i64 = 60_000_000;

/// The most callers that one minute counts: beyond that some begin anew.
const MOST: usize = 100_000;

/// What an operation cost its caller, and what is left of the minute.
#[derive(Clone, Copy, Debug)]
pub struct RateLimit {
    pub cost: u32,
    pub limit: u32,
    pub remaining: u32,
    pub reset_at: Timestamp,
}

/// Takes what one operation costs from whoever pays for it, as often as it runs.
#[derive(Clone)]
pub struct Meter {
    budgets: Arc<Budgets>,
    payer: Payer,
    cost: u32,
}

impl Meter {
    /// A meter that has taken nothing yet.
    pub fn new(budgets: Arc<Budgets>, payer: Payer, cost: u32) -> Self {
        Self {
            budgets,
            payer,
            cost,
        }
    }

    /// Takes it once.
    ///
    /// # Errors
    /// As [`Budgets::spend`].
    pub fn spend(&self, now: Timestamp) -> Result<RateLimit, Error> {
        self.budgets.spend(self.payer, self.cost, now)
    }
}

/// The budgets of the running minute.
pub struct Budgets {
    member: u32,
    guest: u32,
    is_lifted: bool,
    spent: Mutex<Minute>,
}

struct Minute {
    number: i64,
    by_payer: Bounded<Payer, u32>,
}

impl Budgets {
    /// The configured budgets. When they are lifted they are counted, not enforced.
    pub fn new(limits: &LimitsConfig, http: &HttpConfig) -> Self {
        Self {
            member: limits.member_budget,
            guest: limits.guest_budget,
            is_lifted: http.limits == Switch::Off,
            spent: Mutex::new(Minute {
                number: 0,
                by_payer: Bounded::new(MOST),
            }),
        }
    }

    /// Takes `cost` points from `payer`.
    ///
    /// # Errors
    /// RATE_LIMITED with the seconds until the next minute; nothing is taken then.
    pub fn spend(&self, payer: Payer, cost: u32, now: Timestamp) -> Result<RateLimit, Error> {
        let limit = match payer {
            Payer::Member(_) => self.member,
            Payer::Guests(_) => self.guest,
        };
        let number = now.0.div_euclid(MINUTE);
        let reset_at = Timestamp((number + 1) * MINUTE);
        let mut minute = self.spent.lock().unwrap_or_else(PoisonError::into_inner);
        if minute.number != number {
            minute.number = number;
            minute.by_payer.clear();
        }
        let spent = minute.by_payer.get(&payer).copied().unwrap_or_default();
        let after = spent.saturating_add(cost);
        if after > limit && !self.is_lifted {
            let wait = (reset_at.0 - now.0).unsigned_abs().div_ceil(1_000_000);
            let wait = u32::try_from(wait).unwrap_or(60);
            let say = format!(
                "This operation costs {cost} points and {} of {limit} are left in this minute.",
                limit.saturating_sub(spent)
            );
            return Err(Error::rate_limited(say, wait));
        }
        minute.by_payer.insert(payer, after, |_| false);
        Ok(RateLimit {
            cost,
            limit,
            remaining: limit.saturating_sub(after),
            reset_at,
        })
    }
}
