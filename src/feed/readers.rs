//! What lies ready for one reader: gathered when they come, follow or unfollow, and anew.

use sea_orm::{QueryResult, Value};
use uuid::Uuid;

use super::sql::{EVERYTHING, NOTHING, change, lock, row, rows};
use crate::{
    accounts::queries::was_seen,
    clock::Timestamp,
    error::Result,
    platform::{
        config::FeedConfig,
        db::{Txn, ids_value, is_among},
    },
};

/// What a reader's entries are made of: the posts `p` of whom they follow, but for MENTIONED ones.
const FOLLOWED: &str = "post p JOIN following f ON f.followed_id = p.author_id \
                        WHERE f.person_id = $1 AND p.deleted_at IS NULL \
                        AND p.visibility <> 'MENTIONED'";

/// The entry `e` is of a post `p` that the reader does not find any more.
const IS_OVER: &str = "(p.deleted_at IS NOT NULL OR NOT EXISTS (SELECT 1 FROM following f \
                       WHERE f.person_id = e.reader_id AND f.followed_id = p.author_id))";

/// The follow `f` is read by its own, though its followed one has not too many followers.
const IS_NEW: &str = "(f.is_pulled AND NOT EXISTS (SELECT 1 FROM feed_author a \
                      WHERE a.author_id = f.followed_id))";

/// The ids in a column.
pub(super) fn ids(found: &[QueryResult], column: &str) -> Result<Vec<Uuid>> {
    let ids = found.iter().map(|row| row.try_get("", column));
    Ok(ids.collect::<Result<_, _>>()?)
}

/// Begins to keep something ready for those of `people` who were here since `since`, and says for
/// how many that is new. It is gathered in another transaction: what is published meanwhile finds
/// them in one of the two.
pub(super) async fn welcome(txn: &Txn, people: &[Uuid], since: Timestamp) -> Result<u64> {
    let sql = format!(
        "INSERT INTO feed_reader (person_id, floor_at) SELECT p.id, {NOTHING} FROM person p \
         WHERE {} AND p.deleted_at IS NULL AND {} ORDER BY p.id ON CONFLICT (person_id) DO NOTHING",
        is_among(txn.backend(), "p.id", 1),
        was_seen("p.id", "$2")
    );
    let people = ids_value(txn.backend(), people);
    change(txn, &sql, [people, since.0.into()]).await
}

/// Those of `readers` whose entries are to be gathered: they are new, follow somebody new or, among
/// `leavers`, may have entries by somebody whom they do not follow any more.
pub(super) async fn to_gather(txn: &Txn, readers: &[Uuid], leavers: &[Uuid]) -> Result<Vec<Uuid>> {
    let backend = txn.backend();
    let sql = format!(
        "SELECT r.person_id FROM feed_reader r WHERE {} AND (r.floor_at = {NOTHING} \
         OR EXISTS (SELECT 1 FROM following f WHERE f.person_id = r.person_id AND {IS_NEW}) \
         OR ({} AND EXISTS (SELECT 1 FROM feed_entry e JOIN post p ON p.id = e.post_id \
         WHERE e.reader_id = r.person_id AND {IS_OVER}))) ORDER BY r.person_id",
        is_among(backend, "r.person_id", 1),
        is_among(backend, "r.person_id", 2)
    );
    let values = [readers, leavers].map(|people| ids_value(backend, people));
    ids(&rows(txn, &sql, values).await?, "person_id")
}

/// Makes the entries of `reader` agree with whom they follow, in at most about `room` changes, and
/// says how many it took; `None` where there is more to do. Nothing lies ready for whoever has no
/// row. At every step what lies ready is complete above the floor.
pub(super) async fn gather(
    txn: &Txn,
    reader: Uuid,
    limits: FeedConfig,
    room: u64,
) -> Result<Option<u64>> {
    let find = format!(
        "SELECT floor_at FROM feed_reader WHERE person_id = $1{}",
        lock(txn)
    );
    let Some(found) = row(txn, &find, [reader.into()]).await? else {
        return Ok(Some(0));
    };
    let floor: i64 = found.try_get("", "floor_at")?;
    let goal = goal(txn, reader, limits).await?;
    if goal > floor {
        // First: what is taken away below it is found otherwise from here on.
        set_floor(txn, reader, goal).await?;
    }
    let dropped = drop_over(txn, reader, goal, room).await?;
    if dropped == room {
        return Ok(None);
    }
    let room = room - dropped;
    let new = new_follows(txn, reader).await?;
    let added = add(txn, reader, goal, room).await?;
    if added == room {
        return Ok(None);
    }
    take_in(txn, reader, &new).await?;
    if goal < floor {
        set_floor(txn, reader, goal).await?;
    }
    Ok(Some(dropped + added + new.len() as u64))
}

