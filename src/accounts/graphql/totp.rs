//! Codes of an authenticator in the schema.

use async_graphql::{Context, InputObject, Object};

use super::Viewer;
use crate::{
    accounts::{
        Me, commands,
        loaders::{SecondFactor, SecondFactorOf},
    },
    error::{Error, Result},
    graphql::{
        context::Ask,
        errors::{Nullable, nullable, payload},
    },
};

/// What the viewer needs beside a password.
pub struct ViewersSecondFactor(pub(super) Me);

impl ViewersSecondFactor {
    async fn factor(&self, ctx: &Context<'_>) -> Result<SecondFactor> {
        let factor = ctx.loaders()?.one::<SecondFactorOf>(self.0.id()).await?;
        factor.ok_or_else(Error::unauthenticated)
    }
}

/// What the viewer needs beside a password.
#[Object]
impl ViewersSecondFactor {
    /// Whether signing in needs a code of an authenticator beside the password.
    async fn is_totp_enabled(&self, ctx: &Context<'_>) -> Nullable<bool> {
        nullable(async move { Ok(Some(self.factor(ctx).await?.is_totp_enabled)) }).await
    }

    /// How many recovery codes are left to use. For more, switch codes off and on again.
    async fn recovery_codes_left(&self, ctx: &Context<'_>) -> Nullable<i32> {
        nullable(async move {
            let left = self.factor(ctx).await?.recovery_codes_left;
            Ok(Some(i32::try_from(left).unwrap_or(i32::MAX)))
        })
        .await
    }
}

/// Whose account to protect.
#[derive(InputObject)]
pub struct EnableTotpInput {
    /// The password of the viewer: a session alone is not enough.
    #[graphql(secret)]
    current_password: String,
}

payload! {
    /// What `enableTotp` answers.
    EnableTotpPayload {
        /// What the authenticator reads, as a QR code or typed. It holds the secret: show it, keep
        /// it nowhere.
        otpauth_url: String,
    }
}

/// What shows that the authenticator works.
#[derive(InputObject)]
pub struct ConfirmTotpInput {
    /// The six digits that the authenticator shows.
    #[graphql(secret)]
    code: String,
}

payload! {
    /// What `confirmTotp` answers.
    ConfirmTotpPayload {
        /// Ten codes, each of which stands in for the authenticator once. They are not shown again.
        recovery_codes: Vec<String>,
        /// The viewer, from now on with a second factor.
        viewer: Viewer,
    }
}

/// What shows that the viewer may do it.
#[derive(InputObject)]
pub struct DisableTotpInput {
    /// The password of the viewer: a session alone is not enough.
    #[graphql(secret)]
    current_password: String,
    /// A code of the authenticator, or a recovery code.
    #[graphql(secret)]
    code: String,
}

payload! {
    /// What `disableTotp` answers.
    DisableTotpPayload {
        /// The viewer, from now on without a second factor.
        viewer: Viewer,
    }
}

#[derive(Default)]
pub struct TotpMutation;

#[Object]
impl TotpMutation {
    /// Makes a secret for an authenticator. Nothing changes before `confirmTotp`; calling it again
    /// before that makes another secret. CONFLICT where codes are asked for already. Needs a
    /// session and the password.
    async fn enable_totp(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose account to protect.")] input: EnableTotpInput,
    ) -> Nullable<EnableTotpPayload> {
        nullable(async move {
            let (p, me) = (ctx.platform()?, ctx.me()?);
            let done = commands::enable_totp(p, me, &input.current_password).await;
            ctx.answer(done, |url| EnableTotpPayload {
                otpauth_url: Some(url),
                user_errors: Vec::new(),
            })
        })
        .await
    }

    /// Asks for a code at every sign-in from now on. Sessions that are open stay. CONFLICT where
    /// `enableTotp` was not called before. Needs a session.
    async fn confirm_totp(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What shows that the authenticator works.")] input: ConfirmTotpInput,
    ) -> Nullable<ConfirmTotpPayload> {
        nullable(async move {
            let me = ctx.me()?;
            let done = commands::confirm_totp(ctx.platform()?, me, &input.code).await;
            ctx.answer(done, |codes| ConfirmTotpPayload {
                recovery_codes: Some(codes),
                viewer: Some(Viewer(*me)),
                user_errors: Vec::new(),
            })
        })
        .await
    }

    /// Asks for the password alone from now on, and forgets the secret and the recovery codes.
    /// Needs a session, the password and a code.
    async fn disable_totp(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What shows that the viewer may do it.")] input: DisableTotpInput,
    ) -> Nullable<DisableTotpPayload> {
        nullable(async move {
            let (p, me) = (ctx.platform()?, ctx.me()?);
            let done = commands::disable_totp(p, me, &input.current_password, &input.code).await;
            ctx.answer(done, |()| DisableTotpPayload {
                viewer: Some(Viewer(*me)),
                user_errors: Vec::new(),
            })
        })
        .await
    }
}
