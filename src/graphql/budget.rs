//! Cost budgets: how many points a caller may spend in a minute. Kept by each process.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    sync::{Arc, Mutex, PoisonError},
};

use crate::{
    clock::Timestamp,
    error::Error,
    ids::PersonId,
    platform::config::{HttpConfig, LimitsConfig, Switch},
};

const MINUTE: i64 = 60_000_000;

/// Who pays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Payer {
    /// A signed-in person.
    Member(PersonId),
    /// All guests of one IPv4 address or one IPv6 /64.
    Guests(IpAddr),
}

impl Payer {
    /// Who pays for a request.
    pub fn of(person: Option<PersonId>, address: IpAddr) -> Self {
        match (person, address.to_canonical()) {
            (Some(person), _) => Self::Member(person),
            (None, IpAddr::V6(address)) => {
                let network = address.to_bits() & !u128::from(u64::MAX);
                Self::Guests(Ipv6Addr::from_bits(network).into())
            }
            (None, address) => Self::Guests(address),
        }
    }
}

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

#[derive(Default)]
struct Minute {
    number: i64,
    by_payer: HashMap<Payer, u32>,
}

impl Budgets {
    /// The configured budgets. When they are lifted they are counted, not enforced.
    pub fn new(limits: &LimitsConfig, http: &HttpConfig) -> Self {
        Self {
            member: limits.member_budget,
            guest: limits.guest_budget,
            is_lifted: http.limits == Switch::Off,
            spent: Mutex::default(),
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
            *minute = Minute {
                number,
                by_payer: HashMap::new(),
            };
        }
        let spent = minute.by_payer.entry(payer).or_default();
        let after = spent.saturating_add(cost);
        if after > limit && !self.is_lifted {
            let wait = (reset_at.0 - now.0).unsigned_abs().div_ceil(1_000_000);
            let wait = u32::try_from(wait).unwrap_or(60);
            let say = format!(
                "This operation costs {cost} points and {} of {limit} are left in this minute.",
                limit.saturating_sub(*spent)
            );
            return Err(Error::rate_limited(say, wait));
        }
        *spent = after;
        Ok(RateLimit {
            cost,
            limit,
            remaining: limit.saturating_sub(after),
            reset_at,
        })
    }
}
