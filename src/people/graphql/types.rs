//! What people are in the schema.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, SimpleObject};
use futures_util::future::BoxFuture;
use uuid::Uuid;

use crate::{
    counters::{Counter, CountsOf},
    error::Result,
    graphql::{
        connection::{
            Connection, CountedConnection, Listed, connection, connections, counted_connection,
            page_args,
        },
        context::Ask,
        errors::{Nullable, nullable},
        level::{Answers, Column, Level, Selected, plain, text},
        scalars::DateTime,
    },
    ids::{NodeId, NodeKind},
    media::{
        ParentKind,
        graphql::{Media, one_of},
    },
    page::RawPageArgs,
    people::{
        entity::person,
        lists::{BlockedUsers, FollowRequests, Followers, Following, MutedUsers},
        loaders::Named,
    },
    posts::{graphql::Post, lists::PostsByAuthor, loaders::PinnedBy},
    social::loaders::{Relationship as Standing, Relationships},
};

/// Somebody with an account, as others see them.
#[derive(Clone)]
pub struct User {
    row: Arc<person::Model>,
    /// The viewer blocks them: little is shown (R23).
    is_reduced: bool,
}

impl From<Arc<person::Model>> for User {
    fn from(row: Arc<person::Model>) -> Self {
        Self {
            row,
            is_reduced: false,
        }
    }
}

impl From<Named> for User {
    fn from(named: Named) -> Self {
        Self {
            row: named.person,
            is_reduced: named.is_reduced,
        }
    }
}

impl From<Arc<Named>> for User {
    fn from(named: Arc<Named>) -> Self {
        Named::clone(&named).into()
    }
}

impl Level for User {
    fn column(field: &str) -> Option<Column<Self>> {
        Some(match field {
            "id" => Column::Ready(|user, _| plain(user.global_id())),
            "handle" => Column::Ready(|user, ctx| text(user.handle(ctx))),
            "displayName" => Column::Ready(|user, ctx| text(user.display_name(ctx))),
            "bio" => Column::Ready(|user, ctx| text(user.bio(ctx))),
            "createdAt" => Column::Ready(|user, ctx| plain(user.created_at(ctx))),
            "isPrivate" => Column::Ready(|user, ctx| plain(user.is_private(ctx))),
            "followerCount" => Column::Loaded(|people| count(people, Counter::Followers)),
            "followingCount" => Column::Loaded(|people| count(people, Counter::Following)),
            "postCount" => Column::Loaded(|people| count(people, Counter::Posts)),
            "posts" => Column::Loaded(|people| {
                let asked = page_args(&people).map(|args| (PostsByAuthor, args));
                connections::<_, _, Connection<Post>>(people, asked, Self::whole)
            }),
            _ => return None,
        })
    }
}

