//! The runner's own connection to the database: to draw, to prepare and to look.

use sea_orm::{
    ConnectOptions, ConnectionTrait, Database as Orm, DatabaseConnection, DbBackend, QueryResult,
    Statement, Value,
};
use uuid::Uuid;

use super::Result;

/// A connection of its own, which is no part of what is counted.
#[derive(Clone)]
pub struct Database(DatabaseConnection);

impl Database {
    /// Opens PostgreSQL or an SQLite file, by its URL.
    pub async fn open(url: &str) -> Result<Self> {
        let mut options = ConnectOptions::new(url);
        options.max_connections(2).sqlx_logging(false);
        let opened = Orm::connect(options).await;
        opened
            .map(Self)
            .map_err(|error| format!("the database: {error}"))
    }

    pub fn is_postgres(&self) -> bool {
        self.0.get_database_backend() == DbBackend::Postgres
    }

    fn statement(&self, sql: &str, values: impl IntoIterator<Item = Value>) -> Statement {
        Statement::from_sql_and_values(self.0.get_database_backend(), sql, values)
    }

    /// Runs one statement.
    pub async fn run(&self, sql: &str, values: impl IntoIterator<Item = Value>) -> Result<()> {
        let done = self.0.execute_raw(self.statement(sql, values)).await;
        done.map(drop).map_err(|error| format!("{error}: {sql}"))
    }

    /// Runs a script of many statements.
    pub async fn script(&self, sql: &str) -> Result<()> {
        let done = self.0.execute_unprepared(sql).await;
        done.map(drop).map_err(|error| error.to_string())
    }

    pub async fn rows(
        &self,
        sql: &str,
        values: impl IntoIterator<Item = Value>,
    ) -> Result<Vec<QueryResult>> {
        let found = self.0.query_all_raw(self.statement(sql, values)).await;
        found.map_err(|error| format!("{error}: {sql}"))
    }

    /// The first column, which is called `it`, of all rows.
    pub async fn column<T: sea_orm::TryGetable>(
        &self,
        sql: &str,
        values: impl IntoIterator<Item = Value>,
    ) -> Result<Vec<T>> {
        let rows = self.rows(sql, values).await?;
        let read = rows.iter().map(|row| row.try_get("", "it"));
        read.collect::<Result<_, _>>()
            .map_err(|error: sea_orm::DbErr| format!("{error}: {sql}"))
    }

    /// The same, of ids.
    pub async fn ids(
        &self,
        sql: &str,
        values: impl IntoIterator<Item = Value>,
    ) -> Result<Vec<Uuid>> {
        self.column(sql, values).await
    }

    /// The number in the first row; 0 without one.
    pub async fn number(&self, sql: &str) -> Result<i64> {
        let found: Vec<i64> = self.column(sql, []).await?;
        Ok(found.first().copied().unwrap_or(0))
    }
}
