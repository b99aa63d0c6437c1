//! The types of comments.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object, ServerResult};
use futures_util::future::BoxFuture;
use uuid::Uuid;

use crate::{
    comments::{
        loaders::{CommentsById, MentionsOf},
        policy::{MAX_DEPTH, Standing},
        queries::{CREATED, CommentsOfPost, Order, RepliesOf},
        standing::Sighted,
        subject::CommentSubject,
    },
    counters::{Counter, CountsOf},
    error::Result,
    graphql::{
        connection::{CountedConnection, Edge, Listed, connections, counted_connection, page_args},
        context::Ask,
        errors::{Nullable, nullable},
        level::{Answers, Column, Level, Selected, plain, text},
        scalars::DateTime,
    },
    ids::{NodeId, NodeKind},
    page::{Position, RawPageArgs},
    people::{graphql::User, loaders::PeopleById},
    posts::{
        graphql::Post,
        loaders::{PostsById, TermsOf},
        policy::{Terms, Ties},
    },
    reactions::graphql::{Reaction, ReactionGroup, reaction_count, reaction_groups, reactions},
};

/// What somebody wrote under a post.
#[derive(Clone)]
pub struct Comment(pub Arc<Sighted>);

impl From<Arc<Sighted>> for Comment {
    fn from(row: Arc<Sighted>) -> Self {
        Self(row)
    }
}

impl Listed for CommentsOfPost {
    type Node = Comment;
}

impl Listed for RepliesOf {
    type Node = Comment;
}

/// Why something shows as a placeholder only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum TombstoneReason {
    /// Deleted, hidden by staff, not for the viewer, or by somebody who blocks them: not to be told
    /// apart.
    Unavailable,
    /// By somebody whom the viewer blocks.
    BlockedByViewer,
    /// Hidden by the author of the post.
    HiddenByAuthor,
}

impl TombstoneReason {
    fn of(standing: Standing) -> Option<Self> {
        match standing {
            Standing::Alive => None,
            Standing::Unavailable => Some(Self::Unavailable),
            Standing::BlockedByViewer => Some(Self::BlockedByViewer),
            Standing::HiddenByAuthor | Standing::HiddenButShown => Some(Self::HiddenByAuthor),
        }
    }
}

impl Level for Comment {
    fn column(field: &str) -> Option<Column<Self>> {
        Some(match field {
            "id" => Column::Ready(|comment, _| plain(comment.global_id())),
            "body" => Column::Ready(|comment, ctx| text(comment.body(ctx))),
            "tombstone" => Column::Ready(|comment, ctx| plain(comment.tombstone(ctx))),
            "depth" => Column::Ready(|comment, ctx| plain(comment.depth(ctx))),
            "createdAt" => Column::Ready(|comment, ctx| plain(comment.created_at(ctx))),
            "editedAt" => Column::Ready(|comment, ctx| plain(comment.edited_at(ctx))),
            "author" => Column::Loaded(|comments| {
                comments.one::<PeopleById, User>(|comment| {
                    (!comment.is_tombstone()).then_some(comment.0.comment.author_id)
                })
            }),
            "replyCount" => Column::Loaded(|comments| {
                let id = |comment: &Self| Some(comment.0.comment.id.0);
                count(comments, id, Counter::Replies)
            }),
            "reactionCount" => Column::Loaded(|comments| {
                let id =
                    |comment: &Self| (!comment.is_tombstone()).then_some(comment.0.comment.id.0);
                count(comments, id, Counter::Reactions)
            }),
            "replies" => Column::Loaded(|comments| {
                let asked = ordered_args(&comments).map(|(order, args)| (RepliesOf(order), args));
                let id = |comment: &Self| Some(comment.0.comment.id.0);
                connections::<_, _, CountedConnection<Self>>(comments, asked, id)
            }),
            _ => return None,
        })
    }
}

fn count(
    comments: Selected<'_, Comment>,
    id: fn(&Comment) -> Option<Uuid>,
    counter: Counter,
) -> BoxFuture<'_, Answers> {
    comments.read::<CountsOf>(id, move |counts| {
        plain(counts.map_or(0, |counts| counts.get(counter)))
    })
}

/// The arguments of a field that lists comments.
///
/// # Errors
/// One is of another type.
pub fn ordered_args<T: Level>(selected: &Selected<'_, T>) -> ServerResult<(Order, RawPageArgs)> {
    let order: Option<Order> = selected.argument("order")?;
    Ok((order.unwrap_or_default(), page_args(selected)?))
}

