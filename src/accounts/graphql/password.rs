//! The password of an account in the schema.

use async_graphql::{Context, InputObject, Object};

use super::{SessionTokens, Viewer};
use crate::{
    accounts::commands,
    graphql::{
        context::Ask,
        errors::{Nullable, Payload, nullable, payload},
    },
    people,
};

/// Whose password is to be reset.
#[derive(InputObject)]
pub struct RequestPasswordResetInput {
    /// The address of the account.
    email: String,
}

payload! {
    /// What `requestPasswordReset` answers: nothing, whether or not there is such an account.
    RequestPasswordResetPayload {}
}

/// A new password, by a letter.
#[derive(InputObject)]
pub struct ResetPasswordInput {
    /// The token of the letter, good for an hour and for one use.
    #[graphql(secret)]
    token: String,
    /// 8 to 128 characters, not a common one.
    #[graphql(secret)]
    new_password: String,
}

payload! {
    /// What `resetPassword` answers.
    ResetPasswordPayload {
        /// The new session; null where the account asks for a code too: then call `signIn`.
        session: SessionTokens,
        /// Whose password it is; null without a session.
        viewer: Viewer,
    }
}

/// A new password, by the old one.
#[derive(InputObject)]
pub struct ChangePasswordInput {
    /// The account's password.
    #[graphql(secret)]
    current_password: String,
    /// 8 to 128 characters, not a common one.
    #[graphql(secret)]
    new_password: String,
}

payload! {
    /// What `changePassword` answers.
    ChangePasswordPayload {
        /// The viewer, whose session goes on.
        viewer: Viewer,
    }
}

#[derive(Default)]
pub struct PasswordMutation;

#[Object]
impl PasswordMutation {
    /// Mails a token to whoever has this address, by which they choose a new password. Public. The
    /// answer, and the work, is the same where nobody has it.
    async fn request_password_reset(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose password it is.")] input: RequestPasswordResetInput,
    ) -> Nullable<RequestPasswordResetPayload> {
        nullable(async move {
            let (p, from) = (ctx.platform()?, ctx.scope()?.address);
            let done = commands::request_password_reset(p, &input.email, from).await;
            ctx.answer(done, |()| RequestPasswordResetPayload::default())
        })
        .await
    }

    /// Chooses a new password by the token that was mailed, ends all sessions of the account and
    /// signs in, but for an account that asks for a code of an authenticator too. Public.
    async fn reset_password(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new password.")] input: ResetPasswordInput,
    ) -> Nullable<ResetPasswordPayload> {
        nullable(async move {
            let (p, agent) = (ctx.platform()?, ctx.scope()?.user_agent.as_deref());
            let (token, new) = (&input.token, &input.new_password);
            let done = people::commands::reset_password(p, token, new, agent).await;
            let viewer = done.as_ref().ok().and_then(|done| Some(done.as_ref()?.0));
            let done = ctx.settle(viewer, done)?;
            Ok(Some(done.map_or_else(
                ResetPasswordPayload::refused,
                |begun| {
                    let (me, tokens) = begun.unzip();
                    ResetPasswordPayload {
                        session: tokens.map(SessionTokens::from),
                        viewer: me.map(Viewer),
                        user_errors: Vec::new(),
                    }
                },
            )))
        })
        .await
    }

    /// Changes the password and ends all other sessions of the viewer. Needs a session and the
    /// password.
    async fn change_password(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new password.")] input: ChangePasswordInput,
    ) -> Nullable<ChangePasswordPayload> {
        nullable(async move {
            let (p, me) = (ctx.platform()?, ctx.me()?);
            let (current, new) = (&input.current_password, &input.new_password);
            let done = commands::change_password(p, me, current, new).await;
            ctx.answer(done, |()| ChangePasswordPayload {
                viewer: Some(Viewer(*me)),
                user_errors: Vec::new(),
            })
        })
        .await
    }
}
