//! Deleting a message: a tombstone keeps its place.

use sea_orm::{
    ActiveValue::{Set, Unchanged},
    EntityTrait,
};

use super::{hold, rules, within};
use crate::{
    accounts::Me,
    activity::{By, record},
    error::{Error, Result},
    media::{ParentKind, commands::take_off},
    messaging::{
        entity::message,
        events::MessageDeleted,
        policy::Sight,
        queries::{self, MessageRef},
    },
    platform::Platform,
};

const PATH: &str = "messageId";

/// Deletes a message of the caller, for everybody: its text and what it replied to or shared are
/// erased, and what was attached hangs there no more. Deleting twice changes nothing. A block does not keep anybody from it (R22).
///
/// # Errors
/// NOT_FOUND; FORBIDDEN for a message of somebody else.
pub async fn delete(p: &Platform, me: &Me, at: MessageRef) -> Result<message::Model> {
    let now = p.now();
    within(p, at.conversation, |txn| async move {
        let held = hold(&txn, me, at.conversation, PATH).await?;
        let seen = queries::sighted(&txn, me.viewer(), at).await?;
        let seen = seen.ok_or_else(|| Error::not_found(PATH))?;
        let message = seen.message;
        if message.sender_id != me.id() && seen.sight != Sight::Whole {
            return Err(Error::not_found(PATH));
        }
        rules::may_change(me.id(), message.sender_id)?;
        if message.deleted_at.is_some() {
            return Ok(message);
        }
        let erased = message::ActiveModel {
            id: Unchanged(message.id),
            body: Set(String::new()),
            reply_to_id: Set(None),
            shared_post_id: Set(None),
            deleted_at: Set(Some(now)),
            ..Default::default()
        };
        let message = message::Entity::update(erased).exec(&*txn).await?;
        take_off(&txn, (ParentKind::Message, message.id.0), now).await?;
        let fact = MessageDeleted::at(&held.conversation, message.id.0);
        record(&txn, By::person(me.id(), now), &fact, [])?;
        Ok(message)
    })
    .await
}
