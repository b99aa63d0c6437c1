//! The connections that reads run on.
//!
//! A pool proves each connection that comes back to it by a message to the database. A request with
//! five statements would be answered ten times: so it takes a connection with its first statement
//! and keeps it for the others, one after another.

use std::{sync::Arc, time::Instant};

use async_trait::async_trait;
use sea_orm::{
    ConnAcquireErr, ConnectionTrait, DatabaseConnection, DbBackend, DbErr, ExecResult, QueryResult,
    RuntimeErr, Statement,
    sea_query::Values,
    sqlx::{self, AssertSqlSafe, Database, Executor, IntoArguments, Pool, pool::PoolConnection},
};
use sea_query_sqlx::SqlxValues;
use tokio::sync::Mutex;

use super::watch::Watch;

/// What reads run on. Cheap to clone.
#[derive(Clone)]
pub struct Session {
    pool: DatabaseConnection,
    watch: Watch,
    kept: Option<Arc<Kept>>,
}

/// A connection for whoever comes next, from the first statement on until nobody is left.
enum Kept {
    Postgres(Mutex<Option<PoolConnection<sqlx::Postgres>>>),
    Sqlite(Mutex<Option<PoolConnection<sqlx::Sqlite>>>),
}

impl Session {
    /// Statements that take a connection each, of a pool that `watch` watches too.
    pub(super) fn new(pool: DatabaseConnection, watch: Watch) -> Self {
        Self {
            pool,
            watch,
            kept: None,
        }
    }

    /// Statements that share one connection: not for what waits for something else in between.
    #[must_use]
    pub(super) fn keeping(&self) -> Self {
        let kept = match self.pool.get_database_backend() {
            DbBackend::Postgres => Kept::Postgres(Mutex::default()),
            _ => Kept::Sqlite(Mutex::default()),
        };
        Self {
            kept: Some(Arc::new(kept)),
            ..self.clone()
        }
    }

    /// The pool behind it.
    pub(super) fn pool(&self) -> &DatabaseConnection {
        &self.pool
    }

    /// Runs a statement on the connection that is kept.
    async fn fetch<DB>(
        &self,
        kept: &Mutex<Option<PoolConnection<DB>>>,
        pool: &Pool<DB>,
        statement: Statement,
    ) -> Result<Vec<QueryResult>, DbErr>
    where
        DB: Database,
        SqlxValues: IntoArguments<DB>,
        QueryResult: From<DB::Row>,
        for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
    {
        let mut kept = kept.lock().await;
        let connection = match &mut *kept {
            Some(connection) => connection,
            none => none.insert(pool.acquire().await.map_err(not_acquired)?),
        };
        let values = statement.values.clone().unwrap_or(Values(Vec::new()));
        let query = sqlx::query_with(AssertSqlSafe(statement.sql.as_str()), SqlxValues(values));
        let begun = Instant::now();
        let done = query.fetch_all(&mut **connection).await;
        (self.watch)(&statement, begun.elapsed(), done.is_err());
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

#[async_trait]
impl ConnectionTrait for Session {
    fn get_database_backend(&self) -> DbBackend {
        self.pool.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.pool.execute_raw(statement).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.pool.execute_unprepared(sql).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        match self.kept {
            None => self.pool.query_one_raw(statement).await,
            Some(_) => Ok(self.query_all_raw(statement).await?.into_iter().next()),
        }
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        match self.kept.as_deref() {
            None => self.pool.query_all_raw(statement).await,
            Some(Kept::Postgres(kept)) => {
                let pool = self.pool.get_postgres_connection_pool();
                self.fetch(kept, pool, statement).await
            }
            Some(Kept::Sqlite(kept)) => {
                let pool = self.pool.get_sqlite_connection_pool();
                self.fetch(kept, pool, statement).await
            }
        }
    }
}
