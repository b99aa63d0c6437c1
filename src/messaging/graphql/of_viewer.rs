//! What the signed-in person is in, and has not read.

use async_graphql::{Context, Object};

use super::conversation::{Conversation, ConversationStatus};
use crate::{
    accounts::Me,
    graphql::{
        connection::{Connection, connection},
        context::Ask,
        errors::{Nullable, nullable},
    },
    messaging::{lists::ConversationsOf, unread::UnreadOf},
    page::RawPageArgs,
};

/// The viewer with regard to conversations.
pub struct ViewersConversations(pub Me);

/// The viewer with regard to conversations.
#[Object]
impl ViewersConversations {
    /// What the viewer is in, the latest news first. 20 without `first` or `last`, at most 100.
    async fn conversations(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "How they stand to the viewer.",
            default_with = "Some(ConversationStatus::Active)"
        )]
        status: Option<ConversationStatus>,
        #[graphql(desc = "How many from the start, 1 to 100; not together with `last`.")]
        first: Option<i64>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100; not together with `first`.")]
        last: Option<i64>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Nullable<Connection<Conversation>> {
        nullable(async move {
            let args = RawPageArgs {
                first,
                after,
                last,
                before,
            };
            let list = ConversationsOf(status.unwrap_or_default().into());
            connection(ctx, list, self.0.id().0, args).await
        })
        .await
    }

    /// How many messages of others the viewer has not read, over their active conversations;
    /// requests do not count. 1,000 means at least that.
    async fn unread_message_count(&self, ctx: &Context<'_>) -> Nullable<i32> {
        nullable(async move {
            let unread = ctx.loaders()?.one::<UnreadOf>(self.0.id()).await?;
            Ok(unread.and_then(|unread| i32::try_from(unread).ok()))
        })
        .await
    }
}
