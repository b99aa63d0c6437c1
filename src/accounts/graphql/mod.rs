//! Accounts in the schema: signing up, in and out, and the viewer.

pub mod email;
pub mod oidc;
pub mod password;
pub mod session;
pub mod settings;
pub mod totp;

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, MergedObject, Object, SimpleObject};

pub use self::{session::Session, settings::Settings};

use crate::{
    accounts::{Me, Role, SessionTokens as Tokens, commands, entity::account, loaders::AccountOf},
    error::{Error, Result},
    feed::graphql::ViewersFeed,
    graphql::{
        connection::{Connection, CountedConnection, connection, counted_connection},
        context::Ask,
        errors::{Nullable, Payload, nullable, payload},
        scalars::DateTime,
    },
    ids::{NodeId, NodeKind},
    messaging::graphql::of_viewer::ViewersConversations,
    moderation::graphql::ViewersReports,
    notifications::graphql::of_viewer::ViewersNotifications,
    page::RawPageArgs,
    people::{
        self,
        commands::{SignIn, SignUp},
        graphql::User,
        lists::{BlockedUsers, FollowRequests, MutedUsers},
        loaders::PeopleById,
    },
    posts::{
        graphql::{Post, ViewersDrafts},
        lists::Bookmarks,
    },
    privacy::graphql::ViewersExports,
};

/// The signed-in person as they see themselves.
#[derive(Clone, Copy)]
pub struct Viewer(pub Me);

impl Viewer {
    async fn account(&self, ctx: &Context<'_>) -> Result<Arc<account::Model>> {
        let account = ctx.loaders()?.one::<AccountOf>(self.0.id()).await?;
        account.ok_or_else(Error::unauthenticated)
    }
}

/// The signed-in person, with everything that is theirs alone. `node` gives it to its owner only.
#[Object]
impl Viewer {
    /// The global id; not the id of `user`.
    pub async fn id(&self) -> ID {
        NodeId::new(NodeKind::Viewer, self.0.id().0).into()
    }

    /// The viewer as others see them.
    async fn user(&self, ctx: &Context<'_>) -> Result<User> {
        let person = ctx.loaders()?.one::<PeopleById>(self.0.id()).await?;
        person.map(User::from).ok_or_else(Error::unauthenticated)
    }

    /// The e-mail address of the account. Empty where it was made by a provider that named none.
    async fn email(&self, ctx: &Context<'_>) -> Result<String> {
        Ok(self.account(ctx).await?.email.clone())
    }

    /// Whether the address was proven to be the viewer's.
    async fn is_email_verified(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(self.account(ctx).await?.email_verified_at.is_some())
    }

    /// When the account is erased, by the viewer's wish; until then `cancelAccountDeletion` keeps it.
    /// Null where it stays.
    async fn erases_at(&self, ctx: &Context<'_>) -> Result<Option<DateTime>> {
        Ok(self.account(ctx).await?.erases_at.map(DateTime))
    }

    /// What the viewer may do beyond writing.
    async fn role(&self) -> Role {
        self.0.role()
    }

    /// What the viewer has decided about their account.
    async fn settings(&self, ctx: &Context<'_>) -> Nullable<Settings> {
        nullable(async move { Ok(Some(Settings::from(&*self.account(ctx).await?))) }).await
    }

    /// What the people whom the viewer follows post.
    #[graphql(flatten)]
    async fn of_feed(&self) -> ViewersFeed {
        ViewersFeed
    }

