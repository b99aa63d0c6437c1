//! Completing an upload.

use super::outcome::{accept, fail};
use crate::{
    accounts::Me,
    activity::By,
    error::Result,
    ids::MediaId,
    media::{
        FailureReason, Parents, Status,
        entity::media,
        objects,
        picture::{Failure, Format, Limits, look},
        policy::QUOTA,
        queries::{find_own, kept_bytes},
    },
    platform::{
        Platform,
        db::Lane,
        store::{self, Store},
    },
};

/// How much of an upload is looked at before it is taken: as much as tells its type, and of most
/// pictures their size.
const HEAD: usize = 64 * 1024;

/// Says that an upload is there. It is looked at before anything can carry it: whether it is as it
/// was announced, by its first bytes too. What is not FAILED is made ready next. Completing again
/// changes nothing.
///
/// # Errors
/// NOT_FOUND, FORBIDDEN; UNAVAILABLE where the store does not answer, then nothing has changed.
pub async fn complete(
    p: &Platform,
    me: &Me,
    id: MediaId,
    parents: Parents,
) -> Result<media::Model> {
    let reader = p.db.fresh_reader(me.viewer());
    let found = find_own(reader.connection(), me, id, parents, false).await?;
    if found.status != Status::Pending {
        return Ok(found);
    }
    let verdict = judge(p.store()?, &found).await?;
    let now = p.now();
    p.db.write_txn(Lane::Request, |txn| async move {
        let row = find_own(&*txn, me, id, parents, true).await?;
        // Somebody completed it meanwhile.
        if row.status != Status::Pending {
            return Ok(row);
        }
        let by = By::person(me.id(), now);
        let is_room = kept_bytes(&*txn, me.id(), now).await? <= QUOTA;
        match verdict {
            Some(reason) => fail(&txn, row, reason, by).await,
            None if !is_room => fail(&txn, row, FailureReason::QuotaExceeded, by).await,
            None => accept(&txn, row, by).await,
        }
    })
    .await
}

/// What is wrong with what arrived, as far as its first bytes tell.
async fn judge(store: &Store, media: &media::Model) -> Result<Option<FailureReason>> {
    let key = objects::raw(media);
    let Some(object) = store.head(&key).await? else {
        return Ok(Some(FailureReason::Missing));
    };
    if i64::try_from(object.byte_size) != Ok(media.byte_size) {
        return Ok(Some(FailureReason::WrongSize));
    }
    let head = match store.first_bytes(&key, HEAD).await {
        // Somebody has completed it meanwhile, and it is made ready already.
        Err(store::Error::Missing) => return Ok(Some(FailureReason::Missing)),
        head => head?,
    };
    if Format::sniff(&head) != Some(media.format) {
        return Ok(Some(FailureReason::WrongType));
    }
    // What follows is read when it is made ready.
    match look(&head, media.format, Limits::default()) {
        Err(Failure::TooLarge) => Ok(Some(FailureReason::TooLarge)),
        _ => Ok(None),
    }
}
