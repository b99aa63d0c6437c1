//! Batched reads of people.

use std::{collections::HashMap, sync::Arc};

use uuid::Uuid;

use super::{
    entity::person,
    queries::{having_handles, visible_to},
};
use crate::{
    error::Result,
    ids::PersonId,
    platform::db::{Batch, Reader, all, by_key, is_one_of},
};

/// People by id.
pub struct PeopleById;

impl Batch for PeopleById {
    type Key = PersonId;
    type Value = Arc<person::Model>;

    async fn load(reader: &Reader, keys: &[PersonId]) -> Result<HashMap<PersonId, Self::Value>> {
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let column = (person::Entity, person::Column::Id);
        let rows = visible_to(reader.viewer())
            .and_where(is_one_of(reader.backend(), column, &ids))
            .take();
        let people = all::<person::Entity>(reader.connection(), rows).await?;
        Ok(by_key(
            people.into_iter().map(Arc::new).collect(),
            |person| person.id,
        ))
    }
}

/// People by the handle (folded) that they have now. A handle given up finds nobody.
pub struct PeopleByHandle;

impl Batch for PeopleByHandle {
    type Key = String;
    type Value = Arc<person::Model>;

    async fn load(reader: &Reader, keys: &[String]) -> Result<HashMap<String, Self::Value>> {
        let rows = having_handles(reader.backend(), reader.viewer(), keys);
        let people = all::<person::Entity>(reader.connection(), rows).await?;
        Ok(by_key(
            people.into_iter().map(Arc::new).collect(),
            |person| person.handle.clone(),
        ))
    }
}
