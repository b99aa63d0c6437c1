//! Muting a conversation for oneself.

use sea_orm::{ActiveValue::Set, EntityTrait};

use super::{change, hold_own, place};
use crate::{
    accounts::Me,
    activity::{By, record},
    clock::Timestamp,
    error::{Error, Result},
    ids::ConversationId,
    messaging::{
        entity::conversation_member,
        events::{Muted, Unmuted},
    },
    platform::{
        Platform,
        db::{Lane, Txn},
    },
};

/// Mutes a conversation for the caller, for good or `until` a moment, or ends the mute. Without
/// effect where it is so already.
///
/// # Errors
/// NOT_FOUND; BAD_USER_INPUT for an end that does not lie in the future.
pub async fn set_muted(
    p: &Platform,
    me: &Me,
    id: ConversationId,
    (is_muted, until): (bool, Option<Timestamp>),
) -> Result<()> {
    let now = p.now();
    let until = until.filter(|_| is_muted);
    if until.is_some_and(|until| until <= now) {
        let say = "Give a moment in the future, or none to mute for good.";
        return Err(Error::bad_input("until", say));
    }
    p.db.write_txn(Lane::Request, |txn| async move {
        let own = hold_own(&txn, me, id, "conversationId").await?;
        if (own.is_muted, own.muted_until) == (is_muted, until) {
            return Ok(());
        }
        let changed = conversation_member::ActiveModel {
            is_muted: Set(is_muted),
            muted_until: Set(until),
            ..change(&own)
        };
        conversation_member::Entity::update(changed)
            .exec(&*txn)
            .await?;
        told(&txn, id, By::person(me.id(), now), (is_muted, until)).await
    })
    .await
}

async fn told(
    txn: &Txn,
    id: ConversationId,
    by: By,
    (is_muted, until): (bool, Option<Timestamp>),
) -> Result<()> {
    let place = place(txn, id).await?;
    match is_muted {
        true => record(txn, by, &Muted::at(place, until), []),
        false => record(txn, by, &Unmuted::at(place), []),
    }
}
