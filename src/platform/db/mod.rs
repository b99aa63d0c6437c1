//! The database: one handle for both engines, one way to begin a transaction, one way to page.
//!
//! # What SQLite does not promise
//! It is the embedded default, so that the binary alone is a whole system. One process serves a
//! file at a time; writes queue behind one writer; there is no statement timeout. Concurrency is
//! proven on PostgreSQL.

pub mod backup;
mod batch;
mod connect;
mod drain;
pub mod encryption;
mod gates;
pub mod installation;
mod journal;
mod keys;
pub mod list;
pub mod migrate;
mod reader;
mod retries;
mod rows;
mod session;
mod shelf;
pub mod texts;
mod txn;
mod watch;

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend};

use self::retries::Retries;
pub use self::{
    batch::{Batch, MAX_KEYS, by_key},
    connect::Observer,
    gates::{Gate, Gates},
    journal::{Count, Journal, Place, Record, Written},
    keys::{ids_value, is_among, is_one_of, is_one_of_texts, keys_table, texts_table},
    reader::{Reader, Seer, Viewer},
    rows::{all, models, next_ids, one, select_all},
    session::Session,
    txn::{Lane, Txn},
    watch::Tally,
};
use crate::error::{Error, Result};

/// How long the database may take to say that it is there.
const PULSE: Duration = Duration::from_millis(500);

/// Pools for reading, writing and background work on one database. Cheap to clone.
#[derive(Clone)]
pub struct Db {
    read: Session,
    write: DatabaseConnection,
    background: DatabaseConnection,
    /// One connection that no work takes, to ask whether the database answers.
    pulse: DatabaseConnection,
    gates: Arc<Gates>,
    /// SQLite has one writer: background work queues here first, so that a request never waits
    /// behind more than one of its transactions.
    background_lane: Arc<tokio::sync::Mutex<()>>,
    deadlocks: Arc<AtomicU64>,
    retries: Arc<Retries>,
    journal: Option<Arc<dyn Journal>>,
    /// What the request has written that this handle was made for.
    diary: Option<journal::Diary>,
    traceparent: Option<Arc<str>>,
    /// Why whoever this handle was made for may not write.
    bar: Option<Error>,
}

impl Db {
    /// The engine behind this handle.
    pub fn backend(&self) -> DbBackend {
        self.read.get_database_backend()
    }

    /// A reader for `viewer` on the pool for reads.
    pub fn reader(&self, viewer: Viewer) -> Reader {
        Reader::new(self.read.clone(), viewer)
    }

    /// A handle whose readers share one connection, from their first statement on until the last of
    /// them and the handle are dropped: for a request that does nothing but read.
    #[must_use]
    pub fn by_one_connection(&self) -> Self {
        Self {
            read: self.read.keeping(),
            ..self.clone()
        }
    }

    /// A reader that knows what this handle's transactions wrote: for what a mutation answers.
    pub fn fresh_reader(&self, viewer: Viewer) -> Reader {
        let written = self.diary.as_ref().map(journal::Diary::read);
        self.reader(viewer)
            .having_written(written.unwrap_or_default())
    }

    /// From here on `journal` writes what transactions record.
    #[must_use]
    pub fn with_journal(mut self, journal: Arc<dyn Journal>) -> Self {
        self.journal = Some(journal);
        self
    }

    /// A handle for one request, which remembers what it wrote. `traceparent` (W3C Trace Context)
    /// goes with every event.
    #[must_use]
    pub fn for_request(&self, traceparent: Option<Arc<str>>) -> Self {
        Self {
            diary: Some(journal::Diary::default()),
            traceparent,
            ..self.clone()
        }
    }

    /// A handle that begins no transaction: it answers `refusal` instead.
    #[must_use]
    pub fn barred(&self, refusal: Error) -> Self {
        Self {
            bar: Some(refusal),
            ..self.clone()
        }
    }

    /// The pool for migrations and statements that belong to no request.
    pub fn background(&self) -> &DatabaseConnection {
        &self.background
    }

    /// Holds back writers that crowd at one key, before they take a connection.
    pub async fn gate(&self, key: Gate) -> Result<gates::Pass> {
        self.gates.enter(key).await
    }

    /// How many transactions PostgreSQL has ended as deadlocked (40P01) so far. The lock order
    /// keeps this at zero.
    pub fn deadlocks(&self) -> u64 {
        self.deadlocks.load(Ordering::Relaxed)
    }

    /// Whether the database answers. It does not depend on how busy the pools are.
    ///
    /// # Errors
    /// It does not, or not within half a second.
    pub async fn ping(&self) -> Result<()> {
        let asking = self.pulse.execute_unprepared("SELECT 1");
        let answer = tokio::time::timeout(PULSE, asking).await;
        answer.map_err(|_| Error::internal("no answer in half a second"))??;
        Ok(())
    }

    /// Gives the connections back and closes the pools.
    pub async fn close(self) {
        self.read.close().await;
        for pool in [self.write, self.background, self.pulse] {
            if let Err(error) = pool.close().await {
                tracing::warn!(%error, "A database pool did not close cleanly.");
            }
        }
    }
}
