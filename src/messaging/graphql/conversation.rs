//! Conversations, as one of their members reads them.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object};
use uuid::Uuid;

use super::{member::ConversationMember, message::Message};
use crate::{
    graphql::{
        connection::{
            Connection, CountedConnection, Edge, Listed, connection, connections,
            counted_connection, page_args,
        },
        context::Ask,
        errors::{Nullable, nullable},
        level::{Column, Level, plain, text},
        scalars::DateTime,
    },
    ids::{NodeId, NodeKind},
    messaging::{
        entity::{
            conversation::Kind,
            conversation_member::{Role, Standing},
        },
        lists::{ConversationsOf, MembersOf, MessagesOf, UPDATED},
        loaders::LastMessages,
        sight::SightedConversation,
        unread::UnreadIn,
    },
    page::{DEFAULT_SIZE, Position, RawPageArgs},
};

/// People who write to each other.
#[derive(Clone)]
pub struct Conversation(pub Arc<SightedConversation>);

impl From<Arc<SightedConversation>> for Conversation {
    fn from(row: Arc<SightedConversation>) -> Self {
        Self(row)
    }
}

impl Level for Conversation {
    fn column(field: &str) -> Option<Column<Self>> {
        Some(match field {
            "id" => Column::Ready(|one, _| plain(one.global_id())),
            "kind" => Column::Ready(|one, ctx| plain(one.kind(ctx))),
            "title" => Column::Ready(|one, ctx| text(one.title(ctx))),
            "status" => Column::Ready(|one, ctx| plain(one.status(ctx))),
            "viewerRole" => Column::Ready(|one, ctx| plain(one.viewer_role(ctx))),
            "isMuted" => Column::Ready(|one, ctx| plain(one.is_muted(ctx))),
            "updatedAt" => Column::Ready(|one, ctx| plain(one.updated_at(ctx))),
            "lastMessage" => Column::Loaded(|all| {
                all.one::<LastMessages, Message>(|one| Some(one.0.conversation.id))
            }),
            "unreadCount" => Column::Loaded(|all| {
                let show =
                    |unread: Option<&i64>| plain(i32::try_from(unread.copied().unwrap_or(0)).ok());
                all.read::<UnreadIn>(|one| Some(one.0.conversation.id), show)
            }),
            "members" => Column::Loaded(|all| {
                let asked = page_args(&all).map(|args| (MembersOf, args));
                connections::<_, _, CountedConnection<ConversationMember>>(all, asked, uuid)
            }),
            "messages" => Column::Loaded(|all| {
                let asked = page_args(&all).map(|args| (MessagesOf, newest(args)));
                connections::<_, _, Connection<Message>>(all, asked, uuid)
            }),
            _ => return None,
        })
    }
}

fn uuid(conversation: &Conversation) -> Option<Uuid> {
    Some(conversation.0.conversation.id.0)
}

/// Without a size: the newest.
fn newest(args: RawPageArgs) -> RawPageArgs {
    let newest = args.first.is_none().then_some(DEFAULT_SIZE.into());
    RawPageArgs {
        last: args.last.or(newest),
        ..args
    }
}

impl Listed for ConversationsOf {
    type Node = Conversation;
}

/// How a conversation stands to the viewer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Enum)]
pub enum ConversationStatus {
    /// Theirs: they began it, accepted it, or let in who began it. Who wrote first always sees
    /// this, also after a silent decline.
    #[default]
    Active,
    /// Others put them into it, and they have not accepted it yet. They may read it; nobody is told
    /// that they did.
    Request,
}

impl From<ConversationStatus> for Standing {
    fn from(status: ConversationStatus) -> Self {
        match status {
            ConversationStatus::Active => Self::Active,
            ConversationStatus::Request => Self::Request,
        }
    }
}

impl Conversation {
    fn global_id(&self) -> ID {
        NodeId::new(NodeKind::Conversation, self.0.conversation.id.0).into()
    }

    /// The conversation with its place in lists of the latest news.
    pub fn edge(self) -> Edge<Self> {
        let conversation = &self.0.conversation;
        let position = Position {
            key: self.0.updated_at().0,
            id: conversation.id.0,
        };
        Edge::new(position, UPDATED, self)
    }
}

/// People who write to each other. Its current members see it, nobody else: also not staff, and
/// not those who left or declined.
#[Object]
impl Conversation {
    /// The global id, for `node` and as `conversationId` in inputs.
    pub async fn id(&self) -> ID {
        self.global_id()
    }

    /// Between two people, or among many. It never changes.
    fn kind(&self) -> Kind {
        self.0.conversation.kind
    }

    /// What its owner or an admin called it, 1 to 100 characters; null without a title, and always
    /// between two people.
    fn title(&self) -> Option<&str> {
        self.0.conversation.title.as_deref()
    }

    /// How it stands to the viewer.
    fn status(&self) -> ConversationStatus {
        match self.0.standing {
            Standing::Active => ConversationStatus::Active,
            Standing::Request | Standing::Declined => ConversationStatus::Request,
        }
    }

    /// Who is in it, the first to join first: those who have not accepted it too. 20 without
    /// `first` or `last`, at most 100.
    async fn members(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, 1 to 100; not together with `last`.")]
        first: Option<i64>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100; not together with `first`.")]
        last: Option<i64>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Nullable<CountedConnection<ConversationMember>> {
        nullable(async move {
            let args = RawPageArgs {
                first,
                after,
                last,
                before,
            };
            counted_connection(ctx, MembersOf, self.0.conversation.id.0, args).await
        })
        .await
    }

    /// What was written since the viewer joined, oldest first, tombstones included. The newest 20
    /// without `first` or `last`, at most 100.
    async fn messages(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, 1 to 100; not together with `last`.")]
        first: Option<i64>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100; not together with `first`.")]
        last: Option<i64>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Nullable<Connection<Message>> {
        nullable(async move {
            let args = RawPageArgs {
                first,
                after,
                last,
                before,
            };
            connection(ctx, MessagesOf, self.0.conversation.id.0, newest(args)).await
        })
        .await
    }

    /// The newest message, a tombstone too; null where nothing was written since the viewer
    /// joined.
    async fn last_message(&self, ctx: &Context<'_>) -> Nullable<Message> {
        nullable(async move {
            let id = self.0.conversation.id;
            Ok(ctx.loaders()?.one::<LastMessages>(id).await?.map(Message))
        })
        .await
    }

    /// How many messages of others the viewer has not read: those after their read marker that are
    /// no tombstones to them. 1,000 means at least that.
    async fn unread_count(&self, ctx: &Context<'_>) -> Nullable<i32> {
        nullable(async move {
            let id = self.0.conversation.id;
            let unread = ctx.loaders()?.one::<UnreadIn>(id).await?.unwrap_or(0);
            Ok(i32::try_from(unread).ok())
        })
        .await
    }

    /// What the viewer may do in it.
    fn viewer_role(&self) -> Option<Role> {
        Some(self.0.role)
    }

    /// Whether the viewer has muted it, and the mute is not over. Nobody else is told.
    fn is_muted(&self) -> Option<bool> {
        Some(self.0.is_muted)
    }

    /// When the last message was sent, or the conversation begun where there is none; not before
    /// the viewer joined.
    fn updated_at(&self) -> DateTime {
        DateTime(self.0.updated_at())
    }
}
