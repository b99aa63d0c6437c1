//! Changing a message.

use sea_orm::{
    ActiveValue::{Set, Unchanged},
    EntityTrait,
};

use super::{Held, hold, rules, send::lock_other, within};
use crate::{
    accounts::Me,
    activity::{By, record},
    error::{Error, Result},
    messaging::{
        entity::message,
        events::MessageEdited,
        policy::cannot_write,
        queries::{self, MessageRef},
    },
    platform::{Platform, db::Txn},
    posts::events::many,
};

const PATH: &str = "messageId";

/// Replaces the text of a message of the caller. The same text changes nothing; nothing becomes
/// unread by it (R30).
///
/// # Errors
/// BAD_USER_INPUT; NOT_FOUND, for a tombstone too; FORBIDDEN for a message of somebody else, and
/// across a block.
pub async fn edit(p: &Platform, me: &Me, at: MessageRef, body: &str) -> Result<message::Model> {
    let body = &rules::body(Some(body), false)?;
    let now = p.now();
    within(p, at.conversation, |txn| async move {
        lock_other(&txn, me, at.conversation).await?;
        let held = hold(&txn, me, at.conversation, PATH).await?;
        let message = own(&txn, me, at).await?;
        if message.body == *body {
            return Ok(message);
        }
        reaches(&txn, me, &held).await?;
        let changed = message::ActiveModel {
            id: Unchanged(message.id),
            body: Set(body.clone()),
            edited_at: Set(Some(now)),
            ..Default::default()
        };
        let message = message::Entity::update(changed).exec(&*txn).await?;
        let length = many(message.body.chars().count());
        let fact = MessageEdited::at(&held.conversation, message.id.0, length);
        record(&txn, By::person(me.id(), now), &fact, [])?;
        Ok(message)
    })
    .await
}

/// Nobody writes across a block, not by an edit either (R20, R28).
async fn reaches(txn: &Txn, me: &Me, held: &Held) -> Result<()> {
    match queries::is_severed(txn, &held.conversation, me.id()).await? {
        true => Err(cannot_write(PATH)),
        false => Ok(()),
    }
}

/// The living message of the caller, in a conversation that is held.
async fn own(txn: &Txn, me: &Me, at: MessageRef) -> Result<message::Model> {
    let seen = queries::whole(txn, me.viewer(), at).await?;
    let message = seen.ok_or_else(|| Error::not_found(PATH))?;
    rules::may_change(me.id(), message.sender_id)?;
    Ok(message)
}