fn count(people: Selected<'_, User>, counter: Counter) -> BoxFuture<'_, Answers> {
    people.read::<CountsOf>(User::whole, move |counts| {
        plain(counts.map_or(0, |counts| counts.get(counter)))
    })
}

impl Listed for Followers {
    type Node = User;
}

impl Listed for Following {
    type Node = User;
}

impl Listed for FollowRequests {
    type Node = User;
}

impl Listed for BlockedUsers {
    type Node = User;
}

impl Listed for MutedUsers {
    type Node = User;
}

impl User {
    fn global_id(&self) -> ID {
        NodeId::new(NodeKind::User, self.row.id.0).into()
    }

    /// Whose numbers and lists are shown; `None` in reduced form.
    fn whole(&self) -> Option<Uuid> {
        (!self.is_reduced).then_some(self.row.id.0)
    }

    async fn count(&self, ctx: &Context<'_>, counter: Counter) -> Result<Option<i32>> {
        if self.is_reduced {
            return Ok(None);
        }
        let counts = ctx
            .loaders()?
            .one::<CountsOf>(self.row.id.0)
            .await?
            .unwrap_or_default();
        Ok(Some(counts.get(counter)))
    }
}

/// Somebody with an account, as others see them. Facts that only the owner may read are on
/// `Viewer`.
#[Object]
impl User {
    /// The global id, for `node` and as `userId` in inputs.
    pub async fn id(&self) -> ID {
        self.global_id()
    }

    /// The unique name that others mention: 3 to 30 of `a-z 0-9 _`. It can be changed; keep `id`.
    fn handle(&self) -> &str {
        &self.row.handle
    }

    /// The name to show, 1 to 50 characters; the handle where none was chosen. Not unique.
    fn display_name(&self) -> &str {
        match self.row.display_name.as_str() {
            "" => &self.row.handle,
            name => name,
        }
    }

    /// What they say about themselves, as plain text of at most 500 characters; may be empty, and
    /// is for a viewer who blocks them.
    fn bio(&self) -> &str {
        match self.is_reduced {
            true => "",
            false => &self.row.bio,
        }
    }

    /// The picture beside their name; null where they chose none. It stays when the viewer blocks
    /// them.
    async fn avatar(&self, ctx: &Context<'_>) -> Nullable<Media> {
        nullable(async move { one_of(ctx, ParentKind::Avatar, self.row.id.0).await }).await
    }

    /// The picture above their profile; null where they chose none, and when the viewer blocks
    /// them.
    async fn banner(&self, ctx: &Context<'_>) -> Nullable<Media> {
        nullable(async move {
            match self.is_reduced {
                true => Ok(None),
                false => one_of(ctx, ParentKind::Banner, self.row.id.0).await,
            }
        })
        .await
    }

    /// When they joined.
    fn created_at(&self) -> DateTime {
        DateTime(self.row.created_at)
    }

    /// Whether they let followers in one by one, and show their posts, whatever their level, and
    /// their lists of people to accepted followers only.
    fn is_private(&self) -> bool {
        self.row.is_private
    }

    /// How many living people follow them. The same number for every viewer.
    async fn follower_count(&self, ctx: &Context<'_>) -> Nullable<i32> {
        nullable(async move { self.count(ctx, Counter::Followers).await }).await
    }

    /// How many living people they follow. The same number for every viewer.
    async fn following_count(&self, ctx: &Context<'_>) -> Nullable<i32> {
        nullable(async move { self.count(ctx, Counter::Following).await }).await
    }

    /// How many living posts of every level they have. The same number for every viewer, so it
    /// may be more than `posts` lists.
    async fn post_count(&self, ctx: &Context<'_>) -> Nullable<i32> {
        nullable(async move { self.count(ctx, Counter::Posts).await }).await
    }

    /// The post that they show before all others; null where they pinned none, where the viewer may
    /// not see it, and when the viewer blocks them.
    async fn pinned_post(&self, ctx: &Context<'_>) -> Nullable<Post> {
        nullable(async move {
            if self.is_reduced {
                return Ok(None);
            }
            let pinned = ctx.loaders()?.one::<PinnedBy>(self.row.id).await?;
            Ok(pinned.map(Post::from))
        })
        .await
    }

    /// Their posts that the viewer may see, newest first. 20 without `first` or `last`, at most
    /// 100.
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
            if self.is_reduced {
                return Ok(None);
            }
            let args = RawPageArgs {
                first,
                after,
                last,
                before,
            };
            connection(ctx, PostsByAuthor, self.row.id.0, args).await
        })
        .await
    }

    /// The people who follow them, the latest first. 20 without `first` or `last`, at most 100.
    async fn followers(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, 1 to 100; not together with `last`.")]
        first: Option<i64>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100; not together with `first`.")]
        last: Option<i64>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Nullable<CountedConnection<User>> {
        nullable(async move {
            if self.is_reduced {
                return Ok(None);
            }
            let args = RawPageArgs {
                first,
                after,
                last,
                before,
            };
            counted_connection(ctx, Followers, self.row.id.0, args).await
        })
        .await
    }

    /// The people whom they follow, the latest first. 20 without `first` or `last`, at most 100.
    async fn following(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, 1 to 100; not together with `last`.")]
        first: Option<i64>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100; not together with `first`.")]
        last: Option<i64>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Nullable<CountedConnection<User>> {
        nullable(async move {
            if self.is_reduced {
                return Ok(None);
            }
            let args = RawPageArgs {
                first,
                after,
                last,
                before,
            };
            counted_connection(ctx, Following, self.row.id.0, args).await
        })
        .await
    }

    /// How the viewer and this person stand. Null for a guest and for oneself.
    async fn viewer_relationship(&self, ctx: &Context<'_>) -> Nullable<Relationship> {
        nullable(async move {
            let loaders = ctx.loaders()?;
            match loaders.reader().viewer().id() {
                Some(viewer) if viewer != self.row.id => Ok(loaders
                    .one::<Relationships>(self.row.id)
                    .await?
                    .map(Relationship::from)),
                _ => Ok(None),
            }
        })
        .await
    }
}

/// How the viewer and another person stand to each other. Whether they block the viewer is never
/// told: then they are not there for the viewer.
#[derive(SimpleObject)]
pub struct Relationship {
    /// The viewer follows this person.
    following: bool,
    /// The viewer has asked to follow this person, whose account is private or was then, and waits
    /// for an answer.
    requested: bool,
    /// This person follows the viewer.
    followed_by: bool,
    /// The viewer blocks this person: neither sees anything of the other, but that the viewer finds
    /// them in reduced form.
    blocking: bool,
    /// The viewer mutes this person now: they are left out of `homeFeed` and `explore`.
    muting: bool,
    /// When the mute ends by itself; null without a mute or without an end.
    muted_until: Option<DateTime>,
}

impl From<Standing> for Relationship {
    fn from(standing: Standing) -> Self {
        Self {
            following: standing.following,
            requested: standing.requested,
            followed_by: standing.followed_by,
            blocking: standing.blocking,
            muting: standing.muting,
            muted_until: standing.muted_until.map(DateTime),
        }
    }
}
