//! Sending, changing, deleting and reading messages.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object};

use super::{answer, conversation, message};
use crate::{
    accounts::{Me, graphql::Viewer},
    error::Result,
    graphql::{
        connection::Edge,
        context::Ask,
        errors::{Nullable, nullable, payload},
        node::input_id,
    },
    ids::{ConversationId, NodeKind, PostId},
    media::graphql::media_ids,
    messaging::{
        commands::{self, NewMessage},
        entity,
        graphql::{Conversation, Message},
        sight::SightedMessage,
    },
    platform::Platform,
};

/// What to send, and where.
#[derive(InputObject)]
pub struct SendMessageInput {
    /// A conversation that stands as ACTIVE.
    conversation_id: ID,
    /// Plain text, 1 to 4,000 characters. It may be left out where a post is shared or something is
    /// attached.
    body: Option<String>,
    /// The message to answer, in the same conversation.
    reply_to_id: Option<ID>,
    /// A post to share, of a repost the original. Each reader sees of it what they may.
    shared_post_id: Option<ID>,
    /// Pictures and films to attach, in this order, at most 10: uploads of the viewer for MESSAGE
    /// that are complete.
    media_ids: Option<Vec<ID>>,
    /// Makes a repeated call answer with the message that the first one made. 1 to 100 characters,
    /// unique per person and conversation.
    idempotency_key: Option<String>,
}

payload! {
    /// What `sendMessage` answers.
    SendMessagePayload {
        /// The new message with its place in the conversation.
        message_edge: Edge<Message>,
        /// The conversation, with its new last message.
        conversation: Conversation,
    }
}

/// What to change in a message.
#[derive(InputObject)]
pub struct EditMessageInput {
    /// The message.
    message_id: ID,
    /// The new text, 1 to 4,000 characters.
    body: String,
}

payload! {
    /// What `editMessage` answers.
    EditMessagePayload {
        /// The message as it is now.
        message: Message,
    }
}

/// Which message to delete.
#[derive(InputObject)]
pub struct DeleteMessageInput {
    /// The message.
    message_id: ID,
}

payload! {
    /// What `deleteMessage` answers.
    DeleteMessagePayload {
        /// The tombstone that keeps its place.
        message: Message,
    }
}

/// How far the viewer has read.
#[derive(InputObject)]
pub struct MarkConversationReadInput {
    /// The conversation.
    conversation_id: ID,
    /// The last message that they have read, a tombstone too.
    up_to_message_id: ID,
}

payload! {
    /// What `markConversationRead` answers.
    MarkConversationReadPayload {
        /// The conversation, with its new unread count.
        conversation: Conversation,
        /// The viewer, with their new unread count.
        viewer: Viewer,
    }
}

async fn send(p: &Platform, me: &Me, input: &SendMessageInput) -> Result<entity::message::Model> {
    let reply_to = input.reply_to_id.as_ref();
    let shared_post = input.shared_post_id.as_ref();
    let post = |id| input_id(id, "sharedPostId", NodeKind::Post).map(|node| PostId(node.id));
    let media = media_ids(input.media_ids.as_deref().unwrap_or_default())?;
    let new = NewMessage {
        conversation: conversation(&input.conversation_id)?,
        body: input.body.as_deref(),
        reply_to: reply_to.map(|id| message(id, "replyToId")).transpose()?,
        shared_post: shared_post.map(post).transpose()?,
        media: &media,
        idempotency_key: input.idempotency_key.as_deref(),
    };
    commands::send(p, me, new).await
}

async fn read(p: &Platform, me: &Me, input: &MarkConversationReadInput) -> Result<ConversationId> {
    let id = conversation(&input.conversation_id)?;
    let up_to = message(&input.up_to_message_id, "upToMessageId")?;
    commands::mark_read(p, me, id, up_to).await?;
    Ok(id)
}

/// A message as its sender sees it.
fn own(row: entity::message::Model) -> Message {
    Message(Arc::new(SightedMessage::own(row)))
}

#[derive(Default)]
pub struct MessagesMutation;

#[Object]
impl MessagesMutation {
    /// Sends a message into a conversation of the viewer. It moves nobody's read marker. FORBIDDEN
    /// before a request is accepted, and where the other one of a DIRECT conversation cannot be
    /// written to. Needs a session.
    async fn send_message(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to send, and where.")] input: SendMessageInput,
    ) -> Nullable<SendMessagePayload> {
        nullable(async move {
            let me = ctx.me()?;
            let (done, sent) = match send(ctx.platform()?, me, &input).await {
                Ok(row) => (Ok(row.conversation_id), Some(row)),
                Err(error) => (Err(error), None),
            };
            answer(ctx, done, |conversation| SendMessagePayload {
                message_edge: sent.map(|row| own(row).edge()),
                conversation,
                ..Default::default()
            })
            .await
        })
        .await
    }

    /// Changes the text of a message of the viewer. Nothing becomes unread by it. Needs a session.
    async fn edit_message(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change in a message.")] input: EditMessageInput,
    ) -> Nullable<EditMessagePayload> {
        nullable(async move {
            let me = ctx.me()?;
            let done = match message(&input.message_id, "messageId") {
                Ok(at) => commands::edit(ctx.platform()?, me, at, &input.body).await,
                Err(error) => Err(error),
            };
            ctx.answer(done, |row| EditMessagePayload {
                message: Some(own(row)),
                ..Default::default()
            })
        })
        .await
    }

    /// Deletes a message of the viewer for everybody: its text is erased, a tombstone keeps its
    /// place. Deleting twice changes nothing. Needs a session.
    async fn delete_message(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which message to delete.")] input: DeleteMessageInput,
    ) -> Nullable<DeleteMessagePayload> {
        nullable(async move {
            let me = ctx.me()?;
            let done = match message(&input.message_id, "messageId") {
                Ok(at) => commands::delete(ctx.platform()?, me, at).await,
                Err(error) => Err(error),
            };
            ctx.answer(done, |row| DeleteMessagePayload {
                message: Some(own(row)),
                ..Default::default()
            })
        })
        .await
    }

    /// Moves the viewer's read marker forward to a message; an earlier one changes nothing. Only
    /// this moves it. Needs a session.
    async fn mark_conversation_read(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How far the viewer has read.")] input: MarkConversationReadInput,
    ) -> Nullable<MarkConversationReadPayload> {
        nullable(async move {
            let me = ctx.me()?;
            let done = read(ctx.platform()?, me, &input).await;
            answer(ctx, done, |conversation| MarkConversationReadPayload {
                conversation,
                viewer: Some(Viewer(*me)),
                ..Default::default()
            })
            .await
        })
        .await
    }
}
