//! Uploading, describing and deleting media.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, SimpleObject};

use super::{Media, PARENTS};
use crate::{
    error::Result,
    graphql::{
        context::Ask,
        errors::{Nullable, nullable, payload},
        node::input_id,
        scalars::DateTime,
    },
    ids::{MediaId, NodeKind},
    media::{
        Purpose,
        commands::{self, NewUpload},
        entity::media,
        objects,
    },
    platform::Platform,
};

/// What is to be uploaded.
#[derive(InputObject)]
pub struct CreateUploadInput {
    /// What it will hang on.
    purpose: Purpose,
    /// Its type: `image/jpeg`, `image/png`, `image/webp`, `image/gif`, `image/avif`, and for POST
    /// and MESSAGE `video/mp4` and `video/webm`. Its first bytes have to say the same.
    content_type: String,
    /// Exactly how many bytes will be sent: a picture up to 20 MiB, a film up to 100 MiB. One
    /// person keeps 2 GiB.
    byte_size: i32,
    /// What it shows, for those who do not see it: plain text, at most 1,000 characters.
    alt_text: Option<String>,
    /// Makes a repeated call answer with the upload that the first one announced, its address good
    /// again while it is awaited. 1 to 100 characters, unique per person.
    idempotency_key: Option<String>,
}

/// How to send the bytes: one request from the browser straight to the store.
#[derive(SimpleObject)]
pub struct Upload {
    /// What the bytes will be. PENDING until `completeUpload`.
    media: Media,
    /// Where to send them.
    url: String,
    /// By which method: PUT.
    method: String,
    /// What to send along, word for word. `Content-Length` is signed too; browsers send it by
    /// themselves.
    headers: Vec<UploadHeader>,
    /// When the address ends.
    expires_at: DateTime,
}

/// A header of an upload.
#[derive(SimpleObject)]
pub struct UploadHeader {
    /// Its name, in lower case.
    name: String,
    /// Its value, to be sent as it is.
    value: String,
}

payload! {
    /// What `createUpload` answers.
    CreateUploadPayload {
        /// How to send the bytes.
        upload: Upload,
    }
}

/// Which upload is complete.
#[derive(InputObject)]
pub struct CompleteUploadInput {
    /// What `createUpload` answered as `upload.media`.
    media_id: ID,
}

payload! {
    /// What `completeUpload` answers.
    CompleteUploadPayload {
        /// It, PROCESSING by now; FAILED with its reason where it is not as announced.
        media: Media,
    }
}

/// What to change about a picture or film.
#[derive(InputObject)]
pub struct UpdateMediaInput {
    /// One that the viewer uploaded.
    media_id: ID,
    /// What it shows, at most 1,000 characters. Null: nothing is said any more.
    alt_text: MaybeUndefined<String>,
}

payload! {
    /// What `updateMedia` answers.
    UpdateMediaPayload {
        /// It, as it is now.
        media: Media,
    }
}

/// Which picture or film to delete.
#[derive(InputObject)]
pub struct DeleteMediaInput {
    /// One that the viewer uploaded.
    media_id: ID,
}

payload! {
    /// What `deleteMedia` answers.
    DeleteMediaPayload {
        /// What is gone, from everything that it hung on too.
        deleted_media_id: ID,
    }
}

/// Media that an input names.
///
/// # Errors
/// BAD_USER_INPUT at `path`.
pub fn media_id(id: &ID, path: &str) -> Result<MediaId> {
    input_id(id, path, NodeKind::Media).map(|node| MediaId(node.id))
}

/// Media that an input has hang on something.
///
/// # Errors
/// BAD_USER_INPUT at `mediaIds.N`.
pub fn media_ids(ids: &[ID]) -> Result<Vec<MediaId>> {
    let ids = ids.iter().enumerate();
    ids.map(|(n, id)| media_id(id, &format!("mediaIds.{n}")))
        .collect()
}

fn upload(p: &Platform, row: media::Model) -> Result<Upload> {
    let signed = objects::upload(p.store()?, &row)?;
    let header = |(name, value)| UploadHeader { name, value };
    Ok(Upload {
        media: Media(Arc::new(row)),
        url: signed.url,
        method: signed.method.to_owned(),
        headers: signed.headers.into_iter().map(header).collect(),
        expires_at: DateTime(signed.expires_at),
    })
}

#[derive(Default)]
pub struct MediaMutation;

#[Object]
impl MediaMutation {
    /// Announces a picture or film and says where to send its bytes: with `method` and `headers` to
    /// `url`, within ten minutes. Then call `completeUpload`. What is never completed, or hangs on
    /// nothing, is deleted after a day. Needs a session.
    async fn create_upload(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be uploaded.")] input: CreateUploadInput,
    ) -> Nullable<CreateUploadPayload> {
        nullable(async move {
            let (me, p) = (ctx.me()?, ctx.platform()?);
            let new = NewUpload {
                purpose: input.purpose,
                content_type: &input.content_type,
                byte_size: input.byte_size.into(),
                alt_text: input.alt_text.as_deref(),
                idempotency_key: input.idempotency_key.as_deref(),
            };
            let done = commands::announce(p, me, new).await;
            let done = done.and_then(|row| upload(p, row));
            ctx.answer(done, |upload| CreateUploadPayload {
                upload: Some(upload),
                ..Default::default()
            })
        })
        .await
    }

    /// Says that the bytes are there. They are looked at, and made ready: whatever the camera noted
    /// in them is taken out, and smaller copies are made. It can be attached from now on. Repeating
    /// it changes nothing; UNAVAILABLE means that it has to be repeated. Needs a session.
    async fn complete_upload(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which upload is complete.")] input: CompleteUploadInput,
    ) -> Nullable<CompleteUploadPayload> {
        nullable(async move {
            let me = ctx.me()?;
            let done = match media_id(&input.media_id, "mediaId") {
                Ok(id) => commands::complete(ctx.platform()?, me, id, PARENTS).await,
                Err(error) => Err(error),
            };
            ctx.answer(done, |row| CompleteUploadPayload {
                media: Some(Media(Arc::new(row))),
                ..Default::default()
            })
        })
        .await
    }

    /// Says what a picture or film shows. Needs a session.
    async fn update_media(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change about it.")] input: UpdateMediaInput,
    ) -> Nullable<UpdateMediaPayload> {
        nullable(async move {
            let me = ctx.me()?;
            let alt = input.alt_text.as_opt_deref();
            let done = match media_id(&input.media_id, "mediaId") {
                Ok(id) => commands::describe(ctx.platform()?, me, id, alt, PARENTS).await,
                Err(error) => Err(error),
            };
            ctx.answer(done, |row| UpdateMediaPayload {
                media: Some(Media(Arc::new(row))),
                ..Default::default()
            })
        })
        .await
    }

    /// Deletes a picture or film, and takes it off everything that it hangs on; a post or message
    /// that was nothing else stays, without text. No new address of
    /// it is given; one that was given may go on for the moment until its bytes are gone. Needs a
    /// session.
    async fn delete_media(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one to delete.")] input: DeleteMediaInput,
    ) -> Nullable<DeleteMediaPayload> {
        nullable(async move {
            let me = ctx.me()?;
            let done = match media_id(&input.media_id, "mediaId") {
                Ok(id) => commands::delete(ctx.platform()?, me, id, PARENTS).await,
                Err(error) => Err(error),
            };
            ctx.answer(done, |()| DeleteMediaPayload {
                deleted_media_id: Some(input.media_id),
                ..Default::default()
            })
        })
        .await
    }
}
