//! What can be done to posts.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object};

use super::types::Post;
use crate::{
    error::Result,
    graphql::{
        connection::Edge,
        context::Ask,
        errors::{Nullable, nullable, payload},
        node::input_id,
    },
    ids::{NodeKind, PostId},
    posts::{
        Visibility,
        commands::{self, NewPost},
    },
};

/// What to publish.
#[derive(InputObject)]
pub struct CreatePostInput {
    /// Plain text, 1 to 5,000 characters. `@handle` mentions, `#word` is a hashtag, both at the
    /// start of a word.
    body: String,
    /// Who may see it. PUBLIC without it.
    visibility: Option<Visibility>,
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
    /// The new text, 1 to 5,000 characters. Absent or null: unchanged.
    body: Option<String>,
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

fn post_id(id: &ID) -> Result<PostId> {
    input_id(id, "postId", NodeKind::Post).map(|node| PostId(node.id))
}

#[derive(Default)]
pub struct PostsMutation;

#[Object]
impl PostsMutation {
    /// Publishes a post. Needs a session.
    async fn create_post(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to publish.")] input: CreatePostInput,
    ) -> Nullable<CreatePostPayload> {
        nullable(async move {
            let me = ctx.me()?;
            let new = NewPost {
                body: &input.body,
                visibility: input.visibility.unwrap_or(Visibility::Public),
                idempotency_key: input.idempotency_key.as_deref(),
            };
            let done = commands::create(ctx.platform()?, me, new).await;
            ctx.answer(done, |row| CreatePostPayload {
                post_edge: Some(Post(Arc::new(row)).edge()),
                user_errors: Vec::new(),
            })
        })
        .await
    }

    /// Changes a post of the viewer. The earlier text stays readable in `edits`. Needs a session.
    async fn edit_post(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: EditPostInput,
    ) -> Nullable<EditPostPayload> {
        nullable(async move {
            let me = ctx.me()?;
            let done = match post_id(&input.post_id) {
                Ok(id) => commands::edit(ctx.platform()?, me, id, input.body.as_deref()).await,
                Err(error) => Err(error),
            };
            ctx.answer(done, |row| EditPostPayload {
                post: Some(Post(Arc::new(row))),
                user_errors: Vec::new(),
            })
        })
        .await
    }

    /// Deletes a post of the viewer for everybody; its text is erased. Needs a session.
    async fn delete_post(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which post to delete.")] input: DeletePostInput,
    ) -> Nullable<DeletePostPayload> {
        nullable(async move {
            let me = ctx.me()?;
            let done = match post_id(&input.post_id) {
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
