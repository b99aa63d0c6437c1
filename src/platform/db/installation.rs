//! What is known about a database as a whole: a few named facts.

use sea_orm::{ConnectionTrait, Statement};

use super::{Db, Txn};
use crate::error::Result;

/// The database holds people whose password everybody knows.
pub const DEMO: &str = "demo";

/// Notes a fact, once and for ever.
pub async fn note(txn: &Txn, name: &str) -> Result<()> {
    let sql =
        "INSERT INTO installation (name, value) VALUES ($1, 'true') ON CONFLICT (name) DO NOTHING";
    txn.execute_raw(Statement::from_sql_and_values(
        txn.backend(),
        sql,
        [name.into()],
    ))
    .await?;
    Ok(())
}

impl Db {
    /// Whether a fact was noted.
    pub async fn is_noted(&self, name: &str) -> Result<bool> {
        let sql = "SELECT 1 FROM installation WHERE name = $1";
        let statement = Statement::from_sql_and_values(self.backend(), sql, [name.into()]);
        Ok(self.read.query_one_raw(statement).await?.is_some())
    }
}
