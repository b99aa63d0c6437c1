//! What scores are made from, and the scores themselves.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::{ConnectionTrait, EntityTrait, QueryFilter, Statement};
use uuid::Uuid;

use super::{
    entity::{Kind, trend_score},
    score::{COMMENT, QUOTE, REACTION, REPOST, of_hashtag, of_post},
};
use crate::{
    clock::Timestamp,
    error::Result,
    platform::db::{Txn, ids_value, is_among, is_one_of},
};

/// How many of each kind of act on a post are looked at, the oldest first: more make no difference.
const ACTS: u32 = 10_000;
/// How many of the latest posts under a hashtag are looked at.
const USES: u32 = 500;

/// A score for each of `ids` that is due one: of living PUBLIC posts that others took up, and of
/// hashtags in use. Ids of anything else have none.
pub(super) async fn due(txn: &Txn, ids: &[Uuid]) -> Result<BTreeMap<Uuid, (Kind, i64)>> {
    let mut due = BTreeMap::new();
    for (post, score) in posts(txn, ids).await? {
        due.insert(post, (Kind::Post, score));
    }
    for hashtag in hashtags(txn, ids).await? {
        if let Some(score) = of_hashtag(&uses(txn, hashtag).await?) {
            due.insert(hashtag, (Kind::Hashtag, score));
        }
    }
    Ok(due)
}

/// A statement whose one parameter is many ids.
fn by_ids(txn: &Txn, sql: &str, ids: &[Uuid]) -> Statement {
    let backend = txn.backend();
    Statement::from_sql_and_values(backend, sql, [ids_value(backend, ids)])
}

/// The scores that stand for `ids`.
pub(super) async fn standing(txn: &Txn, ids: &[Uuid]) -> Result<BTreeMap<Uuid, i64>> {
    let column = trend_score::Column::SubjectId;
    let rows = trend_score::Entity::find()
        .filter(is_one_of(txn.backend(), column, ids))
        .all(&**txn)
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.subject_id, row.score))
        .collect())
}

/// People other than the author, each once for each way of taking a post up.
async fn posts(txn: &Txn, ids: &[Uuid]) -> Result<Vec<(Uuid, i64)>> {
    let others = |rows: &str| {
        format!(
            "(SELECT COUNT(DISTINCT person_id) FROM ({rows} LIMIT {ACTS}) acts \
             WHERE person_id <> p.author_id)"
        )
    };
    let reactions =
        others("SELECT person_id FROM reaction WHERE subject_id = p.id ORDER BY created_at, id");
    let comments = others(
        "SELECT author_id AS person_id FROM comment WHERE post_id = p.id \
         AND deleted_at IS NULL AND hidden_at IS NULL ORDER BY id",
    );
    let reposts = others(
        "SELECT author_id AS person_id FROM post WHERE repost_of_id = p.id \
         AND deleted_at IS NULL ORDER BY id",
    );
    let quotes = others(
        "SELECT author_id AS person_id FROM post WHERE quote_of_id = p.id \
         AND deleted_at IS NULL ORDER BY created_at, id",
    );
    let among = is_among(txn.backend(), "p.id", 1);
    let sql = format!(
        "SELECT p.id, p.created_at, {REACTION} * {reactions} + {COMMENT} * {comments} \
         + {REPOST} * {reposts} + {QUOTE} * {quotes} AS points \
         FROM post p WHERE {among} AND p.visibility = 'PUBLIC' \
         AND p.deleted_at IS NULL AND p.repost_of_id IS NULL"
    );
    let mut scores = Vec::new();
    for row in txn.query_all_raw(by_ids(txn, &sql, ids)).await? {
        let created_at: Timestamp = row.try_get("", "created_at")?;
        if let Some(score) = of_post(row.try_get("", "points")?, created_at) {
            scores.push((row.try_get("", "id")?, score));
        }
    }
    Ok(scores)
}

/// Which of `ids` are hashtags.
async fn hashtags(txn: &Txn, ids: &[Uuid]) -> Result<Vec<Uuid>> {
    let among = is_among(txn.backend(), "id", 1);
    let sql = format!("SELECT id FROM hashtag WHERE {among}");
    let rows = txn.query_all_raw(by_ids(txn, &sql, ids)).await?;
    let id = |row: &sea_orm::QueryResult| Ok(row.try_get("", "id")?);
    rows.iter().map(id).collect()
}

/// When people with public accounts last used a hashtag in a PUBLIC post, one moment each.
async fn uses(txn: &Txn, hashtag: Uuid) -> Result<Vec<Timestamp>> {
    let sql = format!(
        "SELECT MAX(u.created_at) AS used_at FROM (SELECT post_id, created_at FROM post_hashtag \
         WHERE hashtag_id = $1 AND is_public ORDER BY created_at DESC, post_id DESC \
         LIMIT {USES}) u JOIN post p ON p.id = u.post_id JOIN person a ON a.id = p.author_id \
         WHERE NOT a.is_private GROUP BY p.author_id"
    );
    let statement = Statement::from_sql_and_values(txn.backend(), sql, [hashtag.into()]);
    let rows = txn.query_all_raw(statement).await?;
    let at = |row: &sea_orm::QueryResult| Ok(row.try_get("", "used_at")?);
    rows.iter().map(at).collect()
}

/// The hashtags under which `authors` have PUBLIC posts.
pub(super) async fn hashtags_by(txn: &Txn, authors: &[Uuid]) -> Result<BTreeSet<Uuid>> {
    let among = is_among(txn.backend(), "p.author_id", 1);
    let sql = format!(
        "SELECT DISTINCT h.hashtag_id FROM post p JOIN post_hashtag h ON h.post_id = p.id \
         WHERE {among} AND h.is_public AND p.deleted_at IS NULL"
    );
    let rows = txn.query_all_raw(by_ids(txn, &sql, authors)).await?;
    let id = |row: &sea_orm::QueryResult| Ok(row.try_get("", "hashtag_id")?);
    rows.iter().map(id).collect()
}
