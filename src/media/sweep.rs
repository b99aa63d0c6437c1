//! Takes away what is left behind: uploads that never came, media that hang on nothing, and their
//! objects. Every step may be taken twice, by several workers at once.

use std::time::Duration;

use super::{
    commands,
    entity::media,
    objects,
    policy::LOOSE,
    queries::{due, hangs, lock},
};
use crate::{
    activity::By,
    clock::Timestamp,
    error::Result,
    platform::{
        Platform,
        db::{Lane, Txn},
        store::Store,
    },
};

/// Most uploads in one sweep.
const BATCH: u64 = 100;

/// How long an upload rests whose objects the store refuses to remove.
const REFUSED: Duration = Duration::from_secs(60 * 60);

/// Sweeps what is due by now and says how many uploads were looked at.
///
/// # Errors
/// UNAVAILABLE where the store does not answer; the rest is swept the next time.
pub async fn sweep(p: &Platform, store: &Store) -> Result<usize> {
    let mut seen = 0;
    loop {
        let due = due(p.db.background(), p.now(), BATCH).await?;
        for row in &due {
            one(p, store, row).await?;
        }
        seen += due.len();
        if (due.len() as u64) < BATCH {
            return Ok(seen);
        }
    }
}

async fn one(p: &Platform, store: &Store, row: &media::Model) -> Result<()> {
    match store.delete(&objects::unwanted(row)).await {
        Err(error) if !error.is_unavailable() => {
            tracing::warn!(media.id = %row.id, %error, "Objects could not be removed.");
            let later = p.now().plus(REFUSED);
            change(p, row, |_| Some(later)).await
        }
        removed => {
            removed?;
            change(p, row, next).await
        }
    }
}

/// When an upload that has been swept is to be looked at next.
fn next(row: &media::Model) -> Option<Timestamp> {
    match row.deleted_at {
        Some(_) => None,
        None => row.loose_since.map(|since| since.plus(LOOSE)),
    }
}

/// Deletes what nobody wants any more, or says when to look at it again.
async fn change(
    p: &Platform,
    seen: &media::Model,
    next: impl Fn(&media::Model) -> Option<Timestamp> + Send + Sync,
) -> Result<()> {
    let (now, next) = (p.now(), &next);
    p.db.write_txn(Lane::Background, |txn| async move {
        let row = lock(&txn, seen.id).await?;
        // Something has happened since it was looked at; it is looked at again.
        if row != *seen {
            return Ok(());
        }
        if is_over(&txn, &row, now).await? {
            return commands::discard(&txn, row, By::system(now)).await;
        }
        // What still hangs on something is loosened again before it is due again.
        let next = next(&row).filter(|at| *at > now);
        commands::sweep_again(&txn, row.id, next).await
    })
    .await
}

/// Nothing carries it, and nothing will.
async fn is_over(txn: &Txn, row: &media::Model, now: Timestamp) -> Result<bool> {
    let is_loose = row
        .loose_since
        .is_some_and(|since| since.plus(LOOSE) <= now);
    Ok(is_loose && row.deleted_at.is_none() && !hangs(txn, row.id).await?)
}