    /// The posts that the viewer keeps and may still see, the latest kept first. Nobody else reads
    /// them. 20 without `first` or `last`, at most 100.
    async fn bookmarks(
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
            connection(ctx, Bookmarks, self.0.id().0, args).await
        })
        .await
    }

    /// The people who ask to follow the viewer, the latest first: answer them by
    /// `acceptFollowRequest` and `rejectFollowRequest`. They stay when the account becomes public.
    /// 20 without `first` or `last`, at most 100.
    async fn follow_requests(
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
            let args = RawPageArgs {
                first,
                after,
                last,
                before,
            };
            counted_connection(ctx, FollowRequests, self.0.id().0, args).await
        })
        .await
    }

    /// The people whom the viewer blocks, the latest first, in reduced form: `bio` is empty, counts
    /// and connections are null. 20 without `first` or `last`, at most 100.
    async fn blocked_users(
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
            let args = RawPageArgs {
                first,
                after,
                last,
                before,
            };
            counted_connection(ctx, BlockedUsers, self.0.id().0, args).await
        })
        .await
    }

    /// The people whom the viewer mutes now, the latest first; not those beyond a block. 20 without
    /// `first` or `last`, at most 100.
    async fn muted_users(
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
            let args = RawPageArgs {
                first,
                after,
                last,
                before,
            };
            counted_connection(ctx, MutedUsers, self.0.id().0, args).await
        })
        .await
    }

    /// Where the viewer is signed in.
    #[graphql(flatten)]
    async fn of_sessions(&self) -> session::ViewersSessions {
        session::ViewersSessions(self.0)
    }

    /// What the viewer needs beside a password.
    #[graphql(flatten)]
    async fn of_factors(&self) -> totp::ViewersSecondFactor {
        totp::ViewersSecondFactor(self.0)
    }

    /// What the viewer has begun to write.
    #[graphql(flatten)]
    async fn of_posts(&self) -> ViewersDrafts {
        ViewersDrafts(self.0)
    }

    /// What the viewer is in, and has not read.
    #[graphql(flatten)]
    async fn of_messaging(&self) -> ViewersConversations {
        ViewersConversations(self.0)
    }

    /// What is copied for the viewer.
    #[graphql(flatten)]
    async fn of_privacy(&self) -> ViewersExports {
        ViewersExports(self.0)
    }

    /// What the viewer is told of.
    #[graphql(flatten)]
    async fn of_notifications(&self) -> ViewersNotifications {
        ViewersNotifications(self.0)
    }

    /// What the viewer has told staff of.
    #[graphql(flatten)]
    async fn of_moderation(&self) -> ViewersReports {
        ViewersReports(self.0)
    }
}

#[derive(Default)]
pub struct AccountsQuery;

#[Object]
impl AccountsQuery {
    /// The signed-in person; null for a guest.
    async fn viewer(&self, ctx: &Context<'_>) -> Nullable<Viewer> {
        nullable(async move { Ok(ctx.scope()?.me.map(Viewer)) }).await
    }
}

/// What proves a session to the server.
#[derive(SimpleObject)]
pub struct SessionTokens {
    /// Send it as `Authorization: Bearer …`. A JWT; treat it as opaque.
    access_token: String,
    /// When it ends, fifteen minutes after it was made. Get a new one by `refreshSession` before.
    access_token_expires_at: DateTime,
    /// Exchanges for new tokens, once, within thirty days. Keep it secret: using it again later ends
    /// the session.
    refresh_token: String,
}

impl From<Tokens> for SessionTokens {
    fn from(tokens: Tokens) -> Self {
        Self {
            access_token: tokens.access_token,
            access_token_expires_at: DateTime(tokens.access_token_expires_at),
            refresh_token: tokens.refresh_token,
        }
    }
}

/// Who wants to join.
#[derive(InputObject)]
pub struct SignUpInput {
    /// A free handle: 3 to 30 of `a-z 0-9 _`, after folding.
    handle: String,
    /// An e-mail address. Whether it is in use already is never told.
    email: String,
    /// 8 to 128 characters, not a common one.
    #[graphql(secret)]
    password: String,
    /// The name to show, 1 to 50 characters. Without it: the handle.
    display_name: Option<String>,
}

payload! {
    /// What `signUp` answers.
    SignUpPayload {
        /// The new session.
        session: SessionTokens,
        /// The new person.
        viewer: Viewer,
    }
}

/// Who wants to sign in.
#[derive(InputObject)]
pub struct SignInInput {
    /// A handle or an e-mail address.
    login: String,
    /// The password.
    #[graphql(secret)]
    password: String,
    /// A code of the authenticator, or one of the recovery codes, of an account that asks for one.
    #[graphql(secret)]
    totp: Option<String>,
}

payload! {
    /// What `signIn` answers.
    SignInPayload {
        /// The new session.
        session: SessionTokens,
        /// The signed-in person.
        viewer: Viewer,
    }
}

/// What to exchange.
#[derive(InputObject)]
pub struct RefreshSessionInput {
    /// The refresh token got last.
    #[graphql(secret)]
    refresh_token: String,
}

payload! {
    /// What `refreshSession` answers.
    RefreshSessionPayload {
        /// New tokens for the same session.
        session: SessionTokens,
    }
}

