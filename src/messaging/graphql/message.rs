//! Messages, as one member reads them.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};

use super::conversation::Conversation;
use crate::{
    comments::graphql::TombstoneReason,
    error::Result,
    graphql::{
        connection::{CountedConnection, Edge, Listed},
        context::Ask,
        errors::{Nullable, nullable},
        level::{Column, Level, plain, text},
        scalars::DateTime,
    },
    ids::{NodeId, NodeKind},
    media::{
        ParentKind,
        graphql::{Media, media_of},
    },
    messaging::{
        entity::message,
        lists::{MessagesOf, SEQUENCE},
        loaders::{ConversationsById, MessagesById},
        policy::Sight,
        sight::SightedMessage,
        subject::MessageSubject,
    },
    page::{Position, RawPageArgs},
    people::{graphql::User, loaders::PeopleById},
    posts::graphql::PostReference,
    reactions::graphql::{Reaction, ReactionGroup, reaction_count, reaction_groups, reactions},
};

/// What somebody wrote into a conversation.
#[derive(Clone)]
pub struct Message(pub Arc<SightedMessage>);

impl From<Arc<SightedMessage>> for Message {
    fn from(row: Arc<SightedMessage>) -> Self {
        Self(row)
    }
}

impl Level for Message {
    fn column(field: &str) -> Option<Column<Self>> {
        Some(match field {
            "id" => Column::Ready(|message, _| plain(message.global_id())),
            "sequence" => Column::Ready(|message, ctx| plain(message.sequence(ctx))),
            "body" => Column::Ready(|message, ctx| text(message.body(ctx))),
            "tombstone" => Column::Ready(|message, ctx| plain(message.tombstone(ctx))),
            "createdAt" => Column::Ready(|message, ctx| plain(message.created_at(ctx))),
            "sender" => Column::Loaded(|messages| {
                messages.one::<PeopleById, User>(|message| Some(message.whole()?.sender_id))
            }),
            _ => return None,
        })
    }
}

impl Listed for MessagesOf {
    type Node = Message;
}

impl Message {
    fn global_id(&self) -> ID {
        let message = &self.0.message;
        NodeId::within(NodeKind::Message, message.conversation_id.0, message.id.0).into()
    }

    /// All of the message; `None` on a tombstone.
    fn whole(&self) -> Option<&message::Model> {
        (self.0.sight == Sight::Whole).then_some(&self.0.message)
    }

    /// The same, for its sender only.
    fn own(&self, ctx: &Context<'_>) -> Result<Option<&message::Model>> {
        let me = ctx.scope()?.me.map(|me| me.id());
        Ok(self.whole().filter(|whole| Some(whole.sender_id) == me))
    }

    /// The message with its place in its conversation.
    pub fn edge(self) -> Edge<Self> {
        let position = Position {
            key: self.0.message.sequence,
            id: self.0.message.id.0,
        };
        Edge::new(position, SEQUENCE, self)
    }
}

/// What somebody wrote into a conversation, or a tombstone in its place. Seen by members who joined
/// before it was sent.
#[Object]
impl Message {
    /// The global id, for `node` and as `messageId` in inputs.
    pub async fn id(&self) -> ID {
        self.global_id()
    }

    /// Where it was written.
    async fn conversation(&self, ctx: &Context<'_>) -> Nullable<Conversation> {
        nullable(async move {
            let id = self.0.message.conversation_id;
            let seen = ctx.loaders()?.one::<ConversationsById>(id).await?;
            Ok(seen.map(Conversation))
        })
        .await
    }

    /// Who wrote it; null on a tombstone, and where the viewer may not see them.
    async fn sender(&self, ctx: &Context<'_>) -> Nullable<User> {
        nullable(async move {
            let Some(message) = self.whole() else {
                return Ok(None);
            };
            let sender = ctx.loaders()?.one::<PeopleById>(message.sender_id).await?;
            Ok(sender.map(User::from))
        })
        .await
    }

    /// Its number in the conversation, from 1 on without gaps: the order for everybody.
    fn sequence(&self) -> i32 {
        i32::try_from(self.0.message.sequence).unwrap_or(i32::MAX)
    }

    /// What was written, as plain text of 1 to 4,000 characters; null on a tombstone, and where
    /// nothing is written beside a shared post or an attachment.
    fn body(&self) -> Option<&str> {
        let body = self.whole()?.body.as_str();
        (!body.is_empty()).then_some(body)
    }

