//! Batched reads of the home feed.

use std::{collections::HashMap, sync::Arc};

use uuid::Uuid;

use super::lists::HomeFeed;
use crate::{
    error::Result,
    ids::PostId,
    platform::db::{Batch, Reader, all, by_key, is_one_of, list::List},
    posts::entity::post,
};

/// Posts by id that stand in the reader's home feed now.
pub struct HomeFeedById;

impl Batch for HomeFeedById {
    type Key = PostId;
    type Value = Arc<post::Model>;

    async fn load(reader: &Reader, keys: &[PostId]) -> Result<HashMap<PostId, Self::Value>> {
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let id = (post::Entity, post::Column::Id);
        let mut found = Vec::new();
        for mut scan in HomeFeed.scans(reader) {
            let rows = scan
                .and_where(HomeFeed.sees(reader))
                .and_where(is_one_of(reader.backend(), id, &ids))
                .take();
            let posts = all::<post::Entity>(reader.connection(), rows).await?;
            found.extend(posts.into_iter().map(Arc::new));
        }
        Ok(by_key(found, |post| post.id))
    }
}
