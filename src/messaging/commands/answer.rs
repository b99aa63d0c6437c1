//! Answering a conversation that others put somebody into: accepting it, or silently declining.

use sea_orm::{ActiveValue::Set, EntityTrait};

use super::{change, hold, rules::may_decline, within};
use crate::{
    accounts::Me,
    activity::{By, record},
    clock::Timestamp,
    error::Result,
    ids::ConversationId,
    messaging::{
        entity::{
            conversation,
            conversation_member::{self, Standing},
        },
        events::{Accepted, Declined},
        queries,
    },
    platform::{Platform, db::Txn},
};

/// Accepts a conversation: from now on it is the caller's like any other. Accepting twice changes
/// nothing.
///
/// # Errors
/// NOT_FOUND, also for what the caller declined.
pub async fn accept(p: &Platform, me: &Me, id: ConversationId) -> Result<()> {
    let now = p.now();
    within(p, id, |txn| async move {
        let held = hold(&txn, me, id, "conversationId").await?;
        stand(&txn, &held.conversation, &held.own, now).await
    })
    .await
}

/// The two of a direct conversation have started it again: the caller accepts it by that, also
/// after having declined.
pub(super) async fn take_up(
    txn: &Txn,
    me: &Me,
    known: &conversation::Model,
    now: Timestamp,
) -> Result<()> {
    queries::lock(txn, known.id).await?;
    match queries::member(&**txn, known.id, me.id()).await? {
        Some(own) => stand(txn, known, &own, now).await,
        None => Ok(()),
    }
}

async fn stand(
    txn: &Txn,
    conversation: &conversation::Model,
    own: &conversation_member::Model,
    now: Timestamp,
) -> Result<()> {
    if own.standing == Standing::Active {
        return Ok(());
    }
    let accepted = conversation_member::ActiveModel {
        standing: Set(Standing::Active),
        ..change(own)
    };
    conversation_member::Entity::update(accepted)
        .exec(&**txn)
        .await?;
    let by = By::person(own.person_id, now);
    record(txn, by, &Accepted::at(conversation), [])
}

/// Declines a conversation that was not accepted yet: from now on it is not there for the caller.
/// To the others they are a member still.
///
/// # Errors
/// NOT_FOUND; FORBIDDEN for what is not, or not any more, a request.
pub async fn decline(p: &Platform, me: &Me, id: ConversationId) -> Result<()> {
    let now = p.now();
    within(p, id, |txn| async move {
        let held = hold(&txn, me, id, "conversationId").await?;
        may_decline(held.own.standing)?;
        let declined = conversation_member::ActiveModel {
            standing: Set(Standing::Declined),
            ..change(&held.own)
        };
        conversation_member::Entity::update(declined)
            .exec(&*txn)
            .await?;
        let fact = Declined::at(&held.conversation);
        record(&txn, By::person(me.id(), now), &fact, [])
    })
    .await
}
