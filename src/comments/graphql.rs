//! Comments in the schema.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, InputObject, Object};

use super::{
    commands::{self, NewComment},
    entity::comment,
    loaders::{CommentsById, MentionsOf},
    queries::{CREATED, CommentsOfPost, Order, RepliesOf},
    subject::CommentSubject,
};
use crate::{
    accounts::Me,
    counters::{Counter, CountsOf},
    error::Result,
    graphql::{
        connection::{CountedConnection, Edge, Listed, counted_connection},
        context::Ask,
        errors::{Nullable, Payload, nullable, payload},
        node::input_id,
        scalars::DateTime,
    },
    ids::{CommentId, NodeId, NodeKind, PostId},
    page::{Position, RawPageArgs},
    people::{graphql::User, loaders::PeopleById},
    platform::Platform,
    posts::{graphql::Post, loaders::PostsById},
    reactions::graphql::{Reaction, ReactionGroup, reaction_count, reaction_groups, reactions},
};

/// What somebody wrote under a post.
#[derive(Clone)]
pub struct Comment(pub Arc<comment::Model>);

impl From<Arc<comment::Model>> for Comment {
    fn from(row: Arc<comment::Model>) -> Self {
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
    /// Deleted, or not for the viewer: not to be told apart.
    Unavailable,
}

impl Comment {
    fn is_tombstone(&self) -> bool {
        self.0.deleted_at.is_some()
    }

    fn is_own(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(ctx
            .scope()?
            .me
            .is_some_and(|me| me.id() == self.0.author_id && !self.is_tombstone()))
    }

    /// The post and the parent, read together.
    async fn place(&self, ctx: &Context<'_>) -> Result<(Option<Post>, Option<Comment>)> {
        let loaders = ctx.loaders()?;
        let post = loaders.one::<PostsById>(self.0.post_id);
        let parents = loaders.many::<CommentsById>(self.0.parent_id.into_iter().collect());
        let (post, parents) = futures_util::try_join!(post, parents)?;
        Ok((post.map(Post), parents.into_values().next().map(Comment)))
    }

    fn edge(self) -> Edge<Self> {
        let position = Position {
            key: self.0.created_at.0,
            id: self.0.id.0,
        };
        Edge {
            cursor: position.cursor(CREATED),
            node: Some(self),
        }
    }
}

/// What somebody wrote under a post, or a tombstone that holds the replies to it.
#[Object]
impl Comment {
    /// The global id, for `node` and as `commentId` in inputs.
    pub async fn id(&self) -> ID {
        NodeId::within(NodeKind::Comment, self.0.post_id.0, self.0.id.0).into()
    }

    /// The post it stands under.
    async fn post(&self, ctx: &Context<'_>) -> Nullable<Post> {
        nullable(async move {
            Ok(ctx
                .loaders()?
                .one::<PostsById>(self.0.post_id)
                .await?
                .map(Post))
        })
        .await
    }

    /// The comment it replies to; null at the top level.
    async fn parent(&self, ctx: &Context<'_>) -> Nullable<Comment> {
        nullable(async move {
            let Some(parent) = self.0.parent_id else {
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
                .one::<PeopleById>(self.0.author_id)
                .await?
                .map(User))
        })
        .await
    }

    /// What was written, as plain text of 1 to 2,000 characters; null on a tombstone.
    async fn body(&self) -> Option<&str> {
        (!self.is_tombstone()).then_some(&self.0.body)
    }

    /// Null while it lives. Otherwise why only its place is left, for the replies that hang on it.
    async fn tombstone(&self) -> Option<TombstoneReason> {
        self.is_tombstone().then_some(TombstoneReason::Unavailable)
    }

    /// How deep it stands in its thread: 0 at the top level, at most 32.
    async fn depth(&self) -> i32 {
        self.0.depth
    }

    /// When it was written.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// When its text was last changed; null if never, and on a tombstone.
    async fn edited_at(&self) -> Option<DateTime> {
        self.0
            .edited_at
            .filter(|_| !self.is_tombstone())
            .map(DateTime)
    }

