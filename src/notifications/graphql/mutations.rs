//! Reading notifications.

use async_graphql::{Context, ID, InputObject, Object};

use crate::{
    accounts::graphql::Viewer,
    error::{Error, Result},
    graphql::{
        context::Ask,
        errors::{Nullable, nullable, payload},
        node::input_id,
    },
    ids::{NodeKind, NotificationId},
    notifications::commands,
};

/// How far the viewer has read.
#[derive(InputObject)]
pub struct MarkNotificationsReadInput {
    /// The notification read last in the list: it and everything older are read.
    up_to_notification_id: ID,
}

payload! {
    /// What `markNotificationsRead` answers.
    MarkNotificationsReadPayload {
        /// The viewer, with what is left to read.
        viewer: Viewer,
    }
}

#[derive(Default)]
pub struct NotificationsMutation;

#[Object]
impl NotificationsMutation {
    /// Marks a notification and everything older as read, on every device. What was read stays
    /// read; what grows later is unread again. Needs a session.
    async fn mark_notifications_read(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How far the viewer has read.")] input: MarkNotificationsReadInput,
    ) -> Nullable<MarkNotificationsReadPayload> {
        nullable(async move {
            let me = ctx.me()?;
            let done = match own(&input.up_to_notification_id, me.id().0) {
                Ok(id) => commands::mark_read(ctx.platform()?, me, id).await,
                Err(error) => Err(error),
            };
            ctx.answer(done, |()| MarkNotificationsReadPayload {
                viewer: Some(Viewer(*me)),
                ..Default::default()
            })
        })
        .await
    }
}

/// The notification that an id names, if it lives with the one who gives it.
fn own(id: &ID, me: uuid::Uuid) -> Result<NotificationId> {
    const PATH: &str = "upToNotificationId";
    let node = input_id(id, PATH, NodeKind::Notification)?;
    match node.home == Some(me) {
        true => Ok(NotificationId(node.id)),
        false => Err(Error::not_found(PATH)),
    }
}
