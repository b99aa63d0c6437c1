//! The e-mail address of an account in the schema.

use async_graphql::{Context, InputObject, Object};

use super::Viewer;
use crate::{
    accounts::commands,
    graphql::{
        context::Ask,
        errors::{Nullable, nullable, payload},
    },
};

/// What proves that an address is the account's.
#[derive(InputObject)]
pub struct VerifyEmailInput {
    /// The token of the letter, good for 24 hours and for one use.
    #[graphql(secret)]
    token: String,
}

payload! {
    /// What `verifyEmail` answers.
    VerifyEmailPayload {
        /// The viewer, where a session of that account asks; null where somebody else does, or a
        /// guest.
        viewer: Viewer,
    }
}

/// Where to mail another token.
#[derive(InputObject)]
pub struct ResendVerificationEmailInput {
    /// An address of the account that is not verified yet. Without it: the one `changeEmail` named,
    /// else the account's.
    email: Option<String>,
}

payload! {
    /// What `resendVerificationEmail` answers.
    ResendVerificationEmailPayload {}
}

/// Another address for the account.
#[derive(InputObject)]
pub struct ChangeEmailInput {
    /// The new address. Whether somebody has it is never told.
    new_email: String,
    /// The account's password.
    #[graphql(secret)]
    current_password: String,
}

payload! {
    /// What `changeEmail` answers.
    ChangeEmailPayload {
        /// The viewer, who has the old address until the new one is verified.
        viewer: Viewer,
    }
}

#[derive(Default)]
pub struct EmailMutation;

#[Object]
impl EmailMutation {
    /// Proves that an address is the account's, by the token that was mailed there. Public. An
    /// address belongs to one account, the first to verify it: others are refused with CONFLICT.
    async fn verify_email(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What proves it.")] input: VerifyEmailInput,
    ) -> Nullable<VerifyEmailPayload> {
        nullable(async move {
            let done = commands::verify_email(ctx.platform()?, &input.token).await;
            let me = ctx.scope()?.me;
            ctx.answer(done, |person| VerifyEmailPayload {
                viewer: me.filter(|me| me.id() == person).map(Viewer),
                user_errors: Vec::new(),
            })
        })
        .await
    }

    /// Mails another token for an address of the viewer's that is not verified. Those mailed before
    /// stay good until one is used. Needs a session.
    async fn resend_verification_email(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Where to mail it.")] input: ResendVerificationEmailInput,
    ) -> Nullable<ResendVerificationEmailPayload> {
        nullable(async move {
            let (p, me) = (ctx.platform()?, ctx.me()?);
            let done = commands::resend_verification(p, me, input.email.as_deref()).await;
            ctx.answer(done, |()| ResendVerificationEmailPayload::default())
        })
        .await
    }

    /// Gives the account another address. It takes the old one's place when it is verified; the old
    /// one is told now and then. Needs a session and the password.
    async fn change_email(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new address.")] input: ChangeEmailInput,
    ) -> Nullable<ChangeEmailPayload> {
        nullable(async move {
            let (p, me) = (ctx.platform()?, ctx.me()?);
            let password = &input.current_password;
            let done = commands::change_email(p, me, &input.new_email, password).await;
            ctx.answer(done, |()| ChangeEmailPayload {
                viewer: Some(Viewer(*me)),
                user_errors: Vec::new(),
            })
        })
        .await
    }
}
