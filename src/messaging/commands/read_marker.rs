//! How far somebody has read.

use sea_orm::{ActiveValue::Set, EntityTrait};

use super::{change, hold_own, place};
use crate::{
    accounts::Me,
    activity::{By, record},
    error::{Error, Result},
    ids::ConversationId,
    messaging::{
        entity::conversation_member,
        events::Read,
        queries::{self, MessageRef},
    },
    platform::{Platform, db::Lane},
};

const PATH: &str = "upToMessageId";

/// Moves the caller's read marker to a message; never back (R30). A tombstone is read like any
/// other message.
///
/// # Errors
/// NOT_FOUND (of the conversation; or of the message: in another conversation, or before the
/// caller's window).
pub async fn mark_read(p: &Platform, me: &Me, id: ConversationId, up_to: MessageRef) -> Result<()> {
    let now = p.now();
    p.db.write_txn(Lane::Request, |txn| async move {
        let own = hold_own(&txn, me, id, "conversationId").await?;
        let seen = queries::sighted(&txn, me.viewer(), up_to).await?;
        let seen = seen.filter(|_| up_to.conversation == id);
        let sequence = seen.ok_or_else(|| Error::not_found(PATH))?.message.sequence;
        if sequence <= own.read_up_to {
            return Ok(());
        }
        let moved = conversation_member::ActiveModel {
            read_up_to: Set(sequence),
            ..change(&own)
        };
        conversation_member::Entity::update(moved)
            .exec(&*txn)
            .await?;
        let fact = Read::at(place(&txn, id).await?, sequence);
        record(&txn, By::person(me.id(), now), &fact, [])
    })
    .await
}
