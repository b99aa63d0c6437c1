//! What the statements of this domain are made of.

use sea_orm::{ConnectionTrait, DbBackend, QueryResult, Statement, Value};

use crate::{error::Result, platform::db::Txn};

/// The floor of whom nothing lies ready for.
pub(super) const NOTHING: i64 = i64::MAX;

/// The floor of whom everything lies ready for.
pub(super) const EVERYTHING: i64 = i64::MIN;

/// Ends a SELECT that locks what it finds: SQLite's single writer is the lock.
pub(super) fn lock(txn: &Txn) -> &'static str {
    match txn.backend() {
        DbBackend::Postgres => " FOR NO KEY UPDATE",
        _ => "",
    }
}

fn statement(txn: &Txn, sql: &str, values: impl IntoIterator<Item = Value>) -> Statement {
    Statement::from_sql_and_values(txn.backend(), sql, values)
}

/// Runs `sql`, and says how many rows it changed.
pub(super) async fn change(
    txn: &Txn,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<u64> {
    let done = txn.execute_raw(statement(txn, sql, values)).await?;
    Ok(done.rows_affected())
}

/// The rows that `sql` finds.
pub(super) async fn rows(
    txn: &Txn,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<Vec<QueryResult>> {
    Ok(txn.query_all_raw(statement(txn, sql, values)).await?)
}

/// The first row that `sql` finds.
pub(super) async fn row(
    txn: &Txn,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<Option<QueryResult>> {
    Ok(txn.query_one_raw(statement(txn, sql, values)).await?)
}
