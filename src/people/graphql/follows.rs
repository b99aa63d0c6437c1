//! Following: asking to, being let in, and ending it from either side.

use async_graphql::{Context, ID, InputObject, Object};

use super::{
    answer::{answer, person},
    types::User,
};
use crate::{
    graphql::{
        context::Ask,
        errors::{Nullable, nullable, payload},
    },
    people::relations,
};

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

/// Whom to let follow.
#[derive(InputObject)]
pub struct AcceptFollowRequestInput {
    /// The person who asks.
    user_id: ID,
}

payload! {
    /// What `acceptFollowRequest` answers.
    AcceptFollowRequestPayload {
        /// The person, who follows the viewer now.
        user: User,
        /// The id of the person who asked, to take out of `followRequests`.
        removed_request_user_id: ID,
    }
}

/// Whom not to let follow.
#[derive(InputObject)]
pub struct RejectFollowRequestInput {
    /// The person who asks.
    user_id: ID,
}

payload! {
    /// What `rejectFollowRequest` answers.
    RejectFollowRequestPayload {
        /// The person, who does not ask any more.
        user: User,
        /// The id of the person who asked, to take out of `followRequests`.
        removed_request_user_id: ID,
    }
}

/// Who shall not follow any more.
#[derive(InputObject)]
pub struct RemoveFollowerInput {
    /// The person who follows the viewer.
    user_id: ID,
}

payload! {
    /// What `removeFollower` answers.
    RemoveFollowerPayload {
        /// The person, who does not follow the viewer any more.
        user: User,
        /// Their id, to take out of `followers`; also where they did not follow.
        removed_follower_id: ID,
    }
}

#[derive(Default)]
pub struct FollowsMutation;

#[Object]
impl FollowsMutation {
    /// Follows somebody: their posts come to `homeFeed`. Where the account is private this asks to:
    /// `viewerRelationship` is then `requested`, not `following`, until they answer. Following or
    /// asking twice changes nothing. NOT_FOUND beyond a block. Needs a session.
    async fn follow_user(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom to follow.")] input: FollowUserInput,
    ) -> Nullable<FollowUserPayload> {
        nullable(async move {
            let me = ctx.me()?;
            let done = match person(&input.user_id) {
                Ok(other) => relations::follow(ctx.platform()?, me, other)
                    .await
                    .map(|()| other),
                Err(error) => Err(error),
            };
            answer(ctx, done, |user| FollowUserPayload {
                user,
                ..Default::default()
            })
            .await
        })
        .await
    }

    /// Stops following somebody, or asking to. Without effect where there is nothing to stop.
    /// NOT_FOUND beyond a block, which has ended it already. Needs a session.
    async fn unfollow_user(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom to stop following.")] input: UnfollowUserInput,
    ) -> Nullable<UnfollowUserPayload> {
        nullable(async move {
            let me = ctx.me()?;
            let done = match person(&input.user_id) {
                Ok(other) => relations::unfollow(ctx.platform()?, me, other)
                    .await
                    .map(|()| other),
                Err(error) => Err(error),
            };
            answer(ctx, done, |user| UnfollowUserPayload {
                user,
                ..Default::default()
            })
            .await
        })
        .await
    }

    /// Lets somebody follow who asked to. NOT_FOUND where they do not ask (any more). Needs a
    /// session.
    async fn accept_follow_request(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom to let follow.")] input: AcceptFollowRequestInput,
    ) -> Nullable<AcceptFollowRequestPayload> {
        nullable(async move {
            let me = ctx.me()?;
            let done = match person(&input.user_id) {
                Ok(other) => relations::accept(ctx.platform()?, me, other)
                    .await
                    .map(|()| other),
                Err(error) => Err(error),
            };
            answer(ctx, done, |user| AcceptFollowRequestPayload {
                user,
                removed_request_user_id: Some(input.user_id),
                ..Default::default()
            })
            .await
        })
        .await
    }

    /// Declines a request to follow. The requester is told nothing and may ask again. NOT_FOUND
    /// where they do not ask (any more). Needs a session.
    async fn reject_follow_request(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom not to let follow.")] input: RejectFollowRequestInput,
    ) -> Nullable<RejectFollowRequestPayload> {
        nullable(async move {
            let me = ctx.me()?;
            let done = match person(&input.user_id) {
                Ok(other) => relations::reject(ctx.platform()?, me, other)
                    .await
                    .map(|()| other),
                Err(error) => Err(error),
            };
            answer(ctx, done, |user| RejectFollowRequestPayload {
                user,
                removed_request_user_id: Some(input.user_id),
                ..Default::default()
            })
            .await
        })
        .await
    }

    /// Ends that somebody follows the viewer. They are told nothing. Without effect where they do
    /// not follow. Needs a session.
    async fn remove_follower(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who shall not follow any more.")] input: RemoveFollowerInput,
    ) -> Nullable<RemoveFollowerPayload> {
        nullable(async move {
            let me = ctx.me()?;
            let done = match person(&input.user_id) {
                Ok(other) => relations::remove_follower(ctx.platform()?, me, other)
                    .await
                    .map(|()| other),
                Err(error) => Err(error),
            };
            answer(ctx, done, |user| RemoveFollowerPayload {
                user,
                removed_follower_id: Some(input.user_id),
                ..Default::default()
            })
            .await
        })
        .await
    }
}
