//! The only way to begin a transaction.

use std::{
    future::Future,
    ops::Deref,
    sync::{Arc, Mutex, PoisonError, atomic::Ordering},
    time::Duration,
};

use metrics::counter;
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, IsolationLevel, SqliteTransactionMode,
    TransactionOptions, TransactionTrait,
};
use tracing::Instrument;

use super::{
    Db,
    journal::{Place, Record, Written},
};
use crate::{
    error::{Code, Error, Result, database_code, is_outage},
    platform::{crash, telemetry::traces},
};

const ATTEMPTS: u32 = 5;

/// A snapshot meets everybody who has committed since it was taken.
const SNAPSHOT_ATTEMPTS: u32 = 25;

/// Which queue a transaction stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lane {
    /// A person waits for it.
    Request,
    /// Nobody waits: at most 500 rows at a time, so that requests get between.
    Background,
    /// Nobody waits, and all of the database is seen as it was at one moment, without a deadline:
    /// for rebuilding what is derived, and for a crowd. REPEATABLE READ on PostgreSQL.
    Snapshot,
}

/// An open transaction. Everything that a command changes goes through it.
#[derive(Clone)]
pub struct Txn {
    inner: Arc<DatabaseTransaction>,
    records: Arc<Mutex<Vec<Record>>>,
}

impl Deref for Txn {
    type Target = DatabaseTransaction;

    fn deref(&self) -> &DatabaseTransaction {
        &self.inner
    }
}

impl Txn {
    /// The engine that runs this transaction.
    pub fn backend(&self) -> DbBackend {
        self.inner.get_database_backend()
    }

    /// Notes an event. It is written by the commit itself, after which nothing can follow.
    pub fn record(&self, record: Record) {
        self.records
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(record);
    }

    fn take_records(&self) -> Vec<Record> {
        let mut records = self.records.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut records)
    }
}

impl Db {
    /// Runs `work` in a transaction and commits it: READ COMMITTED with a bounded retry of
    /// deadlocks, serialization failures and lock timeouts on PostgreSQL, IMMEDIATE on SQLite.
    ///
    /// `work` may run more than once, so it touches its `Txn` and values only: ids and time come
    /// from outside. Locks are taken in the order of the list in `lib.rs`.
    ///
    /// # Errors
    /// What `work` returns, then everything is rolled back; UNAVAILABLE when retries ran out or
    /// the connection was lost during COMMIT (whether it took effect is then unknown; creates are
    /// safe to repeat with their idempotency key).
    pub async fn write_txn<T, F, Fut>(&self, lane: Lane, work: F) -> Result<T>
    where
        F: Fn(Txn) -> Fut + Send + Sync,
        Fut: Future<Output = Result<T>> + Send,
        T: Send,
    {
        if let Some(refusal) = &self.bar {
            return Err(refusal.clone());
        }
        let _turn = match lane {
            Lane::Background | Lane::Snapshot if self.backend() == DbBackend::Sqlite => {
                Some(self.background_lane.lock().await)
            }
            _ => None,
        };
        let attempts = match lane {
            Lane::Snapshot => SNAPSHOT_ATTEMPTS,
            _ => ATTEMPTS,
        };
        if lane == Lane::Request {
            self.retries.earn();
        }
        for attempt in 1..=attempts {
            // Boxed: what a command does in its transaction is large, and every future of the schema
            // has room for the largest.
            let trying = Box::pin(self.attempt(lane, &work));
            match trying.instrument(traces::below("transaction")).await {
                Err(Error::Internal(cause)) => {
                    let Some(reason) = self.may_pass(cause.downcast_ref()) else {
                        return Err(Error::Internal(cause));
                    };
                    // Nobody waits for the others, and they have fewer rivals.
                    let is_waited_for = lane == Lane::Request;
                    if attempt == attempts || (is_waited_for && !self.retries.spend()) {
                        break;
                    }
                    counter!("rookery_db_transaction_retries_total", "reason" => reason)
                        .increment(1);
                    tokio::time::sleep(backoff(attempt)).await;
                }
                done => return done,
            }
        }
        Err(Error::refused(
            Code::Unavailable,
            "Others are changing this right now. Try again.",
        ))
    }