/// The floor above which as much stands as is to lie ready.
async fn goal(txn: &Txn, reader: Uuid, limits: FeedConfig) -> Result<i64> {
    let sql = format!(
        "SELECT p.created_at FROM {FOLLOWED} ORDER BY p.created_at DESC, p.id DESC \
         LIMIT 1 OFFSET {}",
        limits.feed_entries
    );
    Ok(match row(txn, &sql, [reader.into()]).await? {
        Some(next) => next.try_get("", "created_at")?,
        None => EVERYTHING,
    })
}

async fn set_floor(txn: &Txn, reader: Uuid, floor: i64) -> Result<()> {
    let sql = "UPDATE feed_reader SET floor_at = $2 WHERE person_id = $1";
    change(txn, sql, [reader.into(), floor.into()]).await?;
    Ok(())
}

/// Takes entries away that are below the floor or by somebody who is not followed any more.
async fn drop_over(txn: &Txn, reader: Uuid, floor: i64, room: u64) -> Result<u64> {
    let sql = format!(
        "DELETE FROM feed_entry WHERE reader_id = $1 AND (created_at, post_id) IN \
         (SELECT e.created_at, e.post_id FROM feed_entry e JOIN post p ON p.id = e.post_id \
         WHERE e.reader_id = $1 AND (e.created_at <= $2 OR {IS_OVER}) \
         ORDER BY e.created_at, e.post_id LIMIT {room}{})",
        match lock(txn) {
            "" => String::new(),
            lock => format!("{lock} OF e"),
        }
    );
    change(txn, &sql, [reader.into(), floor.into()]).await
}

/// Adds the entries above `floor` that are missing, the newest first.
async fn add(txn: &Txn, reader: Uuid, floor: i64, room: u64) -> Result<u64> {
    let sql = format!(
        "INSERT INTO feed_entry (reader_id, created_at, post_id) \
         SELECT person_id, created_at, id FROM \
         (SELECT f.person_id, p.created_at, p.id FROM {FOLLOWED} AND p.fan_out = 'PUSH' \
         AND p.created_at > $2 AND NOT EXISTS (SELECT 1 FROM feed_entry e \
         WHERE e.reader_id = $1 AND e.created_at = p.created_at AND e.post_id = p.id) \
         ORDER BY p.created_at DESC, p.id DESC LIMIT {room}) AS missing \
         WHERE TRUE ORDER BY created_at, id \
         ON CONFLICT (reader_id, created_at, post_id) DO NOTHING"
    );
    change(txn, &sql, [reader.into(), floor.into()]).await
}

/// Whom `reader` follows anew, the follows locked: whoever marks them waits until they are taken in.
async fn new_follows(txn: &Txn, reader: Uuid) -> Result<Vec<Uuid>> {
    let sql = format!(
        "SELECT f.followed_id FROM following f WHERE f.person_id = $1 AND {IS_NEW} \
         ORDER BY f.followed_id{}",
        lock(txn)
    );
    ids(&rows(txn, &sql, [reader.into()]).await?, "followed_id")
}

/// The posts of `followed` lie ready from here on, unless they have got too many followers.
async fn take_in(txn: &Txn, reader: Uuid, followed: &[Uuid]) -> Result<()> {
    if followed.is_empty() {
        return Ok(());
    }
    let sql = format!(
        "UPDATE following SET is_pulled = FALSE WHERE person_id = $1 AND {} \
         AND NOT EXISTS (SELECT 1 FROM feed_author a WHERE a.author_id = following.followed_id)",
        is_among(txn.backend(), "followed_id", 2)
    );
    let followed = ids_value(txn.backend(), followed);
    change(txn, &sql, [reader.into(), followed]).await?;
    Ok(())
}

/// Keeps nothing ready any more for somebody who was not here since `since`; as [`gather`].
pub(super) async fn dismiss(
    txn: &Txn,
    reader: Uuid,
    since: Timestamp,
    room: u64,
) -> Result<Option<u64>> {
    let find = "SELECT person_id FROM feed_reader WHERE person_id = $1";
    row(txn, &format!("{find}{}", lock(txn)), [reader.into()]).await?;
    if was_here(txn, reader, since).await? {
        return Ok(Some(0));
    }
    set_floor(txn, reader, NOTHING).await?;
    let sql = format!(
        "DELETE FROM feed_entry WHERE reader_id = $1 AND (created_at, post_id) IN \
         (SELECT created_at, post_id FROM feed_entry WHERE reader_id = $1 LIMIT {room})"
    );
    let dropped = change(txn, &sql, [reader.into()]).await?;
    if dropped == room {
        return Ok(None);
    }
    let gone = "DELETE FROM feed_reader WHERE person_id = $1";
    Ok(Some(dropped + change(txn, gone, [reader.into()]).await?))
}

/// Whether something is to lie ready for them.
pub(super) async fn was_here(txn: &Txn, person: Uuid, since: Timestamp) -> Result<bool> {
    let sql = format!(
        "SELECT 1 FROM person p WHERE p.id = $1 AND p.deleted_at IS NULL AND {}",
        was_seen("p.id", "$2")
    );
    let values: [Value; 2] = [person.into(), since.0.into()];
    Ok(row(txn, &sql, values).await?.is_some())
}