    /// How many living direct replies it has. The same number for every viewer.
    async fn reply_count(&self, ctx: &Context<'_>) -> Nullable<i32> {
        nullable(async move {
            let counts = ctx
                .loaders()?
                .one::<CountsOf>(self.0.id.0)
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
        #[graphql(desc = "In which order.", default_with = "Some(Order::default())")] order: Option<
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
            let list = RepliesOf(order.unwrap_or_default());
            counted_connection(ctx, list, self.0.id.0, args).await
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
            let Some(ids) = loaders.one::<MentionsOf>(self.0.id).await? else {
                return Ok(None);
            };
            let mut people = loaders.many::<PeopleById>(ids.to_vec()).await?;
            Ok(Some(
                ids.iter()
                    .filter_map(|id| people.remove(id))
                    .map(User)
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
                false => reaction_count(ctx, self.0.id.0).await,
            }
        })
        .await
    }

    /// The emojis used on it, the oldest first, at most 20; null on a tombstone.
    pub async fn reaction_groups(&self, ctx: &Context<'_>) -> Nullable<Vec<ReactionGroup>> {
        nullable(async move {
            match self.is_tombstone() {
                true => Ok(None),
                false => reaction_groups(ctx, self.0.id.0).await,
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
            reactions::<CommentSubject>(ctx, self.0.id.0, args).await
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

/// What to write, and where.
#[derive(InputObject)]
pub struct CreateCommentInput {
    /// The post.
    post_id: ID,
    /// The comment to reply to, under the same post. Without it: the top level.
    parent_id: Option<ID>,
    /// Plain text, 1 to 2,000 characters. `@handle` mentions at the start of a word.
    body: String,
    /// Makes a repeated call answer with the comment that the first one made. 1 to 100 characters,
    /// unique per person.
    idempotency_key: Option<String>,
}

payload! {
    /// What `createComment` answers.
    CreateCommentPayload {
        /// The new comment, with its place in lists ordered by time.
        comment_edge: Edge<Comment>,
        /// The post, with its new count.
        post: Post,
        /// The comment replied to, with its new count; null at the top level.
        parent: Comment,
    }
}

/// What to change in a comment.
#[derive(InputObject)]
pub struct EditCommentInput {
    /// The comment.
    comment_id: ID,
    /// The new text, 1 to 2,000 characters.
    body: String,
}

payload! {
    /// What `editComment` answers.
    EditCommentPayload {
        /// The comment as it is now.
        comment: Comment,
    }
}

/// Which comment to delete.
#[derive(InputObject)]
pub struct DeleteCommentInput {
    /// The comment.
    comment_id: ID,
}

payload! {
    /// What `deleteComment` answers.
    DeleteCommentPayload {
        /// The tombstone, if the comment has replies.
        comment: Comment,
        /// The comment that is gone, if it has none: to drop from lists.
        deleted_comment_id: ID,
        /// The post, with its new count.
        post: Post,
    }
}

fn comment_id(id: &ID, path: &str) -> Result<CommentId> {
    input_id(id, path, NodeKind::Comment).map(|node| CommentId(node.id))
}

async fn create(p: &Platform, me: &Me, input: &CreateCommentInput) -> Result<comment::Model> {
    let post = PostId(input_id(&input.post_id, "postId", NodeKind::Post)?.id);
    let parent = input
        .parent_id
        .as_ref()
        .map(|id| comment_id(id, "parentId"))
        .transpose()?;
    let (body, idempotency_key) = (input.body.as_str(), input.idempotency_key.as_deref());
    commands::create(
        p,
        me,
        NewComment {
            post,
            parent,
            body,
            idempotency_key,
        },
    )
    .await
}

#[derive(Default)]
pub struct CommentsMutation;

#[Object]
impl CommentsMutation {
    /// Comments on a post or replies to a comment. Needs a session.
    async fn create_comment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to write, and where.")] input: CreateCommentInput,
    ) -> Nullable<CreateCommentPayload> {
        nullable(async move {
            let me = ctx.me()?;
            let done = create(ctx.platform()?, me, &input).await;
            let comment = match ctx.settle(Some(*me), done)? {
                Ok(row) => Comment(Arc::new(row)),
                Err(errors) => return Ok(Some(CreateCommentPayload::refused(errors))),
            };
            let (post, parent) = comment.place(ctx).await?;
            let comment_edge = Some(comment.edge());
            Ok(Some(CreateCommentPayload {
                comment_edge,
                post,
                parent,
                user_errors: Vec::new(),
            }))
        })
        .await
    }

    /// Changes a comment of the viewer. Needs a session.
    async fn edit_comment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: EditCommentInput,
    ) -> Nullable<EditCommentPayload> {
        nullable(async move {
            let me = ctx.me()?;
            let done = match comment_id(&input.comment_id, "commentId") {
                Ok(id) => commands::edit(ctx.platform()?, me, id, &input.body).await,
                Err(error) => Err(error),
            };
            ctx.answer(done, |row| EditCommentPayload {
                comment: Some(Comment(Arc::new(row))),
                user_errors: Vec::new(),
            })
        })
        .await
    }

    /// Deletes a comment of the viewer; its text is erased. Replies to it stay, under a tombstone.
    /// Needs a session.
    async fn delete_comment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which comment to delete.")] input: DeleteCommentInput,
    ) -> Nullable<DeleteCommentPayload> {
        nullable(async move {
            let me = ctx.me()?;
            let id = comment_id(&input.comment_id, "commentId");
            let done = match &id {
                Ok(id) => commands::delete(ctx.platform()?, me, *id).await,
                Err(error) => Err(error.clone()),
            };
            let (deleted, id) = match (ctx.settle(Some(*me), done)?, id) {
                (Ok(deleted), Ok(id)) => (deleted, id),
                (Err(errors), _) => return Ok(Some(DeleteCommentPayload::refused(errors))),
                (_, Err(error)) => return Err(error),
            };
            let loaders = ctx.loaders()?;
            let post = loaders.one::<PostsById>(deleted.post).await?.map(Post);
            let comment = loaders.one::<CommentsById>(id).await?.map(Comment);
            let deleted_comment_id = deleted.is_gone.then_some(input.comment_id);
            let user_errors = Vec::new();
            Ok(Some(DeleteCommentPayload {
                comment,
                deleted_comment_id,
                post,
                user_errors,
            }))
        })
        .await
    }
}
