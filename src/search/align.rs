//! Makes the rows of search agree with the posts, people and hashtags that they are derived from.

use std::collections::BTreeSet;

use sea_orm::{
    ConnectionTrait, DbBackend, FromQueryResult, Statement,
    sea_query::{Alias, Query},
};
use serde_json::json;
use uuid::Uuid;

use super::tokens;
use crate::{
    activity::Applied,
    error::Result,
    people,
    platform::db::{Txn, is_one_of},
    posts::{self, Visibility},
};

/// The kind of the rows of people.
pub const USER: &str = "USER";
/// The kind of the rows of hashtags.
pub const HASHTAG: &str = "HASHTAG";

/// The kind of the rows of posts of this level; UNLISTED posts have none (R12).
pub fn kind(level: Visibility) -> Option<&'static str> {
    match level {
        Visibility::Public => Some("PUBLIC"),
        Visibility::Followers => Some("FOLLOWERS"),
        Visibility::Mentioned => Some("MENTIONED"),
        Visibility::Unlisted => None,
    }
}

/// A row of either table.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, FromQueryResult)]
struct Row {
    subject_id: Uuid,
    kind: String,
    term: String,
    place: i64,
}

/// Makes the rows of the things with these ids agree, whatever they are: people, posts, hashtags or
/// gone. Writes and deletes at most `room` rows.
pub async fn align(txn: &Txn, ids: &[Uuid], mut room: usize) -> Result<Applied> {
    // People are locked before posts.
    let names = names(txn, ids).await?;
    mend(txn, "search_prefix", ids, &names, &mut room).await?;
    if room > 0 {
        let words = words(txn, ids).await?;
        mend(txn, "search_word", ids, &words, &mut room).await?;
    }
    Ok(match room {
        0 => Applied::More,
        _ => Applied::Done,
    })
}

/// What `search_prefix` should hold of these ids.
async fn names(txn: &Txn, ids: &[Uuid]) -> Result<BTreeSet<Row>> {
    let mut named = Vec::new();
    for person in people::index::lock_names(txn, ids).await? {
        let both = format!("{} {}", person.handle, person.display_name);
        let words = tokens::of_name(&both, tokens::MOST_WORDS);
        named.push((person.id.0, USER, words));
    }
    for hashtag in posts::index::hashtags(txn, ids).await? {
        let words = vec![tokens::of_hashtag(&hashtag.name)];
        named.push((hashtag.id.0, HASHTAG, words));
    }
    let rows = named.into_iter().flat_map(|(subject_id, kind, words)| {
        let row = move |(term, place)| Row {
            subject_id,
            kind: kind.to_owned(),
            term,
            place,
        };
        tokens::beginnings(&words).into_iter().map(row)
    });
    Ok(rows.collect())
}

/// What `search_word` should hold of these ids.
async fn words(txn: &Txn, ids: &[Uuid]) -> Result<BTreeSet<Row>> {
    let mut rows = BTreeSet::new();
    for post in posts::index::lock_texts(txn, ids).await? {
        let Some(kind) = kind(post.visibility) else {
            continue;
        };
        let row = |term| Row {
            subject_id: post.id.0,
            kind: kind.to_owned(),
            term,
            place: post.created_at.0,
        };
        rows.extend(tokens::of_text(&post.body).into_iter().map(row));
    }
    Ok(rows)
}

/// Makes what `table` holds of these ids be `wanted`, as far as there is `room`.
async fn mend(
    txn: &Txn,
    table: &'static str,
    ids: &[Uuid],
    wanted: &BTreeSet<Row>,
    room: &mut usize,
) -> Result<()> {
    let columns = ["subject_id", "kind", "term", "place"].map(Alias::new);
    let rows = Query::select()
        .columns(columns)
        .from(Alias::new(table))
        .and_where(is_one_of(txn.backend(), Alias::new("subject_id"), ids))
        .take();
    let rows = txn.query_all(&rows).await?;
    let found = rows.iter().map(|row| Row::from_query_result(row, ""));
    let found = found.collect::<Result<BTreeSet<_>, _>>()?;
    let rows = rows_of(txn.backend());
    let delete = format!("DELETE FROM {table} WHERE (kind, term, place, subject_id) IN ({rows})");
    change(txn, delete, found.difference(wanted), room).await?;
    let insert = format!(
        "INSERT INTO {table} (kind, term, place, subject_id) {rows} WHERE TRUE \
         ON CONFLICT DO NOTHING"
    );
    change(txn, insert, wanted.difference(&found), room).await
}

/// The rows that travel as JSON in the one parameter of a statement.
fn rows_of(backend: DbBackend) -> &'static str {
    match backend {
        DbBackend::Postgres => {
            "SELECT e.v->>0, e.v->>1, (e.v->>2)::bigint, (e.v->>3)::uuid \
             FROM json_array_elements($1::json) AS e(v)"
        }
        _ => "SELECT value->>0, value->>1, value->>2, unhex(value->>3) FROM json_each($1)",
    }
}

async fn change<'a>(
    txn: &Txn,
    sql: String,
    rows: impl Iterator<Item = &'a Row>,
    room: &mut usize,
) -> Result<()> {
    let row = |row: &Row| json!([row.kind, row.term, row.place, row.subject_id.simple()]);
    let rows: Vec<_> = rows.take(*room).map(row).collect();
    if rows.is_empty() {
        return Ok(());
    }
    *room -= rows.len();
    let json = serde_json::Value::from(rows).to_string();
    let statement = Statement::from_sql_and_values(txn.backend(), sql, [json.into()]);
    txn.execute_raw(statement).await?;
    Ok(())
}
