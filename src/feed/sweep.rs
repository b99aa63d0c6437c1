//! Keeps what lies ready as much as it should be: nobody's feed grows for ever, and nothing is kept
//! for those who stay away.

use uuid::Uuid;

use super::{
    consumers::Pace,
    readers::{dismiss, gather, was_here},
    sql::{row, rows},
};
use crate::{
    error::Result,
    platform::{
        Platform,
        db::{Lane, Txn},
    },
};

/// How many readers are looked at in one step.
const LOOK: u64 = 50;

/// Looks after the next readers behind `after`; `None` begins. Says behind whom to go on; `None`
/// is the end.
pub async fn step(p: &Platform, after: Option<Uuid>) -> Result<Option<Uuid>> {
    let pace = &Pace::of(p);
    p.db.write_txn(Lane::Background, |txn| async move {
        tend_next(&txn, pace, after).await
    })
    .await
}

async fn tend_next(txn: &Txn, pace: &Pace, after: Option<Uuid>) -> Result<Option<Uuid>> {
    let sql = format!(
        "SELECT person_id FROM feed_reader WHERE person_id > $1 ORDER BY person_id LIMIT {LOOK}"
    );
    let mut last = after.unwrap_or(Uuid::nil());
    let found = rows(txn, &sql, [last.into()]).await?;
    for reader in &found {
        let reader: Uuid = reader.try_get("", "person_id")?;
        let (room, since) = (pace.room(txn), pace.since());
        let done = if !was_here(txn, reader, since).await? {
            dismiss(txn, reader, since, room).await?
        } else if is_overfull(txn, pace, reader).await? {
            gather(txn, reader, pace.limits, room).await?
        } else {
            last = reader;
            continue;
        };
        // One at a time, so that nobody waits for many.
        return Ok(Some(if done.is_some() { reader } else { last }));
    }
    Ok((!found.is_empty()).then_some(last))
}

/// A quarter more than should lies ready, or is to be pulled beside it.
async fn is_overfull(txn: &Txn, pace: &Pace, reader: Uuid) -> Result<bool> {
    let most = pace
        .limits
        .feed_entries
        .saturating_add(pace.limits.feed_entries / 4);
    let ready = "feed_entry e WHERE e.reader_id = $1";
    let pulled = "feed_reader r JOIN following f ON f.person_id = r.person_id \
                  JOIN post p ON p.author_id = f.followed_id WHERE r.person_id = $1 \
                  AND f.is_pulled AND p.deleted_at IS NULL AND p.created_at > r.floor_at";
    for found in [ready, pulled] {
        let sql = format!("SELECT 1 FROM {found} LIMIT 1 OFFSET {most}");
        if row(txn, &sql, [reader.into()]).await?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}
