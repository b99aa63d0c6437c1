//! Which lists there are.

use std::collections::HashMap;

use sea_orm::EntityTrait;

use super::entity::{Kind, trend_list};
use crate::{
    clock::Timestamp,
    error::Result,
    platform::db::{Batch, Reader},
};

/// The moment of a list: of the one asked for, if it is still there, or of the latest.
pub struct ListAsOf;

impl Batch for ListAsOf {
    type Key = (Kind, Option<Timestamp>);
    type Value = Timestamp;

    /// There are as many rows as minutes in which a list can be read.
    async fn load(reader: &Reader, keys: &[Self::Key]) -> Result<HashMap<Self::Key, Self::Value>> {
        let lists = trend_list::Entity::find().all(reader.connection()).await?;
        let of = |(kind, wanted): &Self::Key| {
            let moments = lists.iter().filter(|list| list.kind == *kind);
            let moments = moments.map(|list| list.as_of);
            match wanted {
                None => moments.max(),
                Some(wanted) => moments.into_iter().find(|as_of| as_of == wanted),
            }
        };
        Ok(keys
            .iter()
            .filter_map(|key| Some((*key, of(key)?)))
            .collect())
    }
}
