//! What the signed-in person is told of.

use async_graphql::{Context, Object};

use super::notification::Notification;
use crate::{
    accounts::Me,
    graphql::{
        connection::{Connection, connection},
        context::Ask,
        errors::{Nullable, nullable},
    },
    notifications::{lists::NotificationsOf, loaders::UnreadOf},
    page::RawPageArgs,
};

/// The viewer with regard to notifications.
pub struct ViewersNotifications(pub Me);

/// The viewer with regard to notifications.
#[Object]
impl ViewersNotifications {
    /// What others did to the viewer, what was done last first. One that grows moves to the top and
    /// is unread again. What the viewer may not see any more is not listed, nor what only people did
    /// whom they may not see, or mute. 20 without `first` or `last`, at most 100.
    async fn notifications(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, 1 to 100; not together with `last`.")]
        first: Option<i64>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100; not together with `first`.")]
        last: Option<i64>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Nullable<Connection<Notification>> {
        nullable(async move {
            let args = RawPageArgs {
                first,
                after,
                last,
                before,
            };
            connection(ctx, NotificationsOf, self.0.id().0, args).await
        })
        .await
    }

    /// How many notifications of the list the viewer has not read. 1,000 means at least that.
    async fn unread_notification_count(&self, ctx: &Context<'_>) -> Nullable<i32> {
        nullable(async move {
            let unread = ctx.loaders()?.one::<UnreadOf>(self.0.id()).await?;
            Ok(unread.and_then(|unread| i32::try_from(unread).ok()))
        })
        .await
    }
}