impl Comment {
    fn global_id(&self) -> ID {
        let comment = &self.0.comment;
        NodeId::within(NodeKind::Comment, comment.post_id.0, comment.id.0).into()
    }

    fn is_tombstone(&self) -> bool {
        !self.0.standing.is_whole()
    }

    fn is_own(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(ctx
            .scope()?
            .me
            .is_some_and(|me| me.id() == self.0.comment.author_id && !self.is_tombstone()))
    }

    /// What the post says about who comments.
    async fn terms(&self, ctx: &Context<'_>) -> Result<Option<(Terms, Ties)>> {
        let post = self.0.comment.post_id;
        ctx.loaders()?.one::<TermsOf>(post).await
    }

    /// The `post` and the `parent` of a payload, read together, where they are asked for.
    pub(super) async fn place(&self, ctx: &Context<'_>) -> Result<(Option<Post>, Option<Comment>)> {
        let loaders = ctx.loaders()?;
        let asked = |name| ctx.look_ahead().field(name).exists();
        let post = asked("post").then_some(self.0.comment.post_id);
        let parent = self.0.comment.parent_id.filter(|_| asked("parent"));
        let posts = loaders.many::<PostsById>(post.into_iter().collect());
        let parents = loaders.many::<CommentsById>(parent.into_iter().collect());
        let (posts, parents) = futures_util::try_join!(posts, parents)?;
        let post = posts.into_values().next().map(Post);
        Ok((post, parents.into_values().next().map(Comment)))
    }

    /// The comment with its place in lists ordered by time.
    pub(super) fn edge(self) -> Edge<Self> {
        let position = Position {
            key: self.0.comment.created_at.0,
            id: self.0.comment.id.0,
        };
        Edge::new(position, CREATED, self)
    }
}

/// What somebody wrote under a post, or a tombstone that holds the replies to it.
#[Object]
impl Comment {
    /// The global id, for `node` and as `commentId` in inputs.
    pub async fn id(&self) -> ID {
        self.global_id()
    }

    /// The post it stands under.
    async fn post(&self, ctx: &Context<'_>) -> Nullable<Post> {
        nullable(async move {
            Ok(ctx
                .loaders()?
                .one::<PostsById>(self.0.comment.post_id)
                .await?
                .map(Post))
        })
        .await
    }

    /// The comment it replies to; null at the top level.
    async fn parent(&self, ctx: &Context<'_>) -> Nullable<Comment> {
        nullable(async move {
            let Some(parent) = self.0.comment.parent_id else {
                return Ok(None);
            };
            Ok(ctx
                .loaders()?
                .one::<CommentsById>(parent)
                .await?
                .map(Comment))
        })
        .await
    }

    /// Who wrote it; null on a tombstone and where the viewer may not see them.
    async fn author(&self, ctx: &Context<'_>) -> Nullable<User> {
        nullable(async move {
            if self.is_tombstone() {
                return Ok(None);
            }
            Ok(ctx
                .loaders()?
                .one::<PeopleById>(self.0.comment.author_id)
                .await?
                .map(User::from))
        })
        .await
    }

    /// What was written, as plain text of 1 to 2,000 characters; null on a tombstone.
    fn body(&self) -> Option<&str> {
        (!self.is_tombstone()).then_some(&self.0.comment.body)
    }

    /// Null while it lives. Otherwise why only its place is left, for the replies that hang on it.
    /// HIDDEN_BY_AUTHOR still shows body and author to its own author and to the post's.
    fn tombstone(&self) -> Option<TombstoneReason> {
        TombstoneReason::of(self.0.standing)
    }

    /// How deep it stands in its thread: 0 at the top level, at most 32.
    fn depth(&self) -> i32 {
        self.0.comment.depth
    }

    /// When it was written.
    fn created_at(&self) -> DateTime {
        DateTime(self.0.comment.created_at)
    }

    /// When staff hid it; null if they did not. Shown to its author and to staff; for others it is
    /// a tombstone, or gone.
    async fn hidden_at(&self) -> Option<DateTime> {
        self.0
            .comment
            .hidden_at
            .filter(|_| !self.is_tombstone())
            .map(DateTime)
    }

    /// When its text was last changed; null if never, and on a tombstone.
    fn edited_at(&self) -> Option<DateTime> {
        self.0
            .comment
            .edited_at
            .filter(|_| !self.is_tombstone())
            .map(DateTime)
    }

