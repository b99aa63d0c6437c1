//! Leaving a group.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::{hold, members::take_out, rules, within};
use crate::{
    accounts::Me,
    error::Result,
    ids::ConversationId,
    messaging::{entity::conversation_member, events::End},
    platform::Platform,
};

/// Leaves a group. Whoever comes back reads from then on only.
///
/// # Errors
/// NOT_FOUND; FORBIDDEN in a direct conversation; CONFLICT for the owner while others are there.
pub async fn leave(p: &Platform, me: &Me, id: ConversationId) -> Result<()> {
    let now = p.now();
    within(p, id, |txn| async move {
        let held = hold(&txn, me, id, "conversationId").await?;
        rules::is_group(held.conversation.kind)?;
        let other = conversation_member::Entity::find()
            .filter(conversation_member::Column::ConversationId.eq(id))
            .filter(conversation_member::Column::PersonId.ne(me.id()))
            .one(&*txn)
            .await?;
        rules::may_leave(held.own.role, other.is_some())?;
        take_out(&txn, &held, &held.own, (End::Left, now)).await
    })
    .await
}
