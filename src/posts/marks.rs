//! Which posts, and which of their hashtags, stand in public numbers.

use std::collections::BTreeSet;

use futures_util::future::{BoxFuture, FutureExt};
use sea_orm::{
    ConnectionTrait, QueryResult, Statement, Value,
    sea_query::{LockType, Order, Query},
};
use uuid::Uuid;

use super::entity::post;
use crate::{
    counters::{
        Counter, Deltas,
        marks::{Marked, delta, stands},
    },
    error::Result,
    platform::db::{Txn, ids_value, is_one_of},
};

/// Posts are counted while their author stands and staff does not hide them; hashtags under PUBLIC
/// posts that are counted, while the account is public (R11, R32, R33).
///
/// It looks at how things are now: in whatever order and however often it is asked, every row ends
/// as it should be. What is published meanwhile agrees already: who publishes holds the author's
/// state.
pub struct Posts;

/// How the mark of the post `p` by `a` should be. SQL.
pub(super) fn is_counted() -> String {
    format!("(p.hidden_at IS NULL AND {})", stands("a"))
}

/// How the mark of a hashtag under the post `p` by `a` should be, once the post's own mark is as it
/// should be. SQL.
pub(super) const IS_TAG_COUNTED: &str = "(h.is_public AND p.is_counted AND NOT a.is_private)";

impl Marked for Posts {
    fn align<'a>(
        &'a self,
        txn: &'a Txn,
        person: Uuid,
        room: usize,
        deltas: &'a mut Deltas,
    ) -> BoxFuture<'a, Result<usize>> {
        async move {
            let own = posts(txn, person, room, deltas).await?;
            match room - own {
                0 => Ok(own),
                left => Ok(own + hashtags(txn, person, left, deltas).await?),
            }
        }
        .boxed()
    }
}

async fn posts(txn: &Txn, author: Uuid, room: usize, deltas: &mut Deltas) -> Result<usize> {
    let is_counted = is_counted();
    let wrong = format!(
        "SELECT p.id FROM post p JOIN person a ON a.id = p.author_id WHERE p.author_id = $1 \
         AND p.deleted_at IS NULL AND p.is_counted <> {is_counted} ORDER BY p.id LIMIT {room}"
    );
    let ids = lock(txn, wrong, author).await?;
    let turn = format!(
        "UPDATE post SET is_counted = NOT is_counted WHERE id {} AND deleted_at IS NULL \
         AND EXISTS (SELECT 1 FROM post p JOIN person a ON a.id = p.author_id \
         WHERE p.id = post.id AND p.is_counted <> {is_counted}) \
         RETURNING is_counted, quote_of_id, repost_of_id",
        among(txn)
    );
    for row in change(txn, turn, &ids).await? {
        let delta = delta(row.try_get("", "is_counted")?);
        deltas.add(author, Counter::Posts, delta);
        if let Some(quoted) = row.try_get("", "quote_of_id")? {
            deltas.add(quoted, Counter::Quotes, delta);
        }
        if let Some(original) = row.try_get("", "repost_of_id")? {
            deltas.add(original, Counter::Reposts, delta);
        }
    }
    Ok(ids.len())
}

async fn hashtags(txn: &Txn, author: Uuid, room: usize, deltas: &mut Deltas) -> Result<usize> {
    let wrong = format!(
        "SELECT p.id FROM post p JOIN person a ON a.id = p.author_id \
         JOIN post_hashtag h ON h.post_id = p.id WHERE p.author_id = $1 AND p.deleted_at IS NULL \
         AND h.is_counted <> {IS_TAG_COUNTED} ORDER BY p.id LIMIT {room}"
    );
    let ids = lock(txn, wrong, author).await?;
    let turn = format!(
        "UPDATE post_hashtag SET is_counted = NOT is_counted WHERE post_id {} AND EXISTS \
         (SELECT 1 FROM post_hashtag h JOIN post p ON p.id = h.post_id \
         JOIN person a ON a.id = p.author_id WHERE h.post_id = post_hashtag.post_id \
         AND h.hashtag_id = post_hashtag.hashtag_id AND h.is_counted <> {IS_TAG_COUNTED}) \
         RETURNING is_counted, hashtag_id",
        among(txn)
    );
    let turned = change(txn, turn, &ids).await?;
    for row in &turned {
        let delta = delta(row.try_get("", "is_counted")?);
        deltas.add(row.try_get("", "hashtag_id")?, Counter::Posts, delta);
    }
    Ok(Ord::min(room, turned.len().max(ids.len())))
}

/// The posts that `wrong` finds, locked: whoever edits, hides or deletes one holds it meanwhile.
async fn lock(txn: &Txn, wrong: String, author: Uuid) -> Result<Vec<Uuid>> {
    let statement = Statement::from_sql_and_values(txn.backend(), wrong, [author.into()]);
    let rows = txn.query_all_raw(statement).await?;
    let ids = rows.iter().map(|row| row.try_get("", "id"));
    let ids: BTreeSet<Uuid> = ids.collect::<Result<_, _>>()?;
    let ids = Vec::from_iter(ids);
    if !ids.is_empty() {
        let rows = Query::select()
            .column(post::Column::Id)
            .from(post::Entity)
            .and_where(is_one_of(txn.backend(), post::Column::Id, &ids))
            .order_by(post::Column::Id, Order::Asc)
            .lock(LockType::NoKeyUpdate)
            .take();
        txn.query_all(&rows).await?;
    }
    Ok(ids)
}

/// Is one of the ids in the statement's first parameter. SQL.
fn among(txn: &Txn) -> &'static str {
    match txn.backend() {
        sea_orm::DbBackend::Postgres => "= ANY($1)",
        _ => "IN (SELECT unhex(value) FROM json_each($1))",
    }
}

async fn change(txn: &Txn, sql: String, ids: &[Uuid]) -> Result<Vec<QueryResult>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Value = ids_value(txn.backend(), ids);
    let statement = Statement::from_sql_and_values(txn.backend(), sql, [ids]);
    Ok(txn.query_all_raw(statement).await?)
}
