//! Starting conversations, naming them, and muting them.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object};

use super::{answer, conversation, people};
use crate::{
    accounts::Me,
    error::Result,
    graphql::{
        connection::Edge,
        context::Ask,
        errors::{Nullable, nullable, payload},
        scalars::DateTime,
    },
    ids::ConversationId,
    messaging::{
        commands::{self, NewConversation},
        entity::conversation::Kind,
        graphql::Conversation,
    },
    platform::Platform,
};

/// With whom to start a conversation.
#[derive(InputObject)]
pub struct StartConversationInput {
    /// Between two people, or among many.
    kind: Kind,
    /// The others: exactly one for DIRECT, at most 50 for GROUP, each once and never the viewer.
    member_ids: Vec<ID>,
    /// The title of a group, 1 to 100 characters; absent or null: none. DIRECT has none.
    title: Option<String>,
    /// Makes a repeated call answer with the conversation that the first one made. 1 to 100
    /// characters, unique per person.
    idempotency_key: Option<String>,
}

payload! {
    /// What `startConversation` answers.
    StartConversationPayload {
        /// The conversation with its place in `Viewer.conversations`.
        conversation_edge: Edge<Conversation>,
        /// The same conversation.
        conversation: Conversation,
    }
}

/// What to change about a group.
#[derive(InputObject)]
pub struct UpdateConversationInput {
    /// The group.
    conversation_id: ID,
    /// Its new title, 1 to 100 characters. Null: none. Absent: as it is.
    title: MaybeUndefined<String>,
}

payload! {
    /// What `updateConversation` answers.
    UpdateConversationPayload {
        /// The group as it is now.
        conversation: Conversation,
    }
}

/// What to mute, and for how long.
#[derive(InputObject)]
pub struct MuteConversationInput {
    /// The conversation.
    conversation_id: ID,
    /// True: mute it. False: end the mute.
    is_muted: bool,
    /// When the mute ends by itself; absent or null: when it is taken back. It has no meaning
    /// where a mute is ended.
    until: Option<DateTime>,
}

payload! {
    /// What `muteConversation` answers.
    MuteConversationPayload {
        /// The conversation as it is now.
        conversation: Conversation,
    }
}

async fn start(p: &Platform, me: &Me, input: &StartConversationInput) -> Result<ConversationId> {
    let members = people(&input.member_ids, "memberIds")?;
    let new = NewConversation {
        kind: input.kind,
        members: &members,
        title: input.title.as_deref(),
        idempotency_key: input.idempotency_key.as_deref(),
    };
    commands::start(p, me, new).await
}

async fn update(p: &Platform, me: &Me, input: UpdateConversationInput) -> Result<ConversationId> {
    let id = conversation(&input.conversation_id)?;
    let title = match input.title {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(None),
        MaybeUndefined::Value(title) => Some(Some(title)),
    };
    let title = title.as_ref().map(Option::as_deref);
    commands::rename(p, me, id, title).await?;
    Ok(id)
}

async fn mute(p: &Platform, me: &Me, input: &MuteConversationInput) -> Result<ConversationId> {
    let id = conversation(&input.conversation_id)?;
    let until = input.until.map(|until| until.0);
    commands::set_muted(p, me, id, (input.is_muted, until)).await?;
    Ok(id)
}

#[derive(Default)]
pub struct BeginningMutation;

#[Object]
impl BeginningMutation {
    /// Starts a conversation. Whoever takes messages from people they follow only gets it as a
    /// request; NOT_FOUND at their place for whoever takes none and for those who are not there for
    /// the viewer. Two people have one DIRECT conversation: starting it again answers with it, and
    /// accepts it where it was a request or declined. Needs a session.
    async fn start_conversation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "With whom to start a conversation.")] input: StartConversationInput,
    ) -> Nullable<StartConversationPayload> {
        nullable(async move {
            let me = ctx.me()?;
            let done = start(ctx.platform()?, me, &input).await;
            answer(ctx, done, |conversation| StartConversationPayload {
                conversation_edge: conversation.clone().map(Conversation::edge),
                conversation,
                ..Default::default()
            })
            .await
        })
        .await
    }

    /// Gives a group another title. Its owner and admins may. Needs a session.
    async fn update_conversation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change about a group.")] input: UpdateConversationInput,
    ) -> Nullable<UpdateConversationPayload> {
        nullable(async move {
            let me = ctx.me()?;
            let done = update(ctx.platform()?, me, input).await;
            answer(ctx, done, |conversation| UpdateConversationPayload {
                conversation,
                ..Default::default()
            })
            .await
        })
        .await
    }

    /// Keeps a conversation quiet for the viewer, or ends that. Others are told nothing. Muting
    /// again replaces the end. Needs a session.
    async fn mute_conversation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to mute, and for how long.")] input: MuteConversationInput,
    ) -> Nullable<MuteConversationPayload> {
        nullable(async move {
            let me = ctx.me()?;
            let done = mute(ctx.platform()?, me, &input).await;
            answer(ctx, done, |conversation| MuteConversationPayload {
                conversation,
                ..Default::default()
            })
            .await
        })
        .await
    }
}
