//! The viewer's sessions in the schema.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object};

use crate::{
    accounts::{Me, commands, entity::session, lists::SessionsOf},
    graphql::{
        connection::{CountedConnection, Listed, counted_connection},
        context::Ask,
        errors::{Nullable, nullable, payload},
        level::Level,
        node::input_id,
        scalars::DateTime,
    },
    ids::{NodeId, NodeKind, SessionId},
    page::RawPageArgs,
};

/// Somewhere the viewer is signed in.
#[derive(Clone)]
pub struct Session(pub Arc<session::Model>);

impl From<Arc<session::Model>> for Session {
    fn from(row: Arc<session::Model>) -> Self {
        Self(row)
    }
}

impl Level for Session {}

impl Listed for SessionsOf {
    type Node = Session;
}

/// Somewhere the viewer is signed in. Nobody else sees it. It ends by `signOut`, `revokeSession`, a
/// new password, or after thirty days without use.
#[Object]
impl Session {
    /// The global id, as `revokeSession` takes it.
    pub async fn id(&self) -> ID {
        NodeId::new(NodeKind::Session, self.0.id.0).into()
    }

    /// When the viewer signed in there.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// When its tokens were last renewed. Within their life, fifteen minutes, use is not noted.
    async fn last_used_at(&self) -> DateTime {
        DateTime(self.0.last_used_at)
    }

    /// The program that signed in, as it named itself, at most 200 characters; null where it did
    /// not.
    async fn user_agent(&self) -> Option<&str> {
        self.0.user_agent.as_deref()
    }

    /// Whether it is the one that asks.
    async fn is_current(&self, ctx: &Context<'_>) -> bool {
        let me = ctx.scope().ok().and_then(|scope| scope.me);
        me.is_some_and(|me| me.session() == self.0.id)
    }
}

/// The viewer with regard to sessions.
pub struct ViewersSessions(pub Me);

/// The viewer with regard to sessions.
#[Object]
impl ViewersSessions {
    /// Where the viewer is signed in, the latest session first; at most 100. 20 without `first` or
    /// `last`.
    async fn sessions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, 1 to 100; not together with `last`.")]
        first: Option<i64>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100; not together with `first`.")]
        last: Option<i64>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Nullable<CountedConnection<Session>> {
        nullable(async move {
            let args = RawPageArgs {
                first,
                after,
                last,
                before,
            };
            counted_connection(ctx, SessionsOf, self.0.id().0, args).await
        })
        .await
    }
}

/// Which session to end.
#[derive(InputObject)]
pub struct RevokeSessionInput {
    /// One of the viewer's sessions.
    session_id: ID,
}

payload! {
    /// What `revokeSession` answers.
    RevokeSessionPayload {
        /// The session that ended.
        revoked_session_id: ID,
    }
}

#[derive(Default)]
pub struct SessionsMutation;

#[Object]
impl SessionsMutation {
    /// Ends a session of the viewer, this one or another: its tokens stop working at once, its
    /// sockets within five seconds. Needs a session.
    async fn revoke_session(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which session to end.")] input: RevokeSessionInput,
    ) -> Nullable<RevokeSessionPayload> {
        nullable(async move {
            let me = ctx.me()?;
            let done = async {
                let node = input_id(&input.session_id, "sessionId", NodeKind::Session)?;
                commands::revoke_session(ctx.platform()?, me, SessionId(node.id)).await
            };
            ctx.answer(done.await, |()| RevokeSessionPayload {
                revoked_session_id: Some(input.session_id.clone()),
                user_errors: Vec::new(),
            })
        })
        .await
    }
}
