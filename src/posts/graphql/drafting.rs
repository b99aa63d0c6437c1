//! Keeping, publishing and deleting drafts.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object};

use super::{
    draft::Draft,
    post::Post,
    writing::{cleared, hung},
};
use crate::{
    accounts::Me,
    error::Result,
    graphql::{
        connection::Edge,
        context::Ask,
        errors::{Nullable, nullable, payload},
        node::input_id,
        scalars::DateTime,
    },
    ids::{DraftId, NodeKind},
    platform::Platform,
    posts::{
        ReplyPolicy, Visibility,
        commands::{self, DraftChanges},
        entity::{draft, post},
    },
};

/// What a draft is to hold. What is absent stays as it is, or as a new draft begins; null clears it.
#[derive(InputObject)]
pub struct SaveDraftInput {
    /// The draft to change. Absent or null: a new one.
    draft_id: Option<ID>,
    /// Plain text of at most 5,000 characters, which may be empty until it is published. A new draft
    /// begins empty.
    body: MaybeUndefined<String>,
    /// Who is to see the post. A new draft begins with PUBLIC, to which null sets it back.
    visibility: MaybeUndefined<Visibility>,
    /// Who is to comment on it. A new draft begins with EVERYONE, to which null sets it back.
    reply_policy: MaybeUndefined<ReplyPolicy>,
    /// What readers are to be warned of: 1 to 200 characters. Null: nothing.
    content_warning: MaybeUndefined<String>,
    /// The language it is written in: a BCP 47 tag of language, script and region. Null: none given.
    language: MaybeUndefined<String>,
    /// Pictures and films to attach, in this order, at most 10: uploads of the viewer for POST that
    /// are complete. Null: nothing.
    media_ids: MaybeUndefined<Vec<ID>>,
    /// When to publish it by itself: ahead, within a year; then it must have a text or something
    /// attached. Null: when `publishDraft` says so.
    publish_at: MaybeUndefined<DateTime>,
    /// For a new draft: makes a repeated call answer with the draft that the first one made. 1 to 100
    /// characters, unique per person.
    idempotency_key: Option<String>,
}

payload! {
    /// What `saveDraft` answers.
    SaveDraftPayload {
        /// The draft as it is now, with its place in `drafts`.
        draft_edge: Edge<Draft>,
    }
}

/// What to publish.
#[derive(InputObject)]
pub struct PublishDraftInput {
    /// A draft of the viewer.
    draft_id: ID,
    /// Makes a repeated call answer with the post that the first one made. 1 to 100 characters,
    /// unique per person.
    idempotency_key: Option<String>,
}

payload! {
    /// What `publishDraft` answers.
    PublishDraftPayload {
        /// The new post, with its place in lists of posts.
        post_edge: Edge<Post>,
        /// The draft that is gone, to drop from `drafts`.
        deleted_draft_id: ID,
    }
}

/// Which draft to delete.
#[derive(InputObject)]
pub struct DeleteDraftInput {
    /// A draft of the viewer.
    draft_id: ID,
}

payload! {
    /// What `deleteDraft` answers.
    DeleteDraftPayload {
        /// The draft that is gone, to drop from `drafts`.
        deleted_draft_id: ID,
    }
}

fn draft_id(id: &ID) -> Result<DraftId> {
    input_id(id, "draftId", NodeKind::Draft).map(|node| DraftId(node.id))
}

/// A field whose null is a value like others.
fn or_else<T: Copy>(field: &MaybeUndefined<T>, null: T) -> Option<T> {
    match field {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(null),
        MaybeUndefined::Value(value) => Some(*value),
    }
}

async fn save(p: &Platform, me: &Me, input: &SaveDraftInput) -> Result<draft::Model> {
    let id = input.draft_id.as_ref().map(draft_id).transpose()?;
    let media = hung(&input.media_ids)?;
    let changes = DraftChanges {
        body: cleared(&input.body).map(Option::unwrap_or_default),
        visibility: or_else(&input.visibility, Visibility::Public),
        reply_policy: or_else(&input.reply_policy, ReplyPolicy::Everyone),
        content_warning: cleared(&input.content_warning),
        language: cleared(&input.language),
        media: media.as_deref(),
        publish_at: match input.publish_at {
            MaybeUndefined::Undefined => None,
            MaybeUndefined::Null => Some(None),
            MaybeUndefined::Value(at) => Some(Some(at.0)),
        },
    };
    let key = input.idempotency_key.as_deref();
    commands::save_draft(p, me, id, (changes, key)).await
}

async fn publish(p: &Platform, me: &Me, input: &PublishDraftInput) -> Result<post::Model> {
    let key = input.idempotency_key.as_deref();
    commands::publish_draft(p, me, draft_id(&input.draft_id)?, key).await
}

async fn delete(p: &Platform, me: &Me, input: &DeleteDraftInput) -> Result<()> {
    commands::delete_draft(p, me, draft_id(&input.draft_id)?).await
}

#[derive(Default)]
pub struct DraftsMutation;

#[Object]
impl DraftsMutation {
    /// Keeps a draft, or changes one. 200 are kept for each person. Needs a session.
    async fn save_draft(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What it is to hold.")] input: SaveDraftInput,
    ) -> Nullable<SaveDraftPayload> {
        nullable(async move {
            let me = ctx.me()?;
            let done = save(ctx.platform()?, me, &input).await;
            ctx.answer(done, |row| SaveDraftPayload {
                draft_edge: Some(Draft(Arc::new(row)).edge()),
                user_errors: Vec::new(),
            })
        })
        .await
    }

    /// Publishes a draft now, as `createPost` would; what is wrong with it is told at `draftId`.
    /// Needs a session.
    async fn publish_draft(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to publish.")] input: PublishDraftInput,
    ) -> Nullable<PublishDraftPayload> {
        nullable(async move {
            let me = ctx.me()?;
            let done = publish(ctx.platform()?, me, &input).await;
            ctx.answer(done, |row| PublishDraftPayload {
                post_edge: Some(Post(Arc::new(row)).edge()),
                deleted_draft_id: Some(input.draft_id),
                user_errors: Vec::new(),
            })
        })
        .await
    }

    /// Deletes a draft; its text is erased. Needs a session.
    async fn delete_draft(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which draft to delete.")] input: DeleteDraftInput,
    ) -> Nullable<DeleteDraftPayload> {
        nullable(async move {
            let me = ctx.me()?;
            let done = delete(ctx.platform()?, me, &input).await;
            ctx.answer(done, |()| DeleteDraftPayload {
                deleted_draft_id: Some(input.draft_id),
                user_errors: Vec::new(),
            })
        })
        .await
    }
}
