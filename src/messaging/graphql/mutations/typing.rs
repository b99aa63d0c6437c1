//! Saying that one types.

use async_graphql::{Context, ID, InputObject, Object};

use super::conversation;
use crate::{
    graphql::{
        context::Ask,
        errors::{Nullable, nullable, payload},
    },
    messaging::commands,
};

/// Who types where.
#[derive(InputObject)]
pub struct SetTypingInput {
    /// A conversation that the viewer has accepted.
    conversation_id: ID,
    /// True while the viewer types, said again every few seconds; false when they stop.
    is_typing: bool,
}

payload! {
    /// What `setTyping` answers.
    SetTypingPayload {}
}

#[derive(Default)]
pub struct TypingMutation;

#[Object]
impl TypingMutation {
    /// Tells the other members who listen to `typing` that the viewer types, or has stopped. It
    /// lasts six seconds, may be lost, and is kept nowhere. Needs a session.
    async fn set_typing(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who types where.")] input: SetTypingInput,
    ) -> Nullable<SetTypingPayload> {
        nullable(async move {
            let me = ctx.me()?;
            let done = match conversation(&input.conversation_id) {
                Ok(id) => commands::may_type(ctx.platform()?, me, id)
                    .await
                    .map(|()| id),
                Err(error) => Err(error),
            };
            if let Ok(id) = &done {
                ctx.hub()?.tell_typing(*id, me.id(), input.is_typing);
            }
            ctx.answer(done, |_| SetTypingPayload::default())
        })
        .await
    }
}
