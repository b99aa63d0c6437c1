//! Brings posts to the followers of their authors.
//!
//! A post is on its way while it lives and is not fanned out, or is deleted and was. The first ends
//! with an entry for every reader who follows the author or, where posts are pulled, with the mark
//! to pull at every follow of the author; the second with no entry left. Posts with few followers
//! go together; one with many goes chunk by chunk, behind the follower whom it has reached.
//!
//! Entries are taken away before others are added, both ascending by key, as
//! [`gather`](super::readers) does: so neither waits for the other in a circle.

use std::collections::BTreeSet;

use sea_orm::{QueryResult, Value};
use uuid::Uuid;

use super::sql::{change, lock, row, rows};
use crate::{
    activity::Applied,
    error::Result,
    platform::db::{Txn, ids_value, is_among},
};

/// The post `p` is on its way.
const IS_MOVING: &str = "((p.deleted_at IS NULL) <> p.is_fanned_out OR EXISTS \
                         (SELECT 1 FROM feed_fan_out o WHERE o.post_id = p.id))";

/// The post `p` goes to the readers `r` among the followers `f` of its author.
const READERS: &str = "post p JOIN follower f ON f.person_id = p.author_id \
                       JOIN feed_reader r ON r.person_id = f.follower_id";

/// The post `p` is of those that get entries.
const IS_PUSHED: &str =
    "(p.deleted_at IS NULL AND p.fan_out = 'PUSH' AND p.visibility <> 'MENTIONED')";

/// A post on its way.
struct Moving {
    post: Uuid,
    author: Uuid,
    /// Its author's followers have to know that they pull.
    is_pulled: bool,
    /// How many readers it has to reach, as far as that was counted.
    readers: u64,
}

impl Moving {
    fn read(row: &QueryResult) -> Result<Self> {
        let readers: i64 = row.try_get("", "readers")?;
        Ok(Self {
            post: row.try_get("", "id")?,
            author: row.try_get("", "author_id")?,
            is_pulled: row.try_get("", "is_pulled")?,
            readers: readers.unsigned_abs(),
        })
    }
}

/// Brings those of `posts` on that are on their way, in at most about `room` changes.
pub(super) async fn spread(txn: &Txn, posts: &[Uuid], room: u64) -> Result<Applied> {
    let moving = moving(txn, posts, room).await?;
    let Some(first) = moving.first() else {
        return Ok(Applied::Done);
    };
    let mut left = room;
    let fits = |moving: &&Moving| {
        left = left.saturating_sub(moving.readers + 1);
        left > 0
    };
    let together: Vec<&Moving> = moving.iter().take_while(fits).collect();
    if together.is_empty() {
        pass_on(txn, first, room).await?;
        return Ok(Applied::More);
    }
    let pulled = together.iter().filter(|moving| moving.is_pulled);
    for author in BTreeSet::from_iter(pulled.map(|moving| moving.author)) {
        if !mark(txn, author, room).await? {
            return Ok(Applied::More);
        }
    }
    let ids: Vec<Uuid> = together.iter().map(|moving| moving.post).collect();
    arrive(txn, &ids).await?;
    Ok(match together.len() == moving.len() {
        true => Applied::Done,
        false => Applied::More,
    })
}

/// Those of `posts` that are on their way, and how far that is: not much more than `room` is
/// counted.
async fn moving(txn: &Txn, posts: &[Uuid], room: u64) -> Result<Vec<Moving>> {
    let sql = format!(
        "SELECT p.id, p.author_id, (p.fan_out = 'PULL' AND p.deleted_at IS NULL \
         AND p.visibility <> 'MENTIONED') AS is_pulled, \
         CASE WHEN p.fan_out = 'PUSH' AND p.visibility <> 'MENTIONED' THEN \
         (SELECT COUNT(*) FROM (SELECT 1 FROM follower f JOIN feed_reader r \
         ON r.person_id = f.follower_id WHERE f.person_id = p.author_id LIMIT {room}) AS counted) \
         ELSE 0 END AS readers \
         FROM post p WHERE {} AND {IS_MOVING} ORDER BY p.id",
        is_among(txn.backend(), "p.id", 1)
    );
    let found = rows(txn, &sql, [ids_value(txn.backend(), posts)]).await?;
    found.iter().map(Moving::read).collect()
}

/// Ends the way of `posts`: all followers in one step.
async fn arrive(txn: &Txn, posts: &[Uuid]) -> Result<()> {
    let among = is_among(txn.backend(), "p.id", 1);
    let posts = || [ids_value(txn.backend(), posts)];
    let hold = format!(
        "SELECT p.id FROM post p WHERE {among} ORDER BY p.id{}",
        lock(txn)
    );
    rows(txn, &hold, posts()).await?;
    change(txn, &remove(txn, &among), posts()).await?;
    change(txn, &insert(&among), posts()).await?;
    end(txn, posts()).await
}

/// Takes the entries of the deleted among the posts `p` away.
fn remove(txn: &Txn, among: &str) -> String {
    let lock = match lock(txn) {
        "" => String::new(),
        lock => format!("{lock} OF e"),
    };
    format!(
        "DELETE FROM feed_entry WHERE (reader_id, created_at, post_id) IN \
         (SELECT e.reader_id, e.created_at, e.post_id FROM {READERS} JOIN feed_entry e \
         ON e.reader_id = r.person_id AND e.created_at = p.created_at AND e.post_id = p.id \
         WHERE {among} AND p.deleted_at IS NOT NULL \
         ORDER BY e.reader_id, e.created_at, e.post_id{lock})"
    )
}

