//! Describing a picture for those who do not see it.

use sea_orm::{ActiveValue::Set, EntityTrait};

use crate::{
    accounts::Me,
    activity::{By, record},
    error::Result,
    ids::MediaId,
    media::{Parents, entity::media, events::AltTextChanged, policy::alt_text, queries::find_own},
    platform::{Platform, db::Lane},
};

/// Gives an upload of the caller another description; the outer `None` leaves it as it is, the inner
/// one takes it away.
///
/// # Errors
/// BAD_USER_INPUT, NOT_FOUND, FORBIDDEN.
pub async fn describe(
    p: &Platform,
    me: &Me,
    id: MediaId,
    text: Option<Option<&str>>,
    parents: Parents,
) -> Result<media::Model> {
    let text = &text.map(alt_text).transpose()?;
    let now = p.now();
    p.db.write_txn(Lane::Request, |txn| async move {
        let row = find_own(&*txn, me, id, parents, true).await?;
        let Some(text) = text.as_ref().filter(|text| **text != row.alt_text) else {
            return Ok(row);
        };
        let change = media::ActiveModel {
            id: Set(id),
            alt_text: Set(text.clone()),
            ..Default::default()
        };
        let row = media::Entity::update(change).exec(&*txn).await?;
        let length = text.as_ref().map_or(0, |text| text.chars().count());
        let fact = AltTextChanged::of(&row, u32::try_from(length).unwrap_or(u32::MAX));
        record(&txn, By::person(me.id(), now), &fact, [])?;
        Ok(row)
    })
    .await
}
