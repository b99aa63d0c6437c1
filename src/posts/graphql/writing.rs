//! Publishing, changing and deleting posts.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object};

use super::{poll::PollInput, post::Post};
use crate::{
    accounts::Me,
    error::Result,
    graphql::{
        connection::Edge,
        context::Ask,
        errors::{Nullable, nullable, payload},
        node::input_id,
    },
    ids::{MediaId, NodeKind, PostId},
    media::graphql::media_ids,
    platform::Platform,
    posts::{
        ReplyPolicy, Visibility,
        commands::{self, NewPost, PostChanges},
        entity::post,
    },
};

/// What to publish.
#[derive(InputObject)]
pub struct CreatePostInput {
    /// Plain text, 1 to 5,000 characters; it may be empty where something is attached. `@handle` mentions, `#word` is a hashtag, both at the
    /// start of a word.
    body: String,
    /// Who may see it. PUBLIC without it.
    visibility: Option<Visibility>,
    /// Who may comment, among those who see it. EVERYONE without it.
    reply_policy: Option<ReplyPolicy>,
    /// What readers are warned of before they read on: 1 to 200 characters of plain text.
    content_warning: Option<String>,
    /// The language it is written in: a BCP 47 tag of language, script and region, such as `en` or
    /// `pt-BR`. It is kept in its canonical form.
    language: Option<String>,
    /// The post to quote, one that the viewer sees; of a repost the original is quoted. Whoever may
    /// not see it reads this post with a tombstone in its place.
    quote_of_id: Option<ID>,
    /// Pictures and films to attach, in this order, at most 10: uploads of the viewer for POST that
    /// are complete.
    media_ids: Option<Vec<ID>>,
    /// What it asks its readers. It is never changed.
    poll: Option<PollInput>,
    /// Makes a repeated call answer with the post that the first one made. 1 to 100 characters,
    /// unique per person.
    idempotency_key: Option<String>,
}

payload! {
    /// What `createPost` answers.
    CreatePostPayload {
        /// The new post, with its place in lists of posts.
        post_edge: Edge<Post>,
    }
}

/// What to change in a post.
#[derive(InputObject)]
pub struct EditPostInput {
    /// The global id of a post that the viewer wrote.
    post_id: ID,
    /// The new text, 1 to 5,000 characters; it may be empty where something is attached. Absent or
    /// null: unchanged.
    body: Option<String>,
    /// What readers are warned of from now on: 1 to 200 characters. Null: nothing.
    content_warning: MaybeUndefined<String>,
    /// The language it is written in: a BCP 47 tag of language, script and region. Null: none given.
    language: MaybeUndefined<String>,
    /// Who may comment from now on; what stands there stays. Absent or null: unchanged.
    reply_policy: Option<ReplyPolicy>,
    /// What is attached from now on, in this order, at most 10. Null: nothing.
    media_ids: MaybeUndefined<Vec<ID>>,
}

payload! {
    /// What `editPost` answers.
    EditPostPayload {
        /// The post as it is now.
        post: Post,
    }
}

/// Which post to delete.
#[derive(InputObject)]
pub struct DeletePostInput {
    /// The global id of a post that the viewer wrote.
    post_id: ID,
}

payload! {
    /// What `deletePost` answers.
    DeletePostPayload {
        /// The post that is gone, to drop from lists.
        deleted_post_id: ID,
    }
}

pub(super) fn post_id(id: &ID, path: &str) -> Result<PostId> {
    input_id(id, path, NodeKind::Post).map(|node| PostId(node.id))
}

/// A text that null clears; `None` where it stays as it is.
pub(super) fn cleared(field: &MaybeUndefined<String>) -> Option<Option<&str>> {
    match field {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(None),
        MaybeUndefined::Value(text) => Some(Some(text)),
    }
}

/// What is to hang on something; null is nothing, `None` where it stays as it is.
pub(super) fn hung(field: &MaybeUndefined<Vec<ID>>) -> Result<Option<Vec<MediaId>>> {
    match field {
        MaybeUndefined::Undefined => Ok(None),
        MaybeUndefined::Null => Ok(Some(Vec::new())),
        MaybeUndefined::Value(ids) => media_ids(ids).map(Some),
    }
}

async fn create(p: &Platform, me: &Me, input: &CreatePostInput) -> Result<post::Model> {
    let quote_of = input.quote_of_id.as_ref();
    let quote_of = quote_of.map(|id| post_id(id, "quoteOfId")).transpose()?;
    let media = media_ids(input.media_ids.as_deref().unwrap_or_default())?;
    let new = NewPost {
        body: &input.body,
        visibility: input.visibility.unwrap_or(Visibility::Public),
        reply_policy: input.reply_policy.unwrap_or(ReplyPolicy::Everyone),
        content_warning: input.content_warning.as_deref(),
        language: input.language.as_deref(),
        quote_of,
        media: &media,
        poll: input.poll.as_ref().map(PollInput::read),
        idempotency_key: input.idempotency_key.as_deref(),
    };
    commands::create(p, me, new).await
}

async fn edit(p: &Platform, me: &Me, input: &EditPostInput) -> Result<post::Model> {
    let id = post_id(&input.post_id, "postId")?;
    let media = hung(&input.media_ids)?;
    let changes = PostChanges {
        body: input.body.as_deref(),
        reply_policy: input.reply_policy,
        content_warning: cleared(&input.content_warning),
        language: cleared(&input.language),
        media: media.as_deref(),
    };
    commands::edit(p, me, id, changes).await
}

#[derive(Default)]
pub struct WritingMutation;

#[Object]
impl WritingMutation {
    /// Publishes a post. Needs a session.
    async fn create_post(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to publish.")] input: CreatePostInput,
    ) -> Nullable<CreatePostPayload> {
        nullable(async move {
            let me = ctx.me()?;
            let done = create(ctx.platform()?, me, &input).await;
            ctx.answer(done, |row| CreatePostPayload {
                post_edge: Some(Post(Arc::new(row)).edge()),
                user_errors: Vec::new(),
            })
        })
        .await
    }

    /// Changes a post of the viewer. The earlier text and warning stay readable in `edits`. Its poll is
    /// not changed. Needs a session.
    async fn edit_post(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: EditPostInput,
    ) -> Nullable<EditPostPayload> {
        nullable(async move {
            let me = ctx.me()?;
            let done = edit(ctx.platform()?, me, &input).await;
            ctx.answer(done, |row| EditPostPayload {
                post: Some(Post(Arc::new(row))),
                user_errors: Vec::new(),
            })
        })
        .await
    }

    /// Deletes a post of the viewer for everybody; its text is erased. A repost is taken back. Needs
    /// a session.
    async fn delete_post(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which post to delete.")] input: DeletePostInput,
    ) -> Nullable<DeletePostPayload> {
        nullable(async move {
            let me = ctx.me()?;
            let done = match post_id(&input.post_id, "postId") {
                Ok(id) => commands::delete(ctx.platform()?, me, id).await,
                Err(error) => Err(error),
            };
            ctx.answer(done, |()| DeletePostPayload {
                deleted_post_id: Some(input.post_id),
                user_errors: Vec::new(),
            })
        })
        .await
    }
}
