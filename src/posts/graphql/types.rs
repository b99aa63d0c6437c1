//! The types of posts.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};

use crate::{
    comments::{
        graphql::Comment,
        queries::{CommentsOfPost, Order},
    },
    counters::{Counter, CountsOf},
    error::Result,
    graphql::{
        connection::{Connection, CountedConnection, Edge, Listed, connection, counted_connection},
        context::Ask,
        errors::{Nullable, nullable},
        scalars::DateTime,
    },
    ids::{NodeId, NodeKind},
    page::{Position, RawPageArgs},
    people::{graphql::User, loaders::PeopleById},
    posts::{
        Visibility,
        entity::{hashtag, post, post_edit},
        lists::{CREATED, EditsOfPost, Explore, HomeFeed, PostsByAuthor, PostsByHashtag},
        loaders::{HashtagsOf, MentionsOf},
        subject::PostSubject,
    },
    reactions::graphql::{Reaction, ReactionGroup, reaction_count, reaction_groups, reactions},
};

/// Something that somebody said to an audience.
#[derive(Clone)]
pub struct Post(pub Arc<post::Model>);

impl From<Arc<post::Model>> for Post {
    fn from(row: Arc<post::Model>) -> Self {
        Self(row)
    }
}

impl Listed for Explore {
    type Node = Post;
}

impl Listed for HomeFeed {
    type Node = Post;
}

impl Listed for PostsByAuthor {
    type Node = Post;
}

impl Listed for PostsByHashtag {
    type Node = Post;
}

impl Listed for EditsOfPost {
    type Node = PostEdit;
}

impl Post {
    fn is_own(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(ctx
            .scope()?
            .me
            .is_some_and(|me| me.id() == self.0.author_id))
    }

    /// The post with its place in every list of posts.
    pub(super) fn edge(self) -> Edge<Self> {
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

/// Something that somebody said to an audience. Whoever is not in the audience, and everybody once
/// it is deleted, gets null.
#[Object]
impl Post {
    /// The global id, for `node` and as `postId` in inputs.
    pub async fn id(&self) -> ID {
        NodeId::new(NodeKind::Post, self.0.id.0).into()
    }

    /// Who wrote it; null where the viewer may not see them.
    async fn author(&self, ctx: &Context<'_>) -> Nullable<User> {
        nullable(async move {
            Ok(ctx
                .loaders()?
                .one::<PeopleById>(self.0.author_id)
                .await?
                .map(User::from))
        })
        .await
    }

    /// What was written, as plain text of 1 to 5,000 characters.
    async fn body(&self) -> Option<&str> {
        Some(&self.0.body)
    }

    /// When it was published.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// When its text was last changed; null if never.
    async fn edited_at(&self) -> Option<DateTime> {
        self.0.edited_at.map(DateTime)
    }

    /// Its earlier texts, the latest first. 20 without `first` or `last`, at most 100.
    async fn edits(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, 1 to 100; not together with `last`.")]
        first: Option<i64>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100; not together with `first`.")]
        last: Option<i64>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Nullable<CountedConnection<PostEdit>> {
        nullable(async move {
            let args = RawPageArgs {
                first,
                after,
                last,
                before,
            };
            counted_connection(ctx, EditsOfPost, self.0.id.0, args).await
        })
        .await
    }

    /// Who may see it, besides its author.
    async fn visibility(&self) -> Visibility {
        self.0.visibility
    }

    /// The hashtags in its text, in order of appearance, at most 30.
    async fn hashtags(&self, ctx: &Context<'_>) -> Nullable<Vec<Hashtag>> {
        nullable(async move {
            let hashtags = ctx.loaders()?.one::<HashtagsOf>(self.0.id).await?;
            Ok(hashtags.map(|tags| tags.iter().cloned().map(Hashtag).collect()))
        })
        .await
    }

    /// The people mentioned in its text, in order of appearance, at most 50; those whom the viewer
    /// may not see are left out.
    async fn mentions(&self, ctx: &Context<'_>) -> Nullable<Vec<User>> {
        nullable(async move {
            let loaders = ctx.loaders()?;
            let Some(ids) = loaders.one::<MentionsOf>(self.0.id).await? else {
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

    /// How many living comments of every depth it has. The same number for every viewer.
    async fn comment_count(&self, ctx: &Context<'_>) -> Nullable<i32> {
        nullable(async move {
            let counts = ctx
                .loaders()?
                .one::<CountsOf>(self.0.id.0)
                .await?
                .unwrap_or_default();
            Ok(Some(counts.get(Counter::Comments)))
        })
        .await
    }

    /// How many reactions of every emoji it has. The same number for every viewer.
    pub async fn reaction_count(&self, ctx: &Context<'_>) -> Nullable<i32> {
        nullable(async move { reaction_count(ctx, self.0.id.0).await }).await
    }

    /// The emojis used on it, the oldest first, at most 20.
    pub async fn reaction_groups(&self, ctx: &Context<'_>) -> Nullable<Vec<ReactionGroup>> {
        nullable(async move { reaction_groups(ctx, self.0.id.0).await }).await
    }

    /// Who reacted with what, the latest first. 20 without `first` or `last`, at most 100.
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
            let args = RawPageArgs {
                first,
                after,
                last,
                before,
            };
            reactions::<PostSubject>(ctx, self.0.id.0, args).await
        })
        .await
    }

    /// Comments of the top level, tombstones that hold replies included. 20 without `first` or
    /// `last`, at most 100.
    async fn comments(
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
                CommentsOfPost(order.unwrap_or_default()),
                self.0.id.0,
                args,
            )
            .await
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

/// A text that an edit replaced.
#[derive(Clone)]
pub struct PostEdit(pub Arc<post_edit::Model>);

impl From<Arc<post_edit::Model>> for PostEdit {
    fn from(row: Arc<post_edit::Model>) -> Self {
        Self(row)
    }
}

/// A text of a post that an edit replaced. Seen by whoever sees the post.
#[Object]
impl PostEdit {
    /// The global id.
    pub async fn id(&self) -> ID {
        NodeId::within(NodeKind::PostEdit, self.0.post_id.0, self.0.id.0).into()
    }

    /// The text as it stood until this edit.
    async fn body(&self) -> &str {
        &self.0.body
    }

    /// When it was replaced.
    async fn edited_at(&self) -> DateTime {
        DateTime(self.0.edited_at)
    }
}

/// A word that posts are found under.
#[derive(Clone)]
pub struct Hashtag(pub Arc<hashtag::Model>);

/// A word that PUBLIC posts are found under.
#[Object]
impl Hashtag {
    /// The global id.
    pub async fn id(&self) -> ID {
        NodeId::new(NodeKind::Hashtag, self.0.id.0).into()
    }

    /// The word without `#`, folded: letters, digits and `_`.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// How many living PUBLIC posts carry it. The same number for every viewer.
    async fn post_count(&self, ctx: &Context<'_>) -> Nullable<i32> {
        nullable(async move {
            let counts = ctx
                .loaders()?
                .one::<CountsOf>(self.0.id.0)
                .await?
                .unwrap_or_default();
            Ok(Some(counts.get(Counter::Posts)))
        })
        .await
    }

    /// The PUBLIC posts that carry it, newest first. 20 without `first` or `last`, at most 100.
    async fn posts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, 1 to 100; not together with `last`.")]
        first: Option<i64>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100; not together with `first`.")]
        last: Option<i64>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Nullable<Connection<Post>> {
        nullable(async move {
            let args = RawPageArgs {
                first,
                after,
                last,
                before,
            };
            connection(ctx, PostsByHashtag, self.0.id.0, args).await
        })
        .await
    }
}
