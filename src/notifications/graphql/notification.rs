//! One notification in the schema.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Union};

use crate::{
    comments::{graphql::Comment, loaders::CommentsById},
    error::Result,
    graphql::{
        connection::{CountedConnection, Edge, Listed, counted_connection},
        context::Ask,
        errors::{Nullable, nullable},
        level::Level,
        scalars::DateTime,
    },
    ids::{CommentId, ConversationId, MessageId, NodeId, NodeKind, PostId},
    messaging::{
        graphql::{Conversation, Message},
        loaders::{ConversationsById, MessagesById},
        policy::Sight,
    },
    notifications::{
        Kind,
        entity::notification::{self, SubjectKind},
        lists::{ActorsOf, LATEST, NotificationsOf},
        policy::{MAX_TOLD, Shape},
        queries::Seen,
    },
    page::{Position, RawPageArgs},
    people::graphql::User,
    platform::db::list::Counts,
    posts::{graphql::Post, loaders::PostsById},
};

/// What others did of one kind to one thing, for its recipient alone.
#[derive(Clone)]
pub struct Notification(pub Arc<Seen>);

impl From<Arc<Seen>> for Notification {
    fn from(seen: Arc<Seen>) -> Self {
        Self(seen)
    }
}

impl Level for Notification {}

impl Listed for NotificationsOf {
    type Node = Notification;
}

impl Listed for ActorsOf {
    type Node = User;
}

/// What a notification is about.
#[derive(Union)]
pub enum NotificationSubject {
    Post(Post),
    Comment(Comment),
    Message(Message),
    Conversation(Conversation),
}

impl Notification {
    fn row(&self) -> &notification::Model {
        &self.0.notification
    }

    fn actors_list(&self) -> ActorsOf {
        let row = self.row();
        ActorsOf(Shape {
            kind: row.kind,
            subject: row.subject_kind,
        })
    }

    /// The notification with its place in the list.
    pub(super) fn edge(self) -> Edge<Self> {
        let position = Position {
            key: self.row().latest_at.0,
            id: self.row().id.0,
        };
        Edge::new(position, LATEST, self)
    }

    async fn find_subject(&self, ctx: &Context<'_>) -> Result<Option<NotificationSubject>> {
        let (loaders, id) = (ctx.loaders()?, self.row().subject_id);
        Ok(match self.row().subject_kind {
            SubjectKind::Person => None,
            SubjectKind::Post => {
                let post = loaders.one::<PostsById>(PostId(id)).await?;
                post.map(|post| Post(post).into())
            }
            SubjectKind::Comment => {
                let comment = loaders.one::<CommentsById>(CommentId(id)).await?;
                let comment = comment.filter(|seen| seen.standing.is_whole());
                comment.map(|comment| Comment(comment).into())
            }
            SubjectKind::Message => {
                let message = loaders.one::<MessagesById>(MessageId(id)).await?;
                let message = message.filter(|seen| seen.sight == Sight::Whole);
                message.map(|message| Message(message).into())
            }
            SubjectKind::Conversation => {
                let found = loaders.one::<ConversationsById>(ConversationId(id)).await?;
                found.map(|found| Conversation(found).into())
            }
        })
    }
}

/// What others did of one kind to one thing, for its recipient alone: one notification, however many
/// they are. It keeps its id while people come and go; once nobody is left, it is gone.
#[Object]
impl Notification {
    /// The global id, for `node` and as `upToNotificationId`.
    pub async fn id(&self) -> ID {
        let row = self.row();
        NodeId::within(NodeKind::Notification, row.recipient_id.0, row.id.0).into()
    }

    /// What they did.
    async fn kind(&self) -> Kind {
        self.row().kind
    }

    /// What they did it to: for COMMENTED, REPLIED, REACTED, REPOSTED and QUOTED something of the
    /// viewer; for MENTIONED where they are named; for MESSAGE_REQUESTED and ADDED_TO_CONVERSATION
    /// the conversation; for MODERATION the post or comment that staff hid. Null where it is about the
    /// viewer: staff hid a message or an upload of theirs, or suspended them.
    async fn subject(&self, ctx: &Context<'_>) -> Nullable<NotificationSubject> {
        nullable(async move { self.find_subject(ctx).await }).await
    }

    /// Who did it, the latest first, each once; those whom the viewer may not see, or mutes, are
    /// left out. 20 without `first`, at most 100.
    async fn actors(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, 1 to 100.")] first: Option<i64>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
    ) -> Nullable<CountedConnection<User>> {
        nullable(async move {
            let args = RawPageArgs {
                first,
                after,
                ..RawPageArgs::default()
            };
            counted_connection(ctx, self.actors_list(), self.row().subject_id, args).await
        })
        .await
    }

    /// How many they are, of those whom the viewer may see; 1,000 means at least that, or so many
    /// others that they were not counted.
    async fn actor_count(&self, ctx: &Context<'_>) -> Result<i32> {
        let key = (self.actors_list(), self.row().subject_id);
        let count = ctx.loaders()?.one::<Counts<ActorsOf>>(key).await?.flatten();
        Ok(i32::try_from(count.unwrap_or(MAX_TOLD)).unwrap_or(i32::MAX))
    }

    /// When it was done last. The list is in this order.
    async fn latest_at(&self) -> DateTime {
        DateTime(self.row().latest_at)
    }

    /// Whether the viewer has read it since it was done last.
    async fn is_read(&self) -> bool {
        self.0.is_read
    }
}