    /// How many living direct replies it has. The same number for every viewer.
    async fn reply_count(&self, ctx: &Context<'_>) -> Nullable<i32> {
        nullable(async move {
            let counts = ctx
                .loaders()?
                .one::<CountsOf>(self.0.comment.id.0)
                .await?
                .unwrap_or_default();
            Ok(Some(counts.get(Counter::Replies)))
        })
        .await
    }

    /// Direct replies, tombstones that hold replies included. 20 without `first` or `last`, at
    /// most 100.
    async fn replies(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "In which order.", default_with = "Some(Order::Oldest)")] order: Option<
            Order,
        >,
        #[graphql(desc = "How many from the start, 1 to 100; not together with `last`.")]
        first: Option<i64>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100; not together with `first`.")]
        last: Option<i64>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Nullable<CountedConnection<Comment>> {
        nullable(async move {
            let args = RawPageArgs {
                first,
                after,
                last,
                before,
            };
            counted_connection(
                ctx,
                RepliesOf(order.unwrap_or_default()),
                self.0.comment.id.0,
                args,
            )
            .await
        })
        .await
    }

    /// The people mentioned in its text, in order of appearance, at most 50; those whom the viewer
    /// may not see are left out. Null on a tombstone.
    async fn mentions(&self, ctx: &Context<'_>) -> Nullable<Vec<User>> {
        nullable(async move {
            if self.is_tombstone() {
                return Ok(None);
            }
            let loaders = ctx.loaders()?;
            let Some(ids) = loaders.one::<MentionsOf>(self.0.comment.id).await? else {
                return Ok(None);
            };
            let mut people = loaders.many::<PeopleById>(ids.to_vec()).await?;
            Ok(Some(
                ids.iter()
                    .filter_map(|id| people.remove(id))
                    .map(User::from)
                    .collect(),
            ))
        })
        .await
    }

    /// How many reactions of every emoji it has. The same number for every viewer; null on a
    /// tombstone.
    pub async fn reaction_count(&self, ctx: &Context<'_>) -> Nullable<i32> {
        nullable(async move {
            match self.is_tombstone() {
                true => Ok(None),
                false => reaction_count(ctx, self.0.comment.id.0).await,
            }
        })
        .await
    }

    /// The emojis used on it, the oldest first, at most 20; null on a tombstone.
    pub async fn reaction_groups(&self, ctx: &Context<'_>) -> Nullable<Vec<ReactionGroup>> {
        nullable(async move {
            match self.is_tombstone() {
                true => Ok(None),
                false => reaction_groups(ctx, self.0.comment.id.0).await,
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
            if self.is_tombstone() {
                return Ok(None);
            }
            let args = RawPageArgs {
                first,
                after,
                last,
                before,
            };
            reactions::<CommentSubject>(ctx, self.0.comment.id.0, args).await
        })
        .await
    }

    /// Whether the viewer may reply: where they may comment on the post, and less than 32 deep.
    /// False for a guest; null on a tombstone.
    async fn viewer_can_reply(&self, ctx: &Context<'_>) -> Nullable<bool> {
        nullable(async move {
            if self.is_tombstone() {
                return Ok(None);
            }
            let viewer = ctx.loaders()?.reader().viewer().id();
            if viewer.is_none() || self.0.comment.depth >= MAX_DEPTH {
                return Ok(Some(false));
            }
            let found = self.terms(ctx).await?;
            Ok(found.map(|(terms, ties)| terms.against(viewer, ties).is_empty()))
        })
        .await
    }

    /// Whether the viewer may hide it from others: the author of the post may. False for a guest;
    /// null on a tombstone.
    async fn viewer_can_hide(&self, ctx: &Context<'_>) -> Nullable<bool> {
        nullable(async move {
            if self.is_tombstone() {
                return Ok(None);
            }
            let Some(me) = ctx.loaders()?.reader().viewer().id() else {
                return Ok(Some(false));
            };
            let found = self.terms(ctx).await?;
            Ok(found.map(|(terms, _)| terms.author == me))
        })
        .await
    }

    /// Whether the viewer may change its text: its author may. False for a guest.
    async fn viewer_can_edit(&self, ctx: &Context<'_>) -> Nullable<bool> {
        nullable(async move { self.is_own(ctx).map(Some) }).await
    }

    /// Whether the viewer may delete it: its author may. False for a guest.
    async fn viewer_can_delete(&self, ctx: &Context<'_>) -> Nullable<bool> {
        nullable(async move { self.is_own(ctx).map(Some) }).await
    }
}