/// Which session to end.
#[derive(InputObject)]
pub struct SignOutInput {
    /// The session's refresh token. Without it: the session of the access token.
    #[graphql(secret)]
    refresh_token: Option<String>,
}

payload! {
    /// What `signOut` answers.
    SignOutPayload {
        /// The session that ended.
        revoked_session_id: ID,
    }
}

/// What can be done to accounts.
#[derive(MergedObject, Default)]
pub struct AccountsMutation(
    SigningMutation,
    session::SessionsMutation,
    email::EmailMutation,
    password::PasswordMutation,
    totp::TotpMutation,
    oidc::OidcMutation,
    settings::SettingsMutation,
);

#[derive(Default)]
pub struct SigningMutation;

#[Object]
impl SigningMutation {
    /// Makes an account, signs in and mails the token for `verifyEmail`. Public. That an e-mail
    /// address is in use is never told: its holder gets a letter, and it stays theirs.
    async fn sign_up(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who wants to join.")] input: SignUpInput,
    ) -> Nullable<SignUpPayload> {
        nullable(async move {
            let new = SignUp {
                handle: &input.handle,
                email: &input.email,
                password: &input.password,
                display_name: input.display_name.as_deref(),
                user_agent: ctx.scope()?.user_agent.as_deref(),
                address: ctx.scope()?.address,
            };
            let done = people::commands::sign_up(ctx.platform()?, new).await;
            let viewer = done.as_ref().ok().map(|(me, _)| *me);
            let done = ctx.settle(viewer, done)?;
            Ok(Some(done.map_or_else(
                SignUpPayload::refused,
                |(me, tokens)| SignUpPayload {
                    session: Some(tokens.into()),
                    viewer: Some(Viewer(me)),
                    user_errors: Vec::new(),
                },
            )))
        })
        .await
    }

    /// Signs in. Public. The answer, and the work, is the same for an unknown account and a wrong
    /// password; SUSPENDED and TOTP_REQUIRED are told only to whoever knows the password. Each code
    /// is good once; after five wrong ones in a row there is a pause.
    async fn sign_in(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who wants to sign in.")] input: SignInInput,
    ) -> Nullable<SignInPayload> {
        nullable(async move {
            let who = SignIn {
                login: &input.login,
                password: &input.password,
                totp: input.totp.as_deref(),
                user_agent: ctx.scope()?.user_agent.as_deref(),
                address: ctx.scope()?.address,
            };
            let done = people::commands::sign_in(ctx.platform()?, who).await;
            let viewer = done.as_ref().ok().map(|(me, _)| *me);
            let done = ctx.settle(viewer, done)?;
            Ok(Some(done.map_or_else(
                SignInPayload::refused,
                |(me, tokens)| SignInPayload {
                    session: Some(tokens.into()),
                    viewer: Some(Viewer(me)),
                    user_errors: Vec::new(),
                },
            )))
        })
        .await
    }

    /// Exchanges a refresh token for new tokens. Public. A refresh token is good for one exchange.
    /// The last one may be repeated for thirty seconds, and gives the same refresh token again; any
    /// other use ends the session, because somebody must have copied it. While the person is
    /// suspended it is refused, and not used up.
    async fn refresh_session(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to exchange.")] input: RefreshSessionInput,
    ) -> Nullable<RefreshSessionPayload> {
        nullable(async move {
            let (p, now) = (ctx.platform()?, ctx.scope()?.now());
            let may_act = |person| people::queries::may_act(now, person);
            let done = commands::refresh(p, &input.refresh_token, now, may_act).await;
            ctx.answer(done, |tokens| RefreshSessionPayload {
                session: Some(tokens.into()),
                user_errors: Vec::new(),
            })
        })
        .await
    }

    /// Ends a session of the viewer: its tokens stop working at once. Needs a session.
    async fn sign_out(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which session to end.")] input: SignOutInput,
    ) -> Nullable<SignOutPayload> {
        nullable(async move {
            let me = ctx.me()?;
            let token = input.refresh_token.as_deref();
            let done = commands::sign_out(ctx.platform()?, me, token).await;
            ctx.answer(done, |session| SignOutPayload {
                revoked_session_id: Some(NodeId::new(NodeKind::Session, session.0).into()),
                user_errors: Vec::new(),
            })
        })
        .await
    }
}
