//! People in the schema.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, SimpleObject};

use super::{
    commands::{self, ProfileChanges},
    entity::person,
    loaders::{Named, NamedByHandle},
    queries::{Followers, Following},
};
use crate::{
    counters::{Counter, CountsOf},
    error::Result,
    graphql::{
        connection::{Connection, CountedConnection, Listed, connection, counted_connection},
        context::Ask,
        errors::{Nullable, nullable, payload},
        node::input_id,
        scalars::DateTime,
    },
    ids::{NodeId, NodeKind, PersonId},
    page::RawPageArgs,
    posts::{graphql::Post, lists::PostsByAuthor},
    social::loaders::{Relationship as Standing, Relationships},
    text,
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

impl Listed for Followers {
    type Node = User;
}

impl Listed for Following {
    type Node = User;
}

impl User {
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
        NodeId::new(NodeKind::User, self.row.id.0).into()
    }

    /// The unique name that others mention: 3 to 30 of `a-z 0-9 _`. It can be changed; keep `id`.
    async fn handle(&self) -> &str {
        &self.row.handle
    }

    /// The name to show, 1 to 50 characters; the handle where none was chosen. Not unique.
    async fn display_name(&self) -> &str {
        match self.row.display_name.as_str() {
            "" => &self.row.handle,
            name => name,
        }
    }

    /// What they say about themselves, as plain text of at most 500 characters; may be empty.
    async fn bio(&self) -> &str {
        match self.is_reduced {
            true => "",
            false => &self.row.bio,
        }
    }

    /// When they joined.
    async fn created_at(&self) -> DateTime {
        DateTime(self.row.created_at)
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

/// How the viewer and another person stand to each other.
#[derive(SimpleObject)]
pub struct Relationship {
    /// The viewer follows this person.
    following: bool,
    /// This person follows the viewer.
    followed_by: bool,
}

impl From<Standing> for Relationship {
    fn from(standing: Standing) -> Self {
        Self {
            following: standing.following,
            followed_by: standing.followed_by,
        }
    }
}

#[derive(Default)]
pub struct PeopleQuery;

#[Object]
impl PeopleQuery {
    /// The person who has this handle now; null where there is none. Upper case and full-width
    /// letters are folded; a leading `@` is not part of a handle.
    async fn user(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The handle, without `@`.")] handle: String,
    ) -> Nullable<User> {
        nullable(async move {
            let Some(key) = text::handle(&handle) else {
                return Ok(None);
            };
            Ok(ctx
                .loaders()?
                .one::<NamedByHandle>(key)
                .await?
                .map(User::from))
        })
        .await
    }
}

/// Changes to one's own profile. A field that is absent stays as it is; null clears it.
#[derive(InputObject)]
pub struct UpdateProfileInput {
    /// The name to show, 1 to 50 characters. Null: the handle stands in.
    display_name: MaybeUndefined<String>,
    /// Plain text, at most 500 characters. Null: empty.
    bio: MaybeUndefined<String>,
}

payload! {
    /// What `updateProfile` answers.
    UpdateProfilePayload {
        /// The viewer as others see them now.
        user: User,
    }
}

/// The new handle.
#[derive(InputObject)]
pub struct ChangeHandleInput {
    /// 3 to 30 of `a-z 0-9 _`, after folding.
    handle: String,
}

payload! {
    /// What `changeHandle` answers.
    ChangeHandlePayload {
        /// The viewer with the new handle.
        user: User,
    }
}

/// Whom to follow.
#[derive(InputObject)]
pub struct FollowUserInput {
    /// The person.
    user_id: ID,
}

payload! {
    /// What `followUser` answers.
    FollowUserPayload {
        /// The person, with the new relationship and count.
        user: User,
    }
}

/// Whom to stop following.
#[derive(InputObject)]
pub struct UnfollowUserInput {
    /// The person.
    user_id: ID,
}

payload! {
    /// What `unfollowUser` answers.
    UnfollowUserPayload {
        /// The person, with the new relationship and count.
        user: User,
    }
}

fn user(row: person::Model) -> Option<User> {
    Some(Arc::new(row).into())
}

fn change(field: MaybeUndefined<String>) -> Option<Option<String>> {
    match field {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(None),
        MaybeUndefined::Value(value) => Some(Some(value)),
    }
}

fn person(id: &ID) -> Result<PersonId> {
    input_id(id, "userId", NodeKind::User).map(|node| PersonId(node.id))
}

#[derive(Default)]
pub struct PeopleMutation;

#[Object]
impl PeopleMutation {
    /// Changes the viewer's profile. Needs a session.
    async fn update_profile(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: UpdateProfileInput,
    ) -> Nullable<UpdateProfilePayload> {
        nullable(async move {
            let me = ctx.me()?;
            let changes = ProfileChanges {
                display_name: change(input.display_name),
                bio: change(input.bio),
            };
            let done = commands::update_profile(ctx.platform()?, me, changes).await;
            ctx.answer(done, |row| UpdateProfilePayload {
                user: user(row),
                ..Default::default()
            })
        })
        .await
    }

    /// Gives the viewer another handle. The old one stays reserved for them for thirty days. Needs
    /// a session.
    async fn change_handle(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new handle.")] input: ChangeHandleInput,
    ) -> Nullable<ChangeHandlePayload> {
        nullable(async move {
            let me = ctx.me()?;
            let done = commands::change_handle(ctx.platform()?, me, &input.handle).await;
            ctx.answer(done, |row| ChangeHandlePayload {
                user: user(row),
                ..Default::default()
            })
        })
        .await
    }

    /// Follows somebody: their posts come to `homeFeed`. Following twice changes nothing. Needs a
    /// session.
    async fn follow_user(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom to follow.")] input: FollowUserInput,
    ) -> Nullable<FollowUserPayload> {
        nullable(async move {
            let me = ctx.me()?;
            let done = match person(&input.user_id) {
                Ok(other) => commands::follow(ctx.platform()?, me, other).await,
                Err(error) => Err(error),
            };
            ctx.answer(done, |row| FollowUserPayload {
                user: user(row),
                ..Default::default()
            })
        })
        .await
    }

    /// Stops following somebody. Without effect where there is nothing to stop. Needs a session.
    async fn unfollow_user(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom to stop following.")] input: UnfollowUserInput,
    ) -> Nullable<UnfollowUserPayload> {
        nullable(async move {
            let me = ctx.me()?;
            let done = match person(&input.user_id) {
                Ok(other) => commands::unfollow(ctx.platform()?, me, other).await,
                Err(error) => Err(error),
            };
            ctx.answer(done, |row| UnfollowUserPayload {
                user: user(row),
                ..Default::default()
            })
        })
        .await
    }
}
