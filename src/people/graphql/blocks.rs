//! Blocking and muting, and ending it.

use async_graphql::{Context, ID, InputObject, Object};

use super::{
    answer::{answer, person},
    types::User,
};
use crate::{
    graphql::{
        context::Ask,
        errors::{Nullable, nullable, payload},
        scalars::DateTime,
    },
    people::relations,
};

/// Whom to block.
#[derive(InputObject)]
pub struct BlockUserInput {
    /// The person.
    user_id: ID,
}

payload! {
    /// What `blockUser` answers.
    BlockUserPayload {
        /// The person in reduced form: `bio` is empty, counts and connections are null.
        user: User,
    }
}

/// Whom to block no longer.
#[derive(InputObject)]
pub struct UnblockUserInput {
    /// The person.
    user_id: ID,
}

payload! {
    /// What `unblockUser` answers.
    UnblockUserPayload {
        /// The person, whole again; null where the viewer may not see them all the same.
        user: User,
    }
}

/// Whom to mute, and for how long.
#[derive(InputObject)]
pub struct MuteUserInput {
    /// The person.
    user_id: ID,
    /// When it ends by itself, in the future. Absent or null: never.
    until: Option<DateTime>,
}

payload! {
    /// What `muteUser` answers.
    MuteUserPayload {
        /// The person, with the new relationship.
        user: User,
    }
}

/// Whom to mute no longer.
#[derive(InputObject)]
pub struct UnmuteUserInput {
    /// The person.
    user_id: ID,
}

payload! {
    /// What `unmuteUser` answers.
    UnmuteUserPayload {
        /// The person, with the new relationship.
        user: User,
    }
}

#[derive(Default)]
pub struct BlocksMutation;

#[Object]
impl BlocksMutation {
    /// Blocks somebody: from now on neither sees anything of the other, and follows and requests end
    /// both ways. For them the viewer is not there; the viewer finds them in reduced form, by name
    /// and in `blockedUsers`. Who blocks the viewer is NOT_FOUND here as everywhere. Blocking twice
    /// changes nothing. Needs a session.
    async fn block_user(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom to block.")] input: BlockUserInput,
    ) -> Nullable<BlockUserPayload> {
        nullable(async move {
            let me = ctx.me()?;
            let done = match person(&input.user_id) {
                Ok(other) => relations::block(ctx.platform()?, me, other)
                    .await
                    .map(|()| other),
                Err(error) => Err(error),
            };
            answer(ctx, done, |user| BlockUserPayload {
                user,
                ..Default::default()
            })
            .await
        })
        .await
    }

    /// Ends a block. Follows and requests that it ended do not come back. Without effect where there
    /// is none. Needs a session.
    async fn unblock_user(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom to block no longer.")] input: UnblockUserInput,
    ) -> Nullable<UnblockUserPayload> {
        nullable(async move {
            let me = ctx.me()?;
            let done = match person(&input.user_id) {
                Ok(other) => relations::unblock(ctx.platform()?, me, other)
                    .await
                    .map(|()| other),
                Err(error) => Err(error),
            };
            answer(ctx, done, |user| UnblockUserPayload {
                user,
                ..Default::default()
            })
            .await
        })
        .await
    }

    /// Leaves somebody out of `homeFeed` and `explore`, with reposts of what they wrote. They are
    /// told nothing, and stay visible where the viewer looks for them. Muting again replaces the
    /// end. NOT_FOUND beyond a block, from either side. Needs a session.
    async fn mute_user(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom to mute, and for how long.")] input: MuteUserInput,
    ) -> Nullable<MuteUserPayload> {
        nullable(async move {
            let me = ctx.me()?;
            let until = input.until.map(|until| until.0);
            let done = match person(&input.user_id) {
                Ok(other) => relations::mute(ctx.platform()?, me, other, until)
                    .await
                    .map(|()| other),
                Err(error) => Err(error),
            };
            answer(ctx, done, |user| MuteUserPayload {
                user,
                ..Default::default()
            })
            .await
        })
        .await
    }

    /// Ends a mute, also of somebody whom the viewer blocks by now. Without effect where there is
    /// none. Needs a session.
    async fn unmute_user(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom to mute no longer.")] input: UnmuteUserInput,
    ) -> Nullable<UnmuteUserPayload> {
        nullable(async move {
            let me = ctx.me()?;
            let done = match person(&input.user_id) {
                Ok(other) => relations::unmute(ctx.platform()?, me, other)
                    .await
                    .map(|()| other),
                Err(error) => Err(error),
            };
            answer(ctx, done, |user| UnmuteUserPayload {
                user,
                ..Default::default()
            })
            .await
        })
        .await
    }
}