    /// Null while it lives. Otherwise why only its place is left: BLOCKED_BY_VIEWER in a group
    /// where the viewer blocks its sender, otherwise UNAVAILABLE.
    fn tombstone(&self) -> Option<TombstoneReason> {
        match self.0.sight {
            Sight::Whole => None,
            Sight::Unavailable => Some(TombstoneReason::Unavailable),
            Sight::BlockedByViewer => Some(TombstoneReason::BlockedByViewer),
        }
    }

    /// The pictures and films attached, in order, at most 10; null on a tombstone. Some may still be
    /// PROCESSING.
    async fn media(&self, ctx: &Context<'_>) -> Nullable<Vec<Media>> {
        nullable(async move {
            match self.whole() {
                None => Ok(None),
                Some(message) => media_of(ctx, ParentKind::Message, message.id.0)
                    .await
                    .map(Some),
            }
        })
        .await
    }

    /// The post that it shares, as the viewer may see it, whatever its sender sees; null where it
    /// shares none, and on a tombstone.
    async fn shared_post(&self, ctx: &Context<'_>) -> Nullable<PostReference> {
        nullable(async move {
            let shared = self.whole().and_then(|message| message.shared_post_id);
            PostReference::of(ctx, shared).await
        })
        .await
    }

    /// What it answers, perhaps a tombstone; null where it answers nothing, where that was written
    /// before the viewer joined, and on a tombstone.
    async fn reply_to(&self, ctx: &Context<'_>) -> Nullable<Message> {
        nullable(async move {
            let Some(id) = self.whole().and_then(|message| message.reply_to_id) else {
                return Ok(None);
            };
            Ok(ctx.loaders()?.one::<MessagesById>(id).await?.map(Message))
        })
        .await
    }

    /// The key that it was sent with, for its sender only: lets a client drop its own copy. Null
    /// for everybody else, where it was sent without one, and on a tombstone.
    async fn idempotency_key(&self, ctx: &Context<'_>) -> Nullable<&str> {
        nullable(async move {
            let own = self.own(ctx)?;
            Ok(own.and_then(|own| own.idempotency_key.as_deref()))
        })
        .await
    }

    /// When it was sent.
    fn created_at(&self) -> DateTime {
        DateTime(self.0.message.created_at)
    }

    /// When staff hid it; null if they did not. Shown to its sender, and to staff who are members;
    /// for others it is a tombstone.
    async fn hidden_at(&self) -> Option<DateTime> {
        self.whole()?.hidden_at.map(DateTime)
    }

    /// When its text was last changed; null if never, and on a tombstone.
    async fn edited_at(&self) -> Option<DateTime> {
        self.whole()?.edited_at.map(DateTime)
    }

    /// How many reactions of every emoji it has. The same number for every member; null on a
    /// tombstone.
    pub async fn reaction_count(&self, ctx: &Context<'_>) -> Nullable<i32> {
        nullable(async move {
            match self.whole() {
                None => Ok(None),
                Some(message) => reaction_count(ctx, message.id.0).await,
            }
        })
        .await
    }

    /// The emojis used on it, the oldest first, at most 20; null on a tombstone.
    pub async fn reaction_groups(&self, ctx: &Context<'_>) -> Nullable<Vec<ReactionGroup>> {
        nullable(async move {
            match self.whole() {
                None => Ok(None),
                Some(message) => reaction_groups(ctx, message.id.0).await,
            }
        })
        .await
    }

    /// Who reacted with what, the latest first; null on a tombstone. 20 without `first` or `last`,
    /// at most 100.
    pub async fn reactions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, 1 to 100; not together with `last`.")]
        first: Option<i64>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100; not together with `first`.")]
        last: Option<i64>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Nullable<CountedConnection<Reaction>> {
        nullable(async move {
            let Some(message) = self.whole() else {
                return Ok(None);
            };
            let args = RawPageArgs {
                first,
                after,
                last,
                before,
            };
            reactions::<MessageSubject>(ctx, message.id.0, args).await
        })
        .await
    }

    /// Whether the viewer may change its text: its sender may, until it is deleted.
    async fn viewer_can_edit(&self, ctx: &Context<'_>) -> Nullable<bool> {
        nullable(async move { Ok(Some(self.own(ctx)?.is_some())) }).await
    }

    /// Whether the viewer may delete it: its sender may.
    async fn viewer_can_delete(&self, ctx: &Context<'_>) -> Nullable<bool> {
        nullable(async move { Ok(Some(self.own(ctx)?.is_some())) }).await
    }
}
