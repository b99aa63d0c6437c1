//! Batched reads of media that ask what they hang on.

use std::{collections::HashMap, sync::Arc};

use sea_orm::{ConnectionTrait, sea_query::SelectStatement};
use uuid::Uuid;

use super::PARENTS;
use crate::{
    error::Result,
    ids::MediaId,
    media::{
        entity::media,
        queries::{is_public, visible_to},
    },
    platform::db::{Batch, Reader, all, by_key, is_one_of},
};

fn among(reader: &Reader, keys: &[MediaId]) -> SelectStatement {
    let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
    let id = (media::Entity, media::Column::Id);
    visible_to(reader.viewer(), PARENTS)
        .and_where(is_one_of(reader.backend(), id, &ids))
        .take()
}

/// Media by id.
pub struct MediaById;

impl Batch for MediaById {
    type Key = MediaId;
    type Value = Arc<media::Model>;

    async fn load(reader: &Reader, keys: &[MediaId]) -> Result<HashMap<MediaId, Self::Value>> {
        let rows = all::<media::Entity>(reader.connection(), among(reader, keys)).await?;
        Ok(by_key(rows.into_iter().map(Arc::new).collect(), |media| {
            media.id
        }))
    }
}

/// Those of many media that hang on things for everybody, and on nothing else: one statement for
/// all addresses of a page.
pub struct PublicMedia;

impl Batch for PublicMedia {
    type Key = MediaId;
    type Value = ();

    async fn load(reader: &Reader, keys: &[MediaId]) -> Result<HashMap<MediaId, ()>> {
        let rows = among(reader, keys)
            .column((media::Entity, media::Column::Id))
            .and_where(is_public(reader.viewer(), PARENTS))
            .take();
        let rows = reader.connection().query_all(&rows).await?;
        let public = rows.iter().map(|row| Ok((row.try_get("", "id")?, ())));
        public.collect()
    }
}
