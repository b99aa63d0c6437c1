//! Which comments stand in public numbers.

use futures_util::future::{BoxFuture, FutureExt};
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use uuid::Uuid;

use crate::{
    counters::{
        Counter, Deltas,
        marks::{Marked, delta, stands},
    },
    error::Result,
    platform::db::Txn,
};

/// Comments are counted while their author stands and staff does not hide them (R32, R33).
pub struct Comments;

/// How the mark of the comment `c` by `a` should be. SQL.
pub(super) fn is_counted() -> String {
    format!("(c.hidden_at IS NULL AND {})", stands("a"))
}

impl Marked for Comments {
    fn align<'a>(
        &'a self,
        txn: &'a Txn,
        person: Uuid,
        room: usize,
        deltas: &'a mut Deltas,
    ) -> BoxFuture<'a, Result<usize>> {
        async move {
            // Held in the order of their ids, as whoever deletes one holds those above it.
            let lock = match txn.backend() {
                DbBackend::Postgres => "FOR NO KEY UPDATE OF c",
                _ => "",
            };
            let is_counted = is_counted();
            let sql = format!(
                "WITH wrong AS MATERIALIZED (SELECT c.id, NOT c.is_counted AS is_counted \
                 FROM comment c JOIN person a ON a.id = c.author_id WHERE c.author_id = $1 \
                 AND c.deleted_at IS NULL AND c.is_counted <> {is_counted} \
                 ORDER BY c.id LIMIT {room} {lock}) \
                 UPDATE comment SET is_counted = wrong.is_counted FROM wrong \
                 WHERE comment.id = wrong.id \
                 RETURNING comment.is_counted AS is_counted, post_id, parent_id"
            );
            let statement = Statement::from_sql_and_values(txn.backend(), sql, [person.into()]);
            let turned = txn.query_all_raw(statement).await?;
            for row in &turned {
                let delta = delta(row.try_get("", "is_counted")?);
                deltas.add(row.try_get("", "post_id")?, Counter::Comments, delta);
                if let Some(parent) = row.try_get("", "parent_id")? {
                    deltas.add(parent, Counter::Replies, delta);
                }
            }
            Ok(turned.len())
        }
        .boxed()
    }
}
