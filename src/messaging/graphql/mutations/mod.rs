//! What can be done in conversations.

pub mod answering;
pub mod beginning;
pub mod members;
pub mod messages;
pub mod typing;

use async_graphql::{Context, ID, MergedObject};

use self::{
    answering::AnsweringMutation, beginning::BeginningMutation, members::MembersMutation,
    messages::MessagesMutation, typing::TypingMutation,
};
use super::Conversation;
use crate::{
    error::{Error, Result},
    graphql::{context::Ask, errors::Payload, node::input_id},
    ids::{ConversationId, MessageId, NodeKind, PersonId},
    messaging::{loaders::ConversationsById, queries::MessageRef},
};

/// What can be done in conversations.
#[derive(MergedObject, Default)]
pub struct MessagingMutation(
    BeginningMutation,
    AnsweringMutation,
    MembersMutation,
    MessagesMutation,
    TypingMutation,
);

/// The conversation of an input.
///
/// # Errors
/// BAD_USER_INPUT at `conversationId`.
pub(super) fn conversation(id: &ID) -> Result<ConversationId> {
    input_id(id, "conversationId", NodeKind::Conversation).map(|node| ConversationId(node.id))
}

/// A message of an input.
///
/// # Errors
/// BAD_USER_INPUT at `path`.
fn message(id: &ID, path: &str) -> Result<MessageRef> {
    let node = input_id(id, path, NodeKind::Message)?;
    let home = node.home.ok_or_else(|| Error::not_found(path))?;
    Ok(MessageRef {
        conversation: ConversationId(home),
        id: MessageId(node.id),
    })
}

/// A person of an input.
///
/// # Errors
/// BAD_USER_INPUT at `path`.
fn person(id: &ID, path: &str) -> Result<PersonId> {
    input_id(id, path, NodeKind::User).map(|node| PersonId(node.id))
}

/// The people of an input.
///
/// # Errors
/// BAD_USER_INPUT at `path` and their place.
fn people(ids: &[ID], path: &str) -> Result<Vec<PersonId>> {
    let ids = ids.iter().enumerate();
    ids.map(|(n, id)| person(id, &format!("{path}.{n}")))
        .collect()
}

/// The payload of what was done to a conversation, with the conversation as the viewer sees it now.
async fn answer<P: Payload>(
    ctx: &Context<'_>,
    done: Result<ConversationId>,
    payload: impl FnOnce(Option<Conversation>) -> P,
) -> Result<Option<P>> {
    match ctx.settle(ctx.scope()?.me, done)? {
        Err(errors) => Ok(Some(P::refused(errors))),
        Ok(id) => {
            let seen = ctx.loaders()?.one::<ConversationsById>(id).await?;
            Ok(Some(payload(seen.map(Conversation))))
        }
    }
}
