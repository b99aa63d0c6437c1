//! The only way to begin a transaction.

use std::{
    future::Future,
    ops::Deref,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, IsolationLevel, SqliteTransactionMode,
    TransactionOptions, TransactionTrait,
};

use super::Db;
use crate::error::{Code, Error, Result, database_code};

const ATTEMPTS: u32 = 5;

/// Which queue a transaction stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lane {
    /// A person waits for it.
    Request,
    /// Nobody waits: at most 500 rows at a time, so that requests get between.
    Background,
}

/// An open transaction. Everything that a command changes goes through it.
#[derive(Clone)]
pub struct Txn(Arc<DatabaseTransaction>);

impl Deref for Txn {
    type Target = DatabaseTransaction;

    fn deref(&self) -> &DatabaseTransaction {
        &self.0
    }
}

impl Txn {
    /// The engine that runs this transaction.
    pub fn backend(&self) -> DbBackend {
        self.0.get_database_backend()
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
        let _turn = match lane {
            Lane::Background if self.backend() == DbBackend::Sqlite => {
                Some(self.background_lane.lock().await)
            }
            _ => None,
        };
        for attempt in 1..=ATTEMPTS {
            match self.attempt(lane, &work).await {
                Err(Error::Internal(cause)) if self.may_pass(cause.downcast_ref()) => {
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
        let txn = Txn(Arc::new(self.begin(lane).await?));
        let done = work(txn.clone()).await;
        let inner = Arc::try_unwrap(txn.0)
            .map_err(|_| Error::internal("a transaction outlived the work it was given to"))?;
        match done {
            Ok(value) => match inner.commit().await {
                Ok(()) => Ok(value),
                Err(error) if database_code(&error).is_some() => Err(error.into()),
                Err(error) => {
                    tracing::warn!(%error, "The connection was lost during COMMIT.");
                    let say = "It is not known whether this was saved. Repeat it with the same \
                               idempotency key, or look first.";
                    Err(Error::refused(Code::Unavailable, say))
                }
            },
            Err(error) => {
                // The answer is `error`; a failed rollback means that the connection is gone.
                let _ = inner.rollback().await;
                Err(error)
            }
        }
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that begins transactions"
    )]
    async fn begin(&self, lane: Lane) -> Result<DatabaseTransaction, DbErr> {
        let pool = match lane {
            Lane::Request => &self.write,
            Lane::Background => &self.background,
        };
        let sqlite = pool.get_database_backend() == DbBackend::Sqlite;
        pool.begin_with_options(TransactionOptions {
            isolation_level: (!sqlite).then_some(IsolationLevel::ReadCommitted),
            access_mode: None,
            sqlite_transaction_mode: sqlite.then_some(SqliteTransactionMode::Immediate),
        })
        .await
    }

    /// Whether the same work may pass when tried again.
    fn may_pass(&self, cause: Option<&DbErr>) -> bool {
        match cause.and_then(database_code).as_deref() {
            Some("40P01") => {
                self.deadlocks.fetch_add(1, Ordering::Relaxed);
                tracing::error!("PostgreSQL broke a deadlock: the lock order is not kept.");
                true
            }
            Some("40001" | "55P03" | "5") => true,
            _ => false,
        }
    }
}

/// 10 to 160 ms and up to as much again by chance, so that rivals do not meet twice.
fn backoff(attempt: u32) -> Duration {
    let base = 10_u64 << (attempt - 1);
    let chance = getrandom::u32().map(u64::from).unwrap_or(0) % base;
    Duration::from_millis(base + chance)
}
