//! How often something may be done. Limits on signing in and joining are counted in the database,
//! by all servers together; the others by each server for itself, in bounded memory.

mod bounded;
mod bucket;
mod limits;
mod payer;
mod rate;

use std::{
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

use super::{
    config::LimitsConfig,
    db::{Db, Lane},
};
use crate::{clock::Timestamp, error::Result, ids::PersonId};

pub use self::{
    bounded::Bounded,
    limits::{Limit, LocalLimit},
    payer::{Payer, network},
};

/// The most buckets that one server keeps in memory.
const MOST: usize = 100_000;

/// Whose bucket of a shared limit it is.
#[derive(Clone, Copy, Debug)]
pub enum Subject<'a> {
    /// An address, as [`network`] gives it.
    Network(IpAddr),
    Person(PersonId),
    /// What somebody typed, folded: no person has it, or nobody may learn who.
    Text(&'a str),
}

/// Counts. Cheap to clone.
#[derive(Clone)]
pub struct Limiter(Arc<Inner>);

struct Inner {
    limits: LimitsConfig,
    is_lifted: bool,
    secret: [u8; 32],
    local: Mutex<Bounded<(LocalLimit, Payer), Timestamp>>,
}

impl Limiter {
    /// The configured limits; lifted ones count nothing. Servers that share a database share
    /// `secret`, which keeps addresses out of it.
    pub fn new(limits: &LimitsConfig, is_lifted: bool, secret: [u8; 32]) -> Self {
        Self(Arc::new(Inner {
            limits: limits.clone(),
            is_lifted,
            secret,
            local: Mutex::new(Bounded::new(MOST)),
        }))
    }

    /// Counts one more of what all servers count together. The same statement runs whether or not
    /// anybody has heard of `subject`.
    ///
    /// # Errors
    /// RATE_LIMITED with the seconds until one more passes; nothing is counted then.
    pub async fn count(
        &self,
        db: &Db,
        limit: Limit,
        subject: Subject<'_>,
        now: Timestamp,
    ) -> Result<()> {
        if self.0.is_lifted {
            return Ok(());
        }
        let key = self.key(limit, subject);
        let claim = limit.rate(&self.0.limits).claim(1, now);
        let (key, claim) = (key.as_str(), &claim);
        let taken = db.write_txn(Lane::Request, |txn| async move {
            bucket::take(&txn, key, claim).await
        });
        taken.await?.map_err(|seconds| limit.refusal(seconds))
    }

    /// Counts `times` more of what this server counts for itself. More than the limit count as
    /// the limit: they pass when nothing else was done.
    ///
    /// # Errors
    /// RATE_LIMITED with the seconds until they pass; nothing is counted then.
    pub fn count_here(
        &self,
        limit: LocalLimit,
        payer: Payer,
        times: u32,
        now: Timestamp,
    ) -> Result<()> {
        if self.0.is_lifted {
            return Ok(());
        }
        let claim = limit.rate(&self.0.limits).claim(times, now);
        let local = self.0.local.lock();
        let mut local = local.unwrap_or_else(PoisonError::into_inner);
        let full_at = local.get(&(limit, payer)).copied();
        let full_at = claim
            .take(full_at)
            .map_err(|seconds| limit.refusal(seconds))?;
        local.insert((limit, payer), full_at, |full_at| *full_at <= now);
        Ok(())
    }

    /// Takes buckets out of the database that are full again, some at a time; how many.
    pub async fn sweep(&self, db: &Db, now: Timestamp) -> Result<u64> {
        let mut swept = 0;
        loop {
            let gone = db.write_txn(Lane::Background, |txn| async move {
                bucket::sweep(&txn, now).await
            });
            match gone.await? {
                0 => return Ok(swept),
                gone => swept += gone,
            }
        }
    }

    /// The limit's name and a keyed hash: no address and no login is kept.
    fn key(&self, limit: Limit, subject: Subject<'_>) -> String {
        let (kind, text) = match subject {
            Subject::Network(address) => ("network", address.to_string()),
            Subject::Person(person) => ("person", person.to_string()),
            Subject::Text(text) => ("text", text.to_owned()),
        };
        let mut hash = Sha256::new_with_prefix(self.0.secret);
        hash.update(kind);
        hash.update([0]);
        hash.update(text);
        let hash = URL_SAFE_NO_PAD.encode(hash.finalize());
        format!("{}:{hash}", limit.name())
    }
}
