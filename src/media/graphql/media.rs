//! What media are in the schema.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use uuid::Uuid;

use super::by_id::PublicMedia;
use crate::{
    error::Result,
    graphql::{
        context::Ask,
        errors::{Nullable, nullable},
        scalars::DateTime,
    },
    ids::{NodeId, NodeKind},
    media::{
        FailureReason, ParentKind, Status, entity::media, loaders::MediaOf, objects,
        picture::Variant,
    },
};

/// A picture or a film.
#[derive(Clone)]
pub struct Media(pub Arc<media::Model>);

/// What hangs on a thing that the viewer sees, in order.
pub async fn media_of(ctx: &Context<'_>, kind: ParentKind, parent: Uuid) -> Result<Vec<Media>> {
    let hangs = ctx.loaders()?.one::<MediaOf>((kind, parent)).await?;
    let hangs = hangs.unwrap_or_default();
    Ok(hangs.iter().cloned().map(Media).collect())
}

/// The one that hangs on a thing that the viewer sees.
pub async fn one_of(ctx: &Context<'_>, kind: ParentKind, parent: Uuid) -> Result<Option<Media>> {
    Ok(media_of(ctx, kind, parent).await?.pop())
}

fn int(number: i64) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

/// A picture or a film that somebody uploaded. Whoever sees what it hangs on sees it; what hangs on
/// nothing is seen by its uploader alone.
#[Object]
impl Media {
    /// The global id, for `node` and in inputs as `mediaId`, `mediaIds`, `avatarId`, `bannerId`.
    pub async fn id(&self) -> ID {
        NodeId::new(NodeKind::Media, self.0.id.0).into()
    }

    /// How far it has come. It has addresses once it is READY; ask again until then.
    async fn status(&self) -> Status {
        self.0.status
    }

    /// Why it came to nothing; null unless it has FAILED.
    async fn failure_reason(&self) -> Option<FailureReason> {
        self.0.failure_reason
    }

    /// The type of its original, e.g. `image/jpeg`. Smaller copies are `image/webp`.
    async fn content_type(&self) -> &str {
        self.0.format.content_type()
    }

    /// How many bytes its original has: as announced, and once it is READY, as it is served.
    async fn byte_size(&self) -> i32 {
        int(self.0.byte_size)
    }

    /// The width of its original in pixels, turned as the camera was held; null until READY.
    async fn width(&self) -> Option<i32> {
        self.0.width.map(int)
    }

    /// The height of its original in pixels, turned as the camera was held; null until READY.
    async fn height(&self) -> Option<i32> {
        self.0.height.map(int)
    }

    /// How long it runs, in milliseconds; null until READY, and where nothing moves.
    async fn duration_ms(&self) -> Option<i32> {
        self.0.duration_ms.map(int)
    }

    /// When staff hid it; null if they did not. Hidden media are shown to their uploader and to staff
    /// alone.
    async fn hidden_at(&self) -> Option<DateTime> {
        self.0.hidden_at.map(DateTime)
    }

    /// What its uploader says of it for those who do not see it, as plain text of at most 1,000
    /// characters; null where they say nothing.
    async fn alt_text(&self) -> Option<&str> {
        self.0.alt_text.as_deref()
    }

    /// A few colours to show while it loads, as a [BlurHash](https://blurha.sh); null until READY,
    /// and for films and AVIF.
    async fn blurhash(&self) -> Option<&str> {
        self.0.blurhash.as_deref()
    }

    /// An address to load it from, to be asked for anew rather than kept: where it is not for
    /// everybody it ends after five to ten minutes, and stays the same within five. Null until
    /// READY, and where there is no such form of it.
    async fn url(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which form of it.", default_with = "Some(Variant::Original)")]
        variant: Option<Variant>,
    ) -> Nullable<String> {
        nullable(async move {
            let variant = variant.unwrap_or(Variant::Original);
            let store = ctx.platform()?.store.as_ref();
            let Some(store) = store.filter(|_| objects::has(&self.0, variant)) else {
                return Ok(None);
            };
            // Where there is no public address, nobody needs to know.
            let is_public = self.0.public_name.is_some()
                && ctx
                    .loaders()?
                    .one::<PublicMedia>(self.0.id)
                    .await?
                    .is_some();
            let now = ctx.scope()?.now();
            Ok(Some(objects::view(
                store, &self.0, variant, is_public, now,
            )?))
        })
        .await
    }
}
