//! Giving a group another title.

use sea_orm::{
    ActiveValue::{Set, Unchanged},
    EntityTrait,
};

use super::{hold_group, rules, within};
use crate::{
    accounts::Me,
    activity::{By, record},
    error::Result,
    ids::ConversationId,
    messaging::{entity::conversation, events::Renamed},
    platform::Platform,
};

/// Gives a group another title, or takes it away; `None` leaves it. The same title changes nothing.
///
/// # Errors
/// BAD_USER_INPUT; NOT_FOUND; FORBIDDEN in a direct conversation, before the caller has accepted
/// it, and for all but the owner and admins.
pub async fn rename(
    p: &Platform,
    me: &Me,
    id: ConversationId,
    title: Option<Option<&str>>,
) -> Result<()> {
    let title = &title.map(rules::title).transpose()?;
    let now = p.now();
    within(p, id, |txn| async move {
        let held = hold_group(&txn, me, id).await?;
        rules::may_manage(held.own.role)?;
        let Some(title) = title
            .as_ref()
            .filter(|title| held.conversation.title != **title)
        else {
            return Ok(());
        };
        let renamed = conversation::ActiveModel {
            id: Unchanged(id),
            title: Set(title.clone()),
            ..Default::default()
        };
        conversation::Entity::update(renamed).exec(&*txn).await?;
        let fact = Renamed::at(&held.conversation);
        record(&txn, By::person(me.id(), now), &fact, [])
    })
    .await
}
