//! Which reactions stand in public numbers.

use futures_util::future::{BoxFuture, FutureExt};
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use uuid::Uuid;

use super::in_group;
use crate::{
    counters::{
        Counter, Deltas,
        marks::{Marked, delta, stands},
    },
    error::Result,
    platform::db::Txn,
};

/// Reactions are counted while their person stands (R33).
pub struct Reactions;

impl Marked for Reactions {
    fn align<'a>(
        &'a self,
        txn: &'a Txn,
        person: Uuid,
        room: usize,
        deltas: &'a mut Deltas,
    ) -> BoxFuture<'a, Result<usize>> {
        async move {
            let lock = match txn.backend() {
                DbBackend::Postgres => "FOR NO KEY UPDATE OF r",
                _ => "",
            };
            let stands = stands("a");
            let sql = format!(
                "WITH wrong AS MATERIALIZED (SELECT r.id, NOT r.is_counted AS is_counted \
                 FROM reaction r JOIN person a ON a.id = r.person_id \
                 WHERE r.person_id = $1 AND r.is_counted <> {stands} \
                 ORDER BY r.id LIMIT {room} {lock}) \
                 UPDATE reaction SET is_counted = wrong.is_counted FROM wrong \
                 WHERE reaction.id = wrong.id \
                 RETURNING reaction.is_counted AS is_counted, subject_id, emoji"
            );
            let statement = Statement::from_sql_and_values(txn.backend(), sql, [person.into()]);
            let turned = txn.query_all_raw(statement).await?;
            for row in &turned {
                let delta = delta(row.try_get("", "is_counted")?);
                let subject = row.try_get("", "subject_id")?;
                let emoji: String = row.try_get("", "emoji")?;
                deltas.add(subject, Counter::Reactions, delta);
                deltas.add_count(in_group(subject, &emoji, delta));
            }
            Ok(turned.len())
        }
        .boxed()
    }
}

/// The statement that puts right every mark that is wrong.
pub fn wrong() -> String {
    let stands = stands("a");
    format!(
        "UPDATE reaction SET is_counted = NOT is_counted WHERE EXISTS (SELECT 1 FROM person a \
         WHERE a.id = reaction.person_id AND reaction.is_counted <> {stands})"
    )
}
