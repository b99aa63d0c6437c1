//! Accepting conversations, declining and leaving them.

use async_graphql::{Context, ID, InputObject, Object};

use super::{answer, conversation};
use crate::{
    graphql::{
        connection::Edge,
        context::Ask,
        errors::{Nullable, nullable, payload},
    },
    messaging::{commands, graphql::Conversation},
};

/// What to accept.
#[derive(InputObject)]
pub struct AcceptConversationInput {
    /// A conversation that others put the viewer into.
    conversation_id: ID,
}

payload! {
    /// What `acceptConversation` answers.
    AcceptConversationPayload {
        /// The conversation with its place in `Viewer.conversations`.
        conversation_edge: Edge<Conversation>,
    }
}

/// What to decline.
#[derive(InputObject)]
pub struct DeclineConversationInput {
    /// A conversation that stands as a REQUEST.
    conversation_id: ID,
}

payload! {
    /// What `declineConversation` answers.
    DeclineConversationPayload {
        /// The conversation, to drop from lists.
        removed_conversation_id: ID,
    }
}

/// What to leave.
#[derive(InputObject)]
pub struct LeaveConversationInput {
    /// A group that the viewer is in.
    conversation_id: ID,
}

payload! {
    /// What `leaveConversation` answers.
    LeaveConversationPayload {
        /// The conversation, to drop from lists.
        removed_conversation_id: ID,
    }
}

#[derive(Default)]
pub struct AnsweringMutation;

#[Object]
impl AnsweringMutation {
    /// Accepts a conversation that stands as a request: now the viewer may write, and others see
    /// how far they have read. Accepting twice changes nothing. Needs a session.
    async fn accept_conversation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to accept.")] input: AcceptConversationInput,
    ) -> Nullable<AcceptConversationPayload> {
        nullable(async move {
            let me = ctx.me()?;
            let done = match conversation(&input.conversation_id) {
                Ok(id) => commands::accept(ctx.platform()?, me, id).await.map(|()| id),
                Err(error) => Err(error),
            };
            answer(ctx, done, |conversation| AcceptConversationPayload {
                conversation_edge: conversation.map(Conversation::edge),
                ..Default::default()
            })
            .await
        })
        .await
    }

    /// Declines a conversation that stands as a request. It is not there for the viewer any more;
    /// the others are told nothing. FORBIDDEN for any other conversation. Needs a session.
    async fn decline_conversation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to decline.")] input: DeclineConversationInput,
    ) -> Nullable<DeclineConversationPayload> {
        nullable(async move {
            let me = ctx.me()?;
            let done = match conversation(&input.conversation_id) {
                Ok(id) => commands::decline(ctx.platform()?, me, id).await,
                Err(error) => Err(error),
            };
            ctx.answer(done, |()| DeclineConversationPayload {
                removed_conversation_id: Some(input.conversation_id),
                ..Default::default()
            })
        })
        .await
    }

    /// Leaves a group; nothing of it is there for the viewer any more. Its owner hands over first,
    /// by `changeMemberRole`, unless nobody else is left: CONFLICT. FORBIDDEN for a DIRECT
    /// conversation. Needs a session.
    async fn leave_conversation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to leave.")] input: LeaveConversationInput,
    ) -> Nullable<LeaveConversationPayload> {
        nullable(async move {
            let me = ctx.me()?;
            let done = match conversation(&input.conversation_id) {
                Ok(id) => commands::leave(ctx.platform()?, me, id).await,
                Err(error) => Err(error),
            };
            ctx.answer(done, |()| LeaveConversationPayload {
                removed_conversation_id: Some(input.conversation_id),
                ..Default::default()
            })
        })
        .await
    }
}
