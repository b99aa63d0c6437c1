//! The database: one handle for both engines, one way to begin a transaction, one way to page.
//!
//! # What SQLite does not promise
//! It is the embedded default, so that the binary alone is a whole system. One process serves a
//! file at a time; writes queue behind one writer; there is no statement timeout. Concurrency is
//! proven on PostgreSQL.

mod batch;
mod connect;
mod gates;
pub mod installation;
mod keys;
pub mod list;
mod rows;
mod txn;

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use sea_orm::{DatabaseConnection, DbBackend};

pub use self::{
    batch::{Batch, MAX_KEYS, by_key},
    connect::Observer,
    gates::{Gate, Gates},
    keys::{is_one_of, is_one_of_texts, keys_table},
    rows::{all, one, select_all},
    txn::{Lane, Txn},
};
use crate::{clock::Timestamp, error::Result, ids::PersonId};

/// Pools for reading, writing and background work on one database. Cheap to clone.
#[derive(Clone)]
pub struct Db {
    read: DatabaseConnection,
    write: DatabaseConnection,
    background: DatabaseConnection,
    gates: Arc<Gates>,
    /// SQLite has one writer: background work queues here first, so that a request never waits
    /// behind more than one of its transactions.
    background_lane: Arc<tokio::sync::Mutex<()>>,
    deadlocks: Arc<AtomicU64>,
}

impl Db {
    /// The engine behind this handle.
    pub fn backend(&self) -> DbBackend {
        self.read.get_database_backend()
    }

    /// A reader for `viewer` at `now` on the pool for reads.
    pub fn reader(&self, viewer: Option<PersonId>, now: Timestamp) -> Reader {
        Reader {
            connection: self.read.clone(),
            viewer,
            now,
        }
    }

    /// A reader that sees every committed write: for what a mutation answers.
    pub fn fresh_reader(&self, viewer: Option<PersonId>, now: Timestamp) -> Reader {
        Reader {
            connection: self.write.clone(),
            viewer,
            now,
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

    /// Gives the connections back and closes the pools.
    pub async fn close(self) {
        for pool in [self.read, self.write, self.background] {
            if let Err(error) = pool.close().await {
                tracing::warn!(%error, "A database pool did not close cleanly.");
            }
        }
    }
}

/// Who reads, from where, and what time it is for them: every query starts from one.
#[derive(Clone)]
pub struct Reader {
    connection: DatabaseConnection,
    viewer: Option<PersonId>,
    now: Timestamp,
}

impl Reader {
    /// The pool to run statements on.
    pub fn connection(&self) -> &DatabaseConnection {
        &self.connection
    }

    /// The signed-in person; `None` for a guest.
    pub fn viewer(&self) -> Option<PersonId> {
        self.viewer
    }

    /// The one present of this request.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// The engine behind the pool.
    pub fn backend(&self) -> DbBackend {
        self.connection.get_database_backend()
    }
}
