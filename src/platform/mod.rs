//! Ports to the outside: configuration, the database, telemetry. No business word inside.

mod breaker;
pub mod config;
pub mod crash;
pub mod db;
pub mod health;
pub mod kafka;
pub mod limiter;
pub mod mail;
pub mod oidc;
pub mod passwords;
pub mod store;
pub mod telemetry;
pub mod tokens;

use std::sync::Arc;

use uuid::Uuid;

use self::limiter::{Limit, LocalLimit, Payer, Subject};
use crate::{
    clock::{Clock, Timestamp},
    error::{Code, Error, Result},
    ids::Ids,
    seal::Seal,
};

/// What commands work with. Cheap to clone.
#[derive(Clone)]
pub struct Platform {
    pub db: db::Db,
    pub clock: Clock,
    pub ids: Arc<Ids>,
    pub tokens: Arc<tokens::Tokens>,
    pub passwords: passwords::Passwords,
    /// Closes what leaves this server and only servers may read.
    pub seal: Arc<Seal>,
    /// Where media lie, if a store is configured.
    pub store: Option<store::Store>,
    /// How often things may be done.
    pub limiter: limiter::Limiter,
    /// Sends letters.
    pub mail: mail::Mailer,
    /// Who else says who somebody is, if a provider is configured.
    pub oidc: Option<Arc<oidc::Provider>>,
    /// How far home feeds are made ready.
    pub feed: config::FeedConfig,
    /// How long what people leave, or take with them, is kept.
    pub privacy: config::PrivacyConfig,
    /// What around this process does not work.
    pub health: health::Health,
    /// Whether an account has to verify its e-mail address before it writes.
    pub must_verify: bool,
}

impl Platform {
    /// The present and a way to make ids in it: what a command fixes before its transaction, so
    /// that a retry makes the same rows.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// For one request, which remembers what it wrote; `traceparent` goes with its events.
    #[must_use]
    pub fn for_request(&self, traceparent: Option<String>) -> Self {
        Self {
            db: self.db.for_request(traceparent.map(Into::into)),
            ..self.clone()
        }
    }

    /// For a request that does nothing but read: it does so by one connection.
    #[must_use]
    pub fn by_one_connection(&self) -> Self {
        Self {
            db: self.db.by_one_connection(),
            ..self.clone()
        }
    }

    /// For somebody who may read, and is refused whatever they would write.
    #[must_use]
    pub fn barred(&self, refusal: Error) -> Self {
        Self {
            db: self.db.barred(refusal),
            ..self.clone()
        }
    }

    /// Where media lie.
    ///
    /// # Errors
    /// UNAVAILABLE where no store is configured.
    pub fn store(&self) -> Result<&store::Store> {
        let say = "This server keeps no media: its operator has configured no store.";
        let missing = || Error::refused(Code::Unavailable, say);
        self.store.as_ref().ok_or_else(missing)
    }

    /// Counts one more of what all servers count together.
    ///
    /// # Errors
    /// RATE_LIMITED.
    pub async fn throttle(&self, limit: Limit, subject: Subject<'_>) -> Result<()> {
        let now = self.now();
        self.limiter.count(&self.db, limit, subject, now).await
    }

    /// Counts `times` more of what this server counts for itself.
    ///
    /// # Errors
    /// RATE_LIMITED.
    pub fn throttle_here(&self, limit: LocalLimit, payer: Payer, times: u32) -> Result<()> {
        self.limiter.count_here(limit, payer, times, self.now())
    }

    /// A new id.
    pub fn new_id(&self, now: Timestamp) -> Uuid {
        self.ids.next(now)
    }
}
