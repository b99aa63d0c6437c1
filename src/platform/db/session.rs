//! What reads run on: a connection for each statement, or one for all statements of a request, one
//! after another.

use std::{sync::Arc, time::Instant};

use async_trait::async_trait;
use sea_orm::{
    ConnAcquireErr, ConnectionTrait, DatabaseConnection, DbBackend, DbErr, ExecResult, QueryResult,
    RuntimeErr, Statement,
    sea_query::Values,
    sqlx::{self, AssertSqlSafe, Database, Executor, IntoArguments, Postgres, Sqlite},
};
use sea_query_sqlx::SqlxValues;
use tokio::sync::Mutex;

use super::{
    shelf::{Shelf, Taken},
    watch::Watch,
};

/// What reads run on. Cheap to clone.
#[derive(Clone)]
pub struct Session {
    line: Line,
    watch: Watch,
}

#[derive(Clone)]
enum Line {
    Postgres(Arc<Shelf<Postgres>>, Option<Arc<Kept<Postgres>>>),
    Sqlite(Arc<Shelf<Sqlite>>, Option<Arc<Kept<Sqlite>>>),
}

/// A connection for whoever comes next, from the first statement on until nobody is left.
struct Kept<DB: Database> {
    shelf: Arc<Shelf<DB>>,
    taken: Mutex<Option<Taken<DB>>>,
}

impl<DB: Database> Kept<DB> {
    fn new(shelf: &Arc<Shelf<DB>>) -> Arc<Self> {
        Arc::new(Self {
            shelf: shelf.clone(),
            taken: Mutex::default(),
        })
    }
}

impl<DB: Database> Drop for Kept<DB> {
    fn drop(&mut self) {
        if let Some(taken) = self.taken.get_mut().take() {
            self.shelf.put_back(taken);
        }
    }
}

impl Session {
    /// Statements that take a connection each, of a pool that is for nothing else.
    pub(super) fn new(pool: &DatabaseConnection, watch: Watch) -> Self {
        let line = match pool.get_database_backend() {
            DbBackend::Postgres => {
                let pool = pool.get_postgres_connection_pool();
                Line::Postgres(Arc::new(Shelf::new(pool.clone())), None)
            }
            _ => {
                let pool = pool.get_sqlite_connection_pool();
                Line::Sqlite(Arc::new(Shelf::new(pool.clone())), None)
            }
        };
        Self { line, watch }
    }

    /// Statements that share one connection: not for what waits for something else in between.
    #[must_use]
    pub(super) fn keeping(&self) -> Self {
        let line = match &self.line {
            Line::Postgres(shelf, _) => Line::Postgres(shelf.clone(), Some(Kept::new(shelf))),
            Line::Sqlite(shelf, _) => Line::Sqlite(shelf.clone(), Some(Kept::new(shelf))),
        };
        let watch = self.watch.clone();
        Self { line, watch }
    }

    /// How many connections are open, idle among them, and allowed.
    pub(super) fn figures(&self) -> (u32, usize, u32) {
        match &self.line {
            Line::Postgres(shelf, _) => shelf.figures(),
            Line::Sqlite(shelf, _) => shelf.figures(),
        }
    }

    /// Closes the connections, once nobody has one any more.
    pub(super) async fn close(&self) {
        match &self.line {
            Line::Postgres(shelf, _) => shelf.close().await,
            Line::Sqlite(shelf, _) => shelf.close().await,
        }
    }

    async fn fetch<DB>(
        &self,
        shelf: &Shelf<DB>,
        kept: Option<&Kept<DB>>,
        statement: Statement,
    ) -> Result<Vec<QueryResult>, DbErr>
    where
        DB: Database,
        SqlxValues: IntoArguments<DB>,
        QueryResult: From<DB::Row>,
        for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
    {
        // Taken out while it is in use: whoever stops waiting for an answer, or is told of a failure,
        // which may be that the database goes down, loses it to the pool.
        let mut kept = match kept {
            Some(kept) => Some(kept.taken.lock().await),
            None => None,
        };
        let mut taken = match kept.as_mut().and_then(|kept| kept.take()) {
            Some(taken) => taken,
            None => shelf.take().await.map_err(not_acquired)?,
        };
        let values = statement.values.clone().unwrap_or(Values(Vec::new()));
        let query = sqlx::query_with(AssertSqlSafe(statement.sql.as_str()), SqlxValues(values));
        let begun = Instant::now();
        let done = query.fetch_all(&mut *taken.connection).await;
        (self.watch)(&statement, begun.elapsed(), done.is_err());
        if done.is_ok() {
            match kept.as_mut() {
                Some(kept) => **kept = Some(taken),
                None => shelf.put_back(taken),
            }
        }
        let rows = done.map_err(|error| DbErr::Query(RuntimeErr::SqlxError(Arc::new(error))))?;
        Ok(rows.into_iter().map(QueryResult::from).collect())
    }
}

fn not_acquired(error: sqlx::Error) -> DbErr {
    match error {
        sqlx::Error::PoolTimedOut => DbErr::ConnectionAcquire(ConnAcquireErr::Timeout),
        sqlx::Error::PoolClosed => DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed),
        error => DbErr::Conn(RuntimeErr::SqlxError(Arc::new(error))),
    }
}

/// It only reads: what changes rows is run by a transaction.
#[async_trait]
impl ConnectionTrait for Session {
    fn get_database_backend(&self) -> DbBackend {
        match self.line {
            Line::Postgres(..) => DbBackend::Postgres,
            Line::Sqlite(..) => DbBackend::Sqlite,
        }
    }

    async fn execute_raw(&self, _: Statement) -> Result<ExecResult, DbErr> {
        Err(only_reads())
    }

    async fn execute_unprepared(&self, _: &str) -> Result<ExecResult, DbErr> {
        Err(only_reads())
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        Ok(self.query_all_raw(statement).await?.into_iter().next())
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        match &self.line {
            Line::Postgres(shelf, kept) => self.fetch(shelf, kept.as_deref(), statement).await,
            Line::Sqlite(shelf, kept) => self.fetch(shelf, kept.as_deref(), statement).await,
        }
    }
}

fn only_reads() -> DbErr {
    DbErr::Custom("a reader was given a change".to_owned())
}
