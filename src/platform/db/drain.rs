//! Changes that go through many rows, a few at a time.

use sea_orm::{ConnectionTrait, Statement, Value};

use super::{Db, Lane};
use crate::error::Result;

/// The most rows of one step.
const STEP: u64 = 500;

impl Db {
    /// Runs statements that change some of the rows that are left, each round of them in a
    /// transaction of its own, until a round changes nothing. `{step}` in them is the most rows that
    /// one may change. Nobody waits for more than a round. Says how many rows were changed.
    ///
    /// # Errors
    /// What a statement fails with; what was done before it stays.
    pub async fn drain(&self, statements: &[&str], values: &[Value]) -> Result<u64> {
        let mut changed = 0;
        loop {
            let round = self.write_txn(Lane::Background, |txn| async move {
                let mut changed = 0;
                for sql in statements {
                    let sql = sql.replace("{step}", &STEP.to_string());
                    let values = values.iter().cloned();
                    let statement = Statement::from_sql_and_values(txn.backend(), sql, values);
                    changed += txn.execute_raw(statement).await?.rows_affected();
                }
                Ok(changed)
            });
            match round.await? {
                0 => return Ok(changed),
                some => changed += some,
            }
        }
    }
}
