//! What becomes of an upload: accepted, ready, or failed. Each step is taken once, from the state
//! before it, whoever takes it.

use sea_orm::{ActiveValue::Set, EntityTrait};

use crate::{
    activity::{By, record},
    clock::Timestamp,
    error::Result,
    ids::MediaId,
    media::{
        FailureReason, Status,
        entity::media,
        events::{Failed, Ready, Uploaded},
        policy::AFTERMATH,
        queries::lock,
    },
    platform::{
        Platform,
        db::{Lane, Txn},
    },
};

/// How often somebody begins to make an upload ready before it is given up: whatever has ended the
/// process so often may well be in it.
const MAX_ATTEMPTS: i64 = 5;

/// The sweeper comes once nobody can write the upload any more.
fn after(row: &media::Model) -> Timestamp {
    row.upload_until.plus(AFTERMATH)
}

/// Takes an upload that is locked and as announced.
pub(super) async fn accept(txn: &Txn, row: media::Model, by: By) -> Result<media::Model> {
    let change = media::ActiveModel {
        id: Set(row.id),
        status: Set(Status::Processing),
        loose_since: Set(row.loose_since.map(|_| by.at)),
        ..Default::default()
    };
    let row = media::Entity::update(change).exec(&**txn).await?;
    let fact = Uploaded::of(&row, row.purpose, row.format, row.byte_size);
    record(txn, by, &fact, [])?;
    Ok(row)
}

/// Gives up an upload that is locked.
pub(super) async fn fail(
    txn: &Txn,
    row: media::Model,
    reason: FailureReason,
    by: By,
) -> Result<media::Model> {
    let change = media::ActiveModel {
        id: Set(row.id),
        status: Set(Status::Failed),
        failure_reason: Set(Some(reason)),
        sweep_at: Set(Some(after(&row))),
        ..Default::default()
    };
    let row = media::Entity::update(change).exec(&**txn).await?;
    record(txn, by, &Failed::of(&row, reason), [])?;
    Ok(row)
}

/// Whether an upload is still to be made ready.
fn is_awaited(row: &media::Model) -> bool {
    row.status == Status::Processing && row.deleted_at.is_none()
}

/// Notes that somebody begins to make an upload ready. `false` where it is not to be any more, or
/// has ended those who began too often: then it has failed.
pub async fn begin(p: &Platform, id: MediaId) -> Result<bool> {
    let now = p.now();
    p.db.write_txn(Lane::Background, |txn| async move {
        let row = lock(&txn, id).await?;
        if !is_awaited(&row) {
            return Ok(false);
        }
        if row.attempts >= MAX_ATTEMPTS {
            fail(&txn, row, FailureReason::Unreadable, By::system(now)).await?;
            return Ok(false);
        }
        let change = media::ActiveModel {
            id: Set(id),
            attempts: Set(row.attempts + 1),
            ..Default::default()
        };
        media::Entity::update(change).exec(&*txn).await?;
        Ok(true)
    })
    .await
}

/// Takes back that somebody has begun: it was the store that did not work, not the upload.
pub async fn rest(p: &Platform, id: MediaId) -> Result<()> {
    p.db.write_txn(Lane::Background, |txn| async move {
        let row = lock(&txn, id).await?;
        let change = media::ActiveModel {
            id: Set(id),
            attempts: Set((row.attempts - 1).max(0)),
            ..Default::default()
        };
        media::Entity::update(change).exec(&*txn).await?;
        Ok(())
    })
    .await
}

/// What was made of an upload.
#[derive(Clone, Debug)]
pub struct Made {
    pub byte_size: i64,
    pub width: u32,
    pub height: u32,
    pub duration_ms: Option<i64>,
    pub has_variants: bool,
    pub blurhash: Option<String>,
}

/// Has what was made of an upload served, or gives it up. `false` where it is not served then:
/// nothing of it is wanted.
pub async fn finish(p: &Platform, id: MediaId, made: Result<Made, FailureReason>) -> Result<bool> {
    let now = p.now();
    let made = &made;
    p.db.write_txn(Lane::Background, |txn| async move {
        let row = lock(&txn, id).await?;
        if !is_awaited(&row) {
            return Ok(row.status == Status::Ready && row.deleted_at.is_none());
        }
        let by = By::system(now);
        match made {
            Err(reason) => fail(&txn, row, *reason, by).await?,
            Ok(made) => ready(&txn, row, made, by).await?,
        };
        Ok(made.is_ok())
    })
    .await
}

async fn ready(txn: &Txn, row: media::Model, made: &Made, by: By) -> Result<media::Model> {
    let change = media::ActiveModel {
        id: Set(row.id),
        status: Set(Status::Ready),
        byte_size: Set(made.byte_size),
        width: Set(Some(made.width.into())),
        height: Set(Some(made.height.into())),
        duration_ms: Set(made.duration_ms),
        has_variants: Set(made.has_variants),
        blurhash: Set(made.blurhash.clone()),
        sweep_at: Set(Some(after(&row))),
        ..Default::default()
    };
    let row = media::Entity::update(change).exec(&**txn).await?;
    let fact = Ready::of(&row, row.byte_size, row.width, row.height, row.duration_ms);
    record(txn, by, &fact, [])?;
    Ok(row)
}

/// Says when the sweeper looks at an upload next, which is locked; `None`: never.
pub async fn sweep_again(txn: &Txn, id: MediaId, next: Option<Timestamp>) -> Result<()> {
    let change = media::ActiveModel {
        id: Set(id),
        sweep_at: Set(next),
        ..Default::default()
    };
    media::Entity::update(change).exec(&**txn).await?;
    Ok(())
}
