//! Posts in the schema: what everybody who sees one reads of it.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use futures_util::future::BoxFuture;
use uuid::Uuid;

use super::{
    hashtag::Hashtag,
    of_viewer::OfViewer,
    poll::{Poll, poll_of},
    post_edit::PostEdit,
    reference::PostReference,
};
use crate::{
    comments::{
        graphql::{Comment, ordered_args},
        queries::{CommentsOfPost, Order},
    },
    counters::{Counter, CountsOf},
    error::Result,
    graphql::{
        connection::{
            Connection, CountedConnection, Edge, Listed, connection, connections,
            counted_connection,
        },
        context::Ask,
        errors::{Nullable, nullable},
        level::{Answers, Column, Level, Selected, plain, text},
        scalars::DateTime,
    },
    ids::{NodeId, NodeKind},
    media::{
        ParentKind,
        graphql::{Media, media_of},
    },
    page::{Position, RawPageArgs},
    people::{graphql::User, loaders::PeopleById},
    posts::{
        ReplyPolicy, Visibility,
        entity::post,
        lists::{Bookmarks, CREATED, EditsOfPost, Explore, PostsByAuthor, QuotesOf},
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

impl Level for Post {
    fn column(field: &str) -> Option<Column<Self>> {
        Some(match field {
            "id" => Column::Ready(|post, _| plain(post.global_id())),
            "body" => Column::Ready(|post, ctx| text(post.body(ctx))),
            "createdAt" => Column::Ready(|post, ctx| plain(post.created_at(ctx))),
            "editedAt" => Column::Ready(|post, ctx| plain(post.edited_at(ctx))),
            "visibility" => Column::Ready(|post, ctx| plain(post.visibility(ctx))),
            "replyPolicy" => Column::Ready(|post, ctx| plain(post.reply_policy(ctx))),
            "isLocked" => Column::Ready(|post, ctx| plain(post.is_locked(ctx))),
            "contentWarning" => Column::Ready(|post, ctx| text(post.content_warning(ctx))),
            "language" => Column::Ready(|post, ctx| text(post.language(ctx))),
            "author" => {
                Column::Loaded(|posts| posts.one::<PeopleById, User>(|post| Some(post.0.author_id)))
            }
            "commentCount" => Column::Loaded(|posts| count(posts, Counter::Comments)),
            "repostCount" => Column::Loaded(|posts| count(posts, Counter::Reposts)),
            "quoteCount" => Column::Loaded(|posts| count(posts, Counter::Quotes)),
            "reactionCount" => Column::Loaded(|posts| count(posts, Counter::Reactions)),
            "comments" => Column::Loaded(|posts| {
                let asked = ordered_args(&posts).map(|(order, args)| (CommentsOfPost(order), args));
                connections::<_, _, CountedConnection<Comment>>(posts, asked, Self::whole)
            }),
            _ => return None,
        })
    }
}

fn count(posts: Selected<'_, Post>, counter: Counter) -> BoxFuture<'_, Answers> {
    posts.read::<CountsOf>(Post::whole, move |counts| {
        plain(counts.map_or(0, |counts| counts.get(counter)))
    })
}

impl Listed for Explore {
    type Node = Post;
}

impl Listed for PostsByAuthor {
    type Node = Post;
}

impl Listed for QuotesOf {
    type Node = Post;
}

impl Listed for Bookmarks {
    type Node = Post;
}

impl Post {
    /// What carries the numbers and lists of the post; `None` for a plain repost, which has none.
    fn whole(&self) -> Option<Uuid> {
        self.0.repost_of_id.is_none().then_some(self.0.id.0)
    }

    fn global_id(&self) -> ID {
        NodeId::new(NodeKind::Post, self.0.id.0).into()
    }

    async fn count(&self, ctx: &Context<'_>, counter: Counter) -> Result<Option<i32>> {
        let Some(id) = self.whole() else {
            return Ok(None);
        };
        let counts = ctx.loaders()?.one::<CountsOf>(id).await?;
        Ok(Some(counts.unwrap_or_default().get(counter)))
    }

    /// The post with its place in every list of posts.
    pub(crate) fn edge(self) -> Edge<Self> {
        let position = Position {
            key: self.0.created_at.0,
            id: self.0.id.0,
        };
        Edge::new(position, CREATED, self)
    }
}

/// Something that somebody said to an audience. Whoever is not in the audience, and everybody once
/// it is deleted, gets null.
#[Object]
impl Post {
    /// The global id, for `node` and as `postId` in inputs.
    pub async fn id(&self) -> ID {
        self.global_id()
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

    /// What was written, as plain text of at most 5,000 characters, empty only where something
    /// hangs on it; null on a plain repost.
    fn body(&self) -> Option<&str> {
        self.whole().map(|_| self.0.body.as_str())
    }

    /// When it was published.
    fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// When its text, the warning before it or what hangs on it was last changed; null if never.
    fn edited_at(&self) -> Option<DateTime> {
        self.0.edited_at.map(DateTime)
    }

    /// When staff hid it; null if they did not. Hidden posts are shown to their author and to staff
    /// alone, and nobody reposts or quotes them.
    async fn hidden_at(&self) -> Option<DateTime> {
        self.0.hidden_at.map(DateTime)
    }

    /// Its earlier texts with their warnings, the latest first; null on a plain repost. 20 without `first` or `last`,
    /// at most 100.
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
            match self.whole() {
                None => Ok(None),
                Some(id) => counted_connection(ctx, EditsOfPost, id, args).await,
            }
        })
        .await
    }

    /// Who may see it, besides its author.
    fn visibility(&self) -> Visibility {
        self.0.visibility
    }

    /// Who may comment, among those who see it. Its author always may, unless it is locked.
    fn reply_policy(&self) -> ReplyPolicy {
        self.0.reply_policy
    }

    /// Whether its author has closed it: nobody comments any more, the author included. What
    /// stands there stays.
    fn is_locked(&self) -> bool {
        self.0.is_locked
    }

    /// What its author warns of before the text, as plain text of at most 200 characters; null where
    /// they warn of nothing. Show it in the place of the post until the reader opens it.
    fn content_warning(&self) -> Option<&str> {
        self.0.content_warning.as_deref()
    }

    /// The language that it is written in, as a BCP 47 tag such as `en` or `pt-BR`; null where its
    /// author gave none, and on a plain repost.
    fn language(&self) -> Option<&str> {
        self.0.language.as_deref()
    }

    /// What it asks its readers; null where it asks nothing, and on a plain repost.
    async fn poll(&self, ctx: &Context<'_>) -> Nullable<Poll> {
        nullable(async move {
            match self.whole() {
                None => Ok(None),
                Some(_) => poll_of(ctx, self.0.id).await,
            }
        })
        .await
    }

    /// The post that it quotes, or a tombstone where the viewer may not see that. Null if it quotes
    /// none.
    async fn quote_of(&self, ctx: &Context<'_>) -> Nullable<PostReference> {
        nullable(async move { PostReference::of(ctx, self.0.quote_of_id).await }).await
    }

    /// The original of a plain repost, which has neither text nor numbers of its own: what is aimed
    /// at it acts on the original. Null on every other post.
    async fn repost_of(&self, ctx: &Context<'_>) -> Nullable<PostReference> {
        nullable(async move { PostReference::of(ctx, self.0.repost_of_id).await }).await
    }

    /// The pictures and films that hang on it, in order, at most 10; null on a plain repost. Some
    /// may still be PROCESSING.
    async fn media(&self, ctx: &Context<'_>) -> Nullable<Vec<Media>> {
        nullable(async move {
            match self.whole() {
                None => Ok(None),
                Some(id) => media_of(ctx, ParentKind::Post, id).await.map(Some),
            }
        })
        .await
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

    /// How many living comments of every depth it has. The same number for every viewer; null on a
    /// plain repost.
    async fn comment_count(&self, ctx: &Context<'_>) -> Nullable<i32> {
        nullable(async move { self.count(ctx, Counter::Comments).await }).await
    }

    /// How many living plain reposts of every level it has. The same number for every viewer; null
    /// on a plain repost.
    async fn repost_count(&self, ctx: &Context<'_>) -> Nullable<i32> {
        nullable(async move { self.count(ctx, Counter::Reposts).await }).await
    }

    /// How many living posts of every level quote it. The same number for every viewer; null on a
    /// plain repost.
    async fn quote_count(&self, ctx: &Context<'_>) -> Nullable<i32> {
        nullable(async move { self.count(ctx, Counter::Quotes).await }).await
    }

    /// The posts that quote it and that the viewer may see, newest first; null on a plain repost.
    /// 20 without `first` or `last`, at most 100.
    async fn quotes(
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
            match self.whole() {
                None => Ok(None),
                Some(id) => connection(ctx, QuotesOf, id, args).await,
            }
        })
        .await
    }

    /// How many reactions of every emoji it has. The same number for every viewer; null on a plain
    /// repost.
    pub async fn reaction_count(&self, ctx: &Context<'_>) -> Nullable<i32> {
        nullable(async move {
            match self.whole() {
                None => Ok(None),
                Some(id) => reaction_count(ctx, id).await,
            }
        })
        .await
    }

    /// The emojis used on it, the oldest first, at most 20; null on a plain repost.
    pub async fn reaction_groups(&self, ctx: &Context<'_>) -> Nullable<Vec<ReactionGroup>> {
        nullable(async move {
            match self.whole() {
                None => Ok(None),
                Some(id) => reaction_groups(ctx, id).await,
            }
        })
        .await
    }

    /// Who reacted with what, the latest first; null on a plain repost. 20 without `first` or
    /// `last`, at most 100.
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
            match self.whole() {
                None => Ok(None),
                Some(id) => reactions::<PostSubject>(ctx, id, args).await,
            }
        })
        .await
    }

    /// Comments of the top level, tombstones that hold replies included; null on a plain repost. 20
    /// without `first` or `last`, at most 100.
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
            let list = CommentsOfPost(order.unwrap_or_default());
            match self.whole() {
                None => Ok(None),
                Some(id) => counted_connection(ctx, list, id, args).await,
            }
        })
        .await
    }

    /// What the viewer has done with it and may do.
    #[graphql(flatten)]
    async fn of_viewer(&self) -> OfViewer {
        OfViewer(self.0.clone())
    }
}
