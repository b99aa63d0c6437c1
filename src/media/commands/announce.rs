//! Announcing an upload.

use sea_orm::{
    ActiveModelTrait,
    ActiveValue::Set,
    ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect, TryInsertResult,
    sea_query::{LockType, OnConflict},
};

use crate::{
    accounts::{self, Me},
    activity::{By, record},
    clock::Timestamp,
    error::{Error, Result},
    idempotency::Key,
    ids::{self, MediaId},
    media::{
        Purpose, Status,
        entity::media,
        events::Announced,
        policy::{Announcement, LOOSE, UPLOAD, fits_quota},
        queries::kept_bytes,
    },
    platform::{
        Platform,
        db::{Lane, Txn},
        limiter::{LocalLimit, Payer},
    },
};

const MUTATION: &str = "createUpload";

/// What somebody wants to upload, as they say it.
pub struct NewUpload<'a> {
    pub purpose: Purpose,
    pub content_type: &'a str,
    pub byte_size: i64,
    pub alt_text: Option<&'a str>,
    pub idempotency_key: Option<&'a str>,
}

impl NewUpload<'_> {
    /// # Errors
    /// BAD_USER_INPUT.
    fn check(&self) -> Result<(Announcement, Option<Key>)> {
        let (purpose, size) = (self.purpose, self.byte_size);
        let told = Announcement::check(purpose, self.content_type, size, self.alt_text)?;
        let (purpose, format) = (format!("{purpose:?}"), format!("{:?}", told.format));
        let (size, alt) = (size.to_string(), told.alt_text.as_deref());
        let request = [purpose.as_str(), &format, &size, alt.unwrap_or_default()];
        let key = Key::check(self.idempotency_key, &request)?;
        Ok((told, key))
    }
}

/// Announces an upload. With a key that was used before: the upload that it announced, whose
/// address is good for a while again if it is still awaited.
///
/// # Errors
/// BAD_USER_INPUT, IDEMPOTENCY_MISMATCH, NOT_FOUND (made by this key and deleted since), CONFLICT
/// (no room), UNAVAILABLE (no store is configured), RATE_LIMITED.
pub async fn announce(p: &Platform, me: &Me, new: NewUpload<'_>) -> Result<media::Model> {
    let (told, key) = new.check()?;
    let store = p.store()?;
    p.throttle_here(LocalLimit::Upload, Payer::Member(me.id()), 1)?;
    let _flight = match &key {
        Some(key) => Some(p.db.gate(key.gate(me.id(), MUTATION)).await?),
        None => None,
    };
    let now = p.now();
    let may_be_public = store.has_public_url() && told.purpose != Purpose::Message;
    let name = || ids::outside().simple().to_string();
    let row = media::Model {
        id: MediaId(p.new_id(now)),
        uploader_id: me.id(),
        purpose: told.purpose,
        status: Status::Pending,
        failure_reason: None,
        raw_name: name(),
        private_name: name(),
        public_name: may_be_public.then(name),
        format: told.format,
        byte_size: told.byte_size,
        width: None,
        height: None,
        duration_ms: None,
        has_variants: false,
        blurhash: None,
        alt_text: told.alt_text,
        attempts: 0,
        created_at: now,
        upload_until: now.plus(UPLOAD),
        loose_since: Some(now),
        deleted_at: None,
        sweep_at: Some(now.plus(LOOSE)),
        idempotency_key: key.as_ref().map(|key| key.key.clone()),
        request_hash: key.as_ref().map(|key| key.request_hash.clone()),
        hidden_at: None,
    };
    let key = key.as_ref();
    p.db.write_txn(Lane::Request, |txn| {
        let row = row.clone();
        async move { write(&txn, me, row, key).await }
    })
    .await
}

async fn write(txn: &Txn, me: &Me, row: media::Model, key: Option<&Key>) -> Result<media::Model> {
    // What they keep is counted by one announcement at a time.
    accounts::commands::hold(txn, me).await?;
    if let Some(first) = first_made(txn, &row, key).await? {
        return awaited_again(txn, first, row.created_at).await;
    }
    let kept = kept_bytes(&**txn, me.id(), row.created_at).await?;
    fits_quota(kept, row.byte_size)?;
    let made = media::Entity::insert(row.clone().into_active_model().reset_all())
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .try_insert()
        .exec_without_returning(&**txn)
        .await?;
    if !matches!(made, TryInsertResult::Inserted(n) if n > 0) {
        return Err(Error::internal(
            "an upload met another one under its uploader's lock",
        ));
    }
    let fact = Announced::of(&row, row.purpose, row.format, row.byte_size);
    record(txn, By::person(me.id(), row.created_at), &fact, [])?;
    Ok(row)
}

/// The upload that the key of `row` announced before, locked.
///
/// # Errors
/// IDEMPOTENCY_MISMATCH, NOT_FOUND.
async fn first_made(
    txn: &Txn,
    row: &media::Model,
    key: Option<&Key>,
) -> Result<Option<media::Model>> {
    let Some(key) = key else { return Ok(None) };
    let first = media::Entity::find()
        .filter(media::Column::UploaderId.eq(row.uploader_id))
        .filter(media::Column::IdempotencyKey.eq(key.key.as_str()))
        .lock(LockType::NoKeyUpdate)
        .one(&**txn)
        .await?;
    if let Some(first) = &first {
        key.repeat(first.request_hash.as_deref(), first.deleted_at.is_some())?;
    }
    Ok(first)
}

async fn awaited_again(txn: &Txn, first: media::Model, now: Timestamp) -> Result<media::Model> {
    if first.status != Status::Pending {
        return Ok(first);
    }
    let later = media::ActiveModel {
        id: Set(first.id),
        upload_until: Set(now.plus(UPLOAD)),
        loose_since: Set(Some(now)),
        sweep_at: Set(Some(now.plus(LOOSE))),
        ..Default::default()
    };
    Ok(media::Entity::update(later).exec(&**txn).await?)
}
