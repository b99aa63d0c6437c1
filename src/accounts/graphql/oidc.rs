//! Signing in by a provider of identities, in the schema.

use async_graphql::{Context, InputObject, Object};

use super::{SessionTokens, Viewer};
use crate::{
    accounts::commands::{self, Return},
    graphql::{
        context::Ask,
        errors::{Nullable, Payload, nullable, payload},
    },
    people::commands::{OidcSignIn, sign_in_by_oidc},
};

/// Where somebody wants to prove who they are.
#[derive(InputObject)]
pub struct BeginOidcSignInInput {
    /// The provider's name, as the operator of the server gave it.
    provider: String,
    /// The page of the app that the provider sends people back to: one of those that the operator
    /// has listed, letter by letter.
    redirect_uri: String,
}

payload! {
    /// What `beginOidcSignIn` answers.
    BeginOidcSignInPayload {
        /// Where to send the browser now. It is good for ten minutes.
        authorization_url: String,
        /// Keep it where only this browser has it (sessionStorage), and give it back with `state`
        /// and `code`. It keeps others from signing this browser in as somebody else.
        secret: String,
    }
}

/// What somebody comes back from the provider with.
#[derive(InputObject)]
pub struct CompleteOidcSignInInput {
    /// The parameter `state` of the address that the provider sent the browser to.
    #[graphql(secret)]
    state: String,
    /// Its parameter `code`.
    #[graphql(secret)]
    code: String,
    /// What `beginOidcSignIn` answered.
    #[graphql(secret)]
    secret: String,
    /// A code of the authenticator, or one of the recovery codes, of an account that asks for one.
    #[graphql(secret)]
    totp: Option<String>,
    /// The handle that somebody new wants. Without it: one like their name at the provider.
    handle: Option<String>,
}

payload! {
    /// What `completeOidcSignIn` answers.
    CompleteOidcSignInPayload {
        /// The new session.
        session: SessionTokens,
        /// The signed-in person.
        viewer: Viewer,
        /// Whether they had no account before.
        is_new_account: bool,
    }
}

/// What somebody comes back from the provider with, to sign in by it too.
#[derive(InputObject)]
pub struct LinkOidcIdentityInput {
    /// The parameter `state` of the address that the provider sent the browser to.
    #[graphql(secret)]
    state: String,
    /// Its parameter `code`.
    #[graphql(secret)]
    code: String,
    /// What `beginOidcSignIn` answered.
    #[graphql(secret)]
    secret: String,
    /// The password of the viewer: a session alone is not enough.
    #[graphql(secret)]
    current_password: String,
}

payload! {
    /// What `linkOidcIdentity` answers.
    LinkOidcIdentityPayload {
        /// The viewer, who may sign in by the provider from now on.
        viewer: Viewer,
    }
}

/// Which provider to forget.
#[derive(InputObject)]
pub struct UnlinkOidcIdentityInput {
    /// The provider's name, as the operator of the server gave it.
    provider: String,
    /// The password of the viewer, by which alone they sign in afterwards.
    #[graphql(secret)]
    current_password: String,
}

payload! {
    /// What `unlinkOidcIdentity` answers.
    UnlinkOidcIdentityPayload {
        /// The viewer, who does not sign in by the provider any more.
        viewer: Viewer,
    }
}

#[derive(Default)]
pub struct OidcMutation;

#[Object]
impl OidcMutation {
    /// Begins to sign in, or to link an identity, by a provider (OpenID Connect). Public. Send the
    /// browser to the address; what it comes back with goes to `completeOidcSignIn` or
    /// `linkOidcIdentity`.
    async fn begin_oidc_sign_in(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Where somebody wants to prove who they are.")]
        input: BeginOidcSignInInput,
    ) -> Nullable<BeginOidcSignInPayload> {
        nullable(async move {
            let (name, redirect_uri) = (&input.provider, &input.redirect_uri);
            let done = commands::begin_oidc_sign_in(ctx.platform()?, name, redirect_uri).await;
            ctx.answer(done, |begun| BeginOidcSignInPayload {
                authorization_url: Some(begun.authorization_url),
                secret: Some(begun.secret),
                user_errors: Vec::new(),
            })
        })
        .await
    }

    /// Signs in by an identity at a provider, or makes an account for one that has none. Public.
    /// After TOTP_REQUIRED or a refused handle the same input may be sent again with another code
    /// or handle; TOKEN_INVALID means to begin again. CONFLICT: there is an account with the
    /// address already; sign in to it and call `linkOidcIdentity`.
    async fn complete_oidc_sign_in(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What somebody comes back from the provider with.")]
        input: CompleteOidcSignInInput,
    ) -> Nullable<CompleteOidcSignInPayload> {
        nullable(async move {
            let who = OidcSignIn {
                back: Return {
                    state: &input.state,
                    code: &input.code,
                    secret: &input.secret,
                },
                totp: input.totp.as_deref(),
                handle: input.handle.as_deref(),
                user_agent: ctx.scope()?.user_agent.as_deref(),
            };
            // Boxed: every mutation is as large as the largest.
            let done = Box::pin(sign_in_by_oidc(ctx.platform()?, who)).await;
            let viewer = done.as_ref().ok().map(|entered| entered.me);
            let done = ctx.settle(viewer, done)?;
            Ok(Some(done.map_or_else(
                CompleteOidcSignInPayload::refused,
                |entered| CompleteOidcSignInPayload {
                    session: Some(entered.tokens.into()),
                    viewer: Some(Viewer(entered.me)),
                    is_new_account: Some(entered.is_new),
                    user_errors: Vec::new(),
                },
            )))
        })
        .await
    }

    /// Lets the viewer sign in by an identity at a provider too, beside their password. Needs a
    /// session and the password. CONFLICT where the identity is somebody's already.
    async fn link_oidc_identity(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What somebody comes back from the provider with.")]
        input: LinkOidcIdentityInput,
    ) -> Nullable<LinkOidcIdentityPayload> {
        nullable(async move {
            let (p, me) = (ctx.platform()?, ctx.me()?);
            let back = Return {
                state: &input.state,
                code: &input.code,
                secret: &input.secret,
            };
            let done = commands::link_identity(p, me, &back, &input.current_password).await;
            ctx.answer(done, |()| LinkOidcIdentityPayload {
                viewer: Some(Viewer(*me)),
                user_errors: Vec::new(),
            })
        })
        .await
    }

    /// Keeps the viewer from signing in by a provider. Needs a session and the password. Where
    /// nothing is linked nothing changes.
    async fn unlink_oidc_identity(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which provider to forget.")] input: UnlinkOidcIdentityInput,
    ) -> Nullable<UnlinkOidcIdentityPayload> {
        nullable(async move {
            let (p, me) = (ctx.platform()?, ctx.me()?);
            let (name, password) = (&input.provider, &input.current_password);
            let done = commands::unlink_identity(p, me, name, password).await;
            ctx.answer(done, |()| UnlinkOidcIdentityPayload {
                viewer: Some(Viewer(*me)),
                user_errors: Vec::new(),
            })
        })
        .await
    }
}
