//! Takes away what is left behind: uploads that never came, media that hang on nothing, and their
//! objects. Every step may be taken twice, by several workers at once.

use super::{
    Status, commands,
    entity::media,
    objects,
    policy::LOOSE,
    queries::{due, lock},
};
use crate::{
    activity::By,
    clock::Timestamp,
    error::Result,
    platform::{Platform, db::Lane, store::Store},
};

/// Most uploads in one sweep.
const BATCH: u64 = 100;

/// Sweeps once and says how many uploads were looked at.
///
/// # Errors
/// UNAVAILABLE where the store does not answer; the rest is swept the next time.
pub async fn sweep(p: &Platform, store: &Store) -> Result<usize> {
    let due = due(p.db.background(), p.now(), BATCH).await?;
    for row in &due {
        if row.deleted_at.is_some() {
            store.delete(&objects::all(row)).await?;
        } else if row.upload_until < p.now() && row.status != Status::Processing {
            store.delete(&[objects::raw(row)]).await?;
        }
        note(p, row).await?;
    }
    Ok(due.len())
}

/// Deletes what nobody wants any more, or says when to look at it again.
async fn note(p: &Platform, seen: &media::Model) -> Result<()> {
    let now = p.now();
    p.db.write_txn(Lane::Background, |txn| async move {
        let row = lock(&txn, seen.id).await?;
        // Something has happened since it was looked at; it is looked at again.
        if row != *seen {
            return Ok(());
        }
        if row.deleted_at.is_none() && is_over(&row, now) {
            return commands::discard(&txn, row, By::system(now)).await;
        }
        let next = match row.deleted_at {
            Some(_) => None,
            None => row.loose_since.map(|since| since.plus(LOOSE)),
        };
        commands::sweep_again(&txn, row.id, next).await
    })
    .await
}

/// Nothing carries it, and nothing will.
fn is_over(row: &media::Model, now: Timestamp) -> bool {
    row.loose_since
        .is_some_and(|since| since.plus(LOOSE) <= now)
}
