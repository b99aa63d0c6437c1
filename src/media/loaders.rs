//! Batched reads of media.

use std::{collections::HashMap, sync::Arc};

use sea_orm::{
    ConnectionTrait, FromQueryResult,
    sea_query::{Alias, ExprTrait, Order, Query},
};
use uuid::Uuid;

use super::{
    ParentKind,
    entity::{
        media::{self, Column as Media},
        media_attachment::{self, Column as Attachment},
    },
    queries::{attached, column, for_staff, is_unhidden},
};
use crate::{
    error::Result,
    ids::MediaId,
    platform::db::{Batch, Reader, all, by_key, is_one_of, select_all},
};

/// Media by id, whatever they hang on: for the fields of moderation, and for staff alone (R24).
pub struct MediaForStaff;

impl Batch for MediaForStaff {
    type Key = MediaId;
    type Value = Arc<media::Model>;

    async fn load(reader: &Reader, keys: &[MediaId]) -> Result<HashMap<MediaId, Self::Value>> {
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let id = (media::Entity, Media::Id);
        let rows = for_staff(reader.viewer())
            .and_where(is_one_of(reader.backend(), id, &ids))
            .take();
        let rows = all::<media::Entity>(reader.connection(), rows).await?;
        Ok(by_key(rows.into_iter().map(Arc::new).collect(), |media| {
            media.id
        }))
    }
}

/// What hangs on many things that the caller has proven visible, in order, but for what staff has hidden: one statement for things
/// of every kind.
pub struct MediaOf;

impl Batch for MediaOf {
    type Key = (ParentKind, Uuid);
    type Value = Arc<Vec<Arc<media::Model>>>;

    async fn load(reader: &Reader, keys: &[Self::Key]) -> Result<HashMap<Self::Key, Self::Value>> {
        let parents: Vec<Uuid> = keys.iter().map(|(_, parent)| *parent).collect();
        let parent = (media_attachment::Entity, Attachment::ParentId);
        let mut statement = Query::select()
            .expr_as(attached(Attachment::ParentKind), Alias::new("kind"))
            .expr_as(attached(Attachment::ParentId), Alias::new("parent"))
            .from(media_attachment::Entity)
            .inner_join(
                media::Entity,
                attached(Attachment::MediaId).equals((media::Entity, Media::Id)),
            )
            .and_where(is_one_of(reader.backend(), parent, &parents))
            .and_where(column(Media::DeletedAt).is_null())
            .and_where(is_unhidden(reader.viewer()))
            .order_by((media_attachment::Entity, Attachment::Position), Order::Asc)
            .take();
        select_all::<media::Entity>(&mut statement);
        let mut found: HashMap<Self::Key, Vec<_>> = keys.iter().map(|key| (*key, vec![])).collect();
        for row in reader.connection().query_all(&statement).await? {
            let key = (row.try_get("", "kind")?, row.try_get("", "parent")?);
            // A person's other picture, which was not asked for.
            if let Some(hangs) = found.get_mut(&key) {
                hangs.push(Arc::new(media::Model::from_query_result(&row, "")?));
            }
        }
        let found = found.into_iter();
        Ok(found.map(|(key, hangs)| (key, Arc::new(hangs))).collect())
    }
}