    async fn attempt<T, F, Fut>(&self, lane: Lane, work: &F) -> Result<T>
    where
        F: Fn(Txn) -> Fut + Send + Sync,
        Fut: Future<Output = Result<T>> + Send,
    {
        let txn = Txn {
            inner: Arc::new(self.begin(lane).await?),
            records: Arc::default(),
        };
        let done = match work(txn.clone()).await {
            Ok(value) => self.write_down(&txn).await.map(|written| (value, written)),
            Err(error) => Err(error),
        };
        let inner = Arc::try_unwrap(txn.inner)
            .map_err(|_| Error::internal("a transaction outlived the work it was given to"))?;
        match done {
            Ok((value, written)) => {
                crash::point("before-commit");
                commit(inner).await?;
                crash::point("after-commit");
                self.tell(written);
                Ok(value)
            }
            Err(error) => {
                // The answer is `error`; a failed rollback means that the connection is gone.
                let _ = inner.rollback().await;
                Err(error)
            }
        }
    }

    /// Writes the events of `txn`: last in the lock order.
    async fn write_down(&self, txn: &Txn) -> Result<Vec<Written>> {
        let records = txn.take_records();
        if records.is_empty() {
            return Ok(Vec::new());
        }
        let journal = self.journal.as_deref();
        let journal = journal.ok_or_else(|| Error::internal("no journal is registered"))?;
        let places = journal
            .write(txn, &records, self.traceparent.as_deref())
            .await?;
        let written = |(place, record): (Place, Record)| Written {
            place,
            counts: record.counts,
        };
        Ok(places.into_iter().zip(records).map(written).collect())
    }

    /// After COMMIT: wakes whoever reads the log, and lets this request know what it wrote.
    fn tell(&self, written: Vec<Written>) {
        if written.is_empty() {
            return;
        }
        if let Some(journal) = &self.journal {
            let places: Vec<Place> = written.iter().map(|written| written.place).collect();
            journal.committed(&places);
        }
        if let Some(diary) = &self.diary {
            diary.add(written);
        }
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that begins transactions"
    )]
    async fn begin(&self, lane: Lane) -> Result<DatabaseTransaction, DbErr> {
        let pool = match lane {
            Lane::Request => &self.write,
            Lane::Background | Lane::Snapshot => &self.background,
        };
        let sqlite = pool.get_database_backend() == DbBackend::Sqlite;
        // The others are READ COMMITTED by a setting of the connection, without a statement.
        let is_snapshot = lane == Lane::Snapshot && !sqlite;
        let txn = pool
            .begin_with_options(TransactionOptions {
                isolation_level: is_snapshot.then_some(IsolationLevel::RepeatableRead),
                access_mode: None,
                sqlite_transaction_mode: sqlite.then_some(SqliteTransactionMode::Immediate),
            })
            .await?;
        if is_snapshot {
            txn.execute_unprepared("SET LOCAL statement_timeout = 0")
                .await?;
        }
        Ok(txn)
    }

    /// Why the same work may pass when tried again; nothing where it may not.
    fn may_pass(&self, cause: Option<&DbErr>) -> Option<&'static str> {
        let reason = match cause.and_then(database_code).as_deref() {
            Some("40P01") => {
                self.deadlocks.fetch_add(1, Ordering::Relaxed);
                counter!("rookery_db_deadlocks_total").increment(1);
                tracing::error!("PostgreSQL broke a deadlock: the lock order is not kept.");
                "deadlock"
            }
            Some("40001") => "serialization",
            Some("55P03") => "lock_timeout",
            // SQLite's.
            Some("5") => "busy",
            _ => return None,
        };
        Some(reason)
    }
}

async fn commit(txn: DatabaseTransaction) -> Result<()> {
    match txn.commit().await {
        Ok(()) => Ok(()),
        Err(error) if was_refused(&error) => Err(error.into()),
        Err(error) => {
            tracing::warn!(%error, "The connection was lost during COMMIT.");
            let say = "It is not known whether this was saved. Repeat it with the same \
                       idempotency key, or look first.";
            Err(Error::refused(Code::Unavailable, say))
        }
    }
}

/// Whether nothing was saved for certain: a database that goes down, or whose disk fails, may have
/// saved it before it said so. One that is full has not.
fn was_refused(error: &DbErr) -> bool {
    database_code(error).is_some_and(|code| code == "13" || !is_outage(error))
}

/// 10 to 160 ms and up to as much again by chance, so that rivals do not meet twice.
fn backoff(attempt: u32) -> Duration {
    let base = 10_u64 << (attempt - 1).min(4);
    let chance = getrandom::u32().map(u64::from).unwrap_or(0) % base;
    Duration::from_millis(base + chance)
}
