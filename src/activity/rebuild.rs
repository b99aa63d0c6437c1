//! Rows that a consumer derives, made anew from the tables.

use futures_util::future::BoxFuture;
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use uuid::Uuid;

use super::positions::{alone, execute, statement};
use crate::{
    error::Result,
    platform::db::{Db, Lane, Txn},
};

/// Makes all rows of a consumer agree with the tables, without the log: for a consumer that is new
/// to a database, and for whoever doubts its rows.
///
/// It runs beside the consumer. Both look at the tables, never at what an event says, so in
/// whatever order they work, the same rows stand in the end.
pub trait Rebuild: Send + Sync + 'static {
    /// The consumer whose rows these are.
    fn name(&self) -> &'static str;

    /// Makes the rows of the next things behind `after` agree, at most some 500 rows of them;
    /// `None` begins. Says behind which thing to go on; `None` is the end.
    ///
    /// # Errors
    /// Whatever fails is tried again from the same place.
    fn step<'a>(&'a self, txn: &'a Txn, after: Option<Uuid>)
    -> BoxFuture<'a, Result<Option<Uuid>>>;
}

/// How far a rebuild has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Nothing is to be rebuilt, or another worker is about it.
    Idle,
    /// So many steps are done, and more are to come.
    Steps(i64),
    /// All is done.
    Done,
}

/// Asks for the rows of `consumer` to be made anew, from the beginning. Workers do it, step by
/// step; one that dies leaves the rest to the next.
pub async fn ask(db: &Db, consumer: &str) -> Result<()> {
    let sql = "INSERT INTO activity_rebuild (name) VALUES ($1) \
               ON CONFLICT (name) DO UPDATE SET after_id = NULL, steps = 0";
    db.write_txn(Lane::Background, |txn| async move {
        execute(&txn, sql, [consumer.into()]).await.map(drop)
    })
    .await
}

/// Whether the rows of `consumer` are still being made anew.
pub async fn is_asked(db: &Db, consumer: &str) -> Result<bool> {
    let sql = "SELECT 1 FROM activity_rebuild WHERE name = $1";
    let statement = Statement::from_sql_and_values(db.backend(), sql, [consumer.into()]);
    Ok(db.background().query_one_raw(statement).await?.is_some())
}

/// Does the next step of what was asked for, if it was.
pub async fn step(db: &Db, rebuild: &dyn Rebuild) -> Result<Progress> {
    let name = rebuild.name();
    db.write_txn(Lane::Background, |txn| async move {
        let Some((after, steps)) = asked(&txn, name).await? else {
            return Ok(Progress::Idle);
        };
        alone(&txn, name).await?;
        let Some(after) = rebuild.step(&txn, after).await? else {
            let sql = "DELETE FROM activity_rebuild WHERE name = $1";
            execute(&txn, sql, [name.into()]).await?;
            return Ok(Progress::Done);
        };
        let sql = "UPDATE activity_rebuild SET after_id = $2, steps = $3 WHERE name = $1";
        let values = [name.into(), after.into(), (steps + 1).into()];
        execute(&txn, sql, values).await?;
        Ok(Progress::Steps(steps + 1))
    })
    .await
}

/// Where a rebuild goes on, locked: behind what, after how many steps. `None` where none is asked
/// for or another worker holds it.
async fn asked(txn: &Txn, name: &str) -> Result<Option<(Option<Uuid>, i64)>> {
    let lock = match txn.backend() {
        DbBackend::Postgres => " FOR UPDATE SKIP LOCKED",
        _ => "",
    };
    let sql = format!("SELECT after_id, steps FROM activity_rebuild WHERE name = $1{lock}");
    let row = txn
        .query_one_raw(statement(txn, &sql, [name.into()]))
        .await?;
    let read =
        |row: sea_orm::QueryResult| Ok((row.try_get("", "after_id")?, row.try_get("", "steps")?));
    row.map(read).transpose()
}