/// Adds entries for those among the posts `p` that get some.
fn insert(among: &str) -> String {
    format!(
        "INSERT INTO feed_entry (reader_id, created_at, post_id) \
         SELECT r.person_id, p.created_at, p.id FROM {READERS} WHERE {among} AND {IS_PUSHED} \
         ORDER BY r.person_id, p.created_at, p.id \
         ON CONFLICT (reader_id, created_at, post_id) DO NOTHING"
    )
}

async fn end(txn: &Txn, posts: [Value; 1]) -> Result<()> {
    let among = |column| is_among(txn.backend(), column, 1);
    let turn = format!(
        "UPDATE post SET is_fanned_out = (deleted_at IS NULL) WHERE {}",
        among("id")
    );
    change(txn, &turn, posts.clone()).await?;
    let forget = format!("DELETE FROM feed_fan_out WHERE {}", among("post_id"));
    change(txn, &forget, posts).await?;
    Ok(())
}

/// Brings one post to the next `room` followers.
async fn pass_on(txn: &Txn, moving: &Moving, room: u64) -> Result<()> {
    let one = || ids_value(txn.backend(), &[moving.post]);
    let hold = format!(
        "SELECT p.deleted_at IS NOT NULL AND NOT p.is_fanned_out AS turns, \
         (SELECT o.reached_id FROM feed_fan_out o WHERE o.post_id = p.id) AS reached_id \
         FROM post p WHERE p.id = $1{}",
        lock(txn)
    );
    let Some(state) = row(txn, &hold, [moving.post.into()]).await? else {
        return Ok(());
    };
    let reached: Option<Uuid> = state.try_get("", "reached_id")?;
    if state.try_get("", "turns")? {
        // Deleted on its way: some have it, and it goes back to all.
        let turn = "UPDATE post SET is_fanned_out = TRUE WHERE id = $1";
        change(txn, turn, [moving.post.into()]).await?;
        let forget = "DELETE FROM feed_fan_out WHERE post_id = $1";
        change(txn, forget, [moving.post.into()]).await?;
        return Ok(());
    }
    let from = reached.unwrap_or(Uuid::nil());
    let last = last_of(txn, moving.author, from, room).await?;
    let among = format!(
        "{} AND f.follower_id > $2 AND f.follower_id <= $3",
        is_among(txn.backend(), "p.id", 1)
    );
    let values = || [one(), from.into(), last.unwrap_or(Uuid::max()).into()];
    change(txn, &remove(txn, &among), values()).await?;
    change(txn, &insert(&among), values()).await?;
    let Some(last) = last else {
        return end(txn, [one()]).await;
    };
    let note = "INSERT INTO feed_fan_out (post_id, reached_id) VALUES ($1, $2) \
                ON CONFLICT (post_id) DO UPDATE SET reached_id = excluded.reached_id";
    change(txn, note, [moving.post.into(), last.into()]).await?;
    Ok(())
}

/// The `room`th follower of `author` behind `from`; `None` where there are not so many.
async fn last_of(txn: &Txn, author: Uuid, from: Uuid, room: u64) -> Result<Option<Uuid>> {
    let sql = format!(
        "SELECT follower_id FROM follower WHERE person_id = $1 AND follower_id > $2 \
         ORDER BY follower_id LIMIT 1 OFFSET {}",
        room.saturating_sub(1)
    );
    let last = row(txn, &sql, [author.into(), from.into()]).await?;
    Ok(last
        .map(|last| last.try_get("", "follower_id"))
        .transpose()?)
}

/// Marks the next `room` follows of `author` to pull; `true` where all are marked. That there are
/// marks is written before the first: who follows from then on stays marked.
async fn mark(txn: &Txn, author: Uuid, room: u64) -> Result<bool> {
    let begin = "INSERT INTO feed_author (author_id, reached_id) VALUES ($1, $2) \
                 ON CONFLICT (author_id) DO NOTHING";
    change(txn, begin, [author.into(), Uuid::nil().into()]).await?;
    let find = format!(
        "SELECT reached_id, is_marked FROM feed_author WHERE author_id = $1{}",
        lock(txn)
    );
    let Some(found) = row(txn, &find, [author.into()]).await? else {
        return Ok(false);
    };
    if found.try_get("", "is_marked")? {
        return Ok(true);
    }
    let from: Uuid = found.try_get("", "reached_id")?;
    let last = last_of(txn, author, from, room).await?;
    let to = last.unwrap_or(Uuid::max());
    let marked = "UPDATE following SET is_pulled = TRUE WHERE followed_id = $1 AND NOT is_pulled \
                  AND person_id IN (SELECT follower_id FROM follower WHERE person_id = $1 \
                  AND follower_id > $2 AND follower_id <= $3)";
    change(txn, marked, [author.into(), from.into(), to.into()]).await?;
    let note = "UPDATE feed_author SET reached_id = $2, is_marked = $3 WHERE author_id = $1";
    let note_values = [author.into(), to.into(), last.is_none().into()];
    change(txn, note, note_values).await?;
    Ok(last.is_none())
}
