//! What people can do to their own profile.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object};

use super::{answer::answer, types::User};
use crate::{
    accounts::Me,
    error::Result,
    graphql::{
        context::Ask,
        errors::{Nullable, nullable, payload},
    },
    ids::{MediaId, PersonId},
    media::graphql::media_id,
    people::commands::{self, ProfileChanges},
    platform::Platform,
};

/// Changes to one's own profile. A field that is absent stays as it is; null clears it.
#[derive(InputObject)]
pub struct UpdateProfileInput {
    /// The name to show, 1 to 50 characters. Null: the handle stands in.
    display_name: MaybeUndefined<String>,
    /// Plain text, at most 500 characters. Null: empty.
    bio: MaybeUndefined<String>,
    /// Whether new followers have to be let in, and only followers read the posts, old ones
    /// included. Who follows already stays; who asks when it ends goes on asking. Null: as it is.
    is_private: Option<bool>,
    /// The picture beside the name: an upload of the viewer for AVATAR that is complete. Null: none.
    avatar_id: MaybeUndefined<ID>,
    /// The picture above the profile: an upload of the viewer for BANNER that is complete. Null:
    /// none.
    banner_id: MaybeUndefined<ID>,
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

fn change<T>(field: MaybeUndefined<T>) -> Option<Option<T>> {
    match field {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(None),
        MaybeUndefined::Value(value) => Some(Some(value)),
    }
}

fn picture(field: MaybeUndefined<ID>, path: &str) -> Result<Option<Option<MediaId>>> {
    let id = |id: Option<ID>| id.map(|id| media_id(&id, path)).transpose();
    change(field).map(id).transpose()
}

async fn update(p: &Platform, me: &Me, input: UpdateProfileInput) -> Result<PersonId> {
    let changes = ProfileChanges {
        display_name: change(input.display_name),
        bio: change(input.bio),
        is_private: input.is_private,
        avatar: picture(input.avatar_id, "avatarId")?,
        banner: picture(input.banner_id, "bannerId")?,
    };
    commands::update_profile(p, me, changes).await?;
    Ok(me.id())
}

#[derive(Default)]
pub struct ProfileMutation;

#[Object]
impl ProfileMutation {
    /// Changes the viewer's profile. Needs a session.
    async fn update_profile(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: UpdateProfileInput,
    ) -> Nullable<UpdateProfilePayload> {
        nullable(async move {
            let me = ctx.me()?;
            let done = update(ctx.platform()?, me, input).await;
            answer(ctx, done, |user| UpdateProfilePayload {
                user,
                ..Default::default()
            })
            .await
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
            answer(ctx, done.map(|()| me.id()), |user| ChangeHandlePayload {
                user,
                ..Default::default()
            })
            .await
        })
        .await
    }
}
