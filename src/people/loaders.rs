//! Batched reads of people.

use std::{collections::HashMap, sync::Arc};

use sea_orm::{
    ConnectionTrait, DbErr, FromQueryResult, QueryResult,
    sea_query::{Alias, SelectStatement},
};
use uuid::Uuid;

use super::{
    entity::person,
    queries::{for_staff, having_handles, is_reduced, named_to, visible_to},
};
use crate::{
    error::Result,
    ids::PersonId,
    platform::db::{
        Batch, Reader, Viewer, all, by_key, is_one_of, models, select_all,
        texts::{self, Given},
    },
};

/// People as they stand in lists, by id: nobody beyond a block.
pub struct PeopleById;

impl Batch for PeopleById {
    type Key = PersonId;
    type Value = Arc<person::Model>;

    const WAITS: bool = true;

    async fn load(reader: &Reader, keys: &[PersonId]) -> Result<HashMap<PersonId, Self::Value>> {
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let column = (person::Entity, person::Column::Id);
        let text = "PeopleById".to_owned();
        let statement = texts::statement(reader, text, Given::ids(&ids), |reader, given| {
            let mut rows = visible_to(reader.viewer());
            select_all::<person::Entity>(&mut rows);
            rows.and_where(is_one_of(reader.backend(), column, given.ids))
                .take()
        });
        let people = models::<person::Entity>(reader.connection(), statement).await?;
        Ok(by_key(
            people.into_iter().map(Arc::new).collect(),
            |person| person.id,
        ))
    }
}

/// People by id, through blocks: for the fields of moderation, and for staff alone (R24).
pub struct PeopleForStaff;

impl Batch for PeopleForStaff {
    type Key = PersonId;
    type Value = Arc<person::Model>;

    async fn load(reader: &Reader, keys: &[PersonId]) -> Result<HashMap<PersonId, Self::Value>> {
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let column = (person::Entity, person::Column::Id);
        let rows = for_staff(reader.viewer())
            .and_where(is_one_of(reader.backend(), column, &ids))
            .take();
        let people = all::<person::Entity>(reader.connection(), rows).await?;
        Ok(by_key(
            people.into_iter().map(Arc::new).collect(),
            |person| person.id,
        ))
    }
}

/// A person called by name or id.
#[derive(Clone, Debug)]
pub struct Named {
    pub person: Arc<person::Model>,
    /// The viewer blocks them: little is shown (R23).
    pub is_reduced: bool,
}

impl Named {
    /// Adds the columns that it is read from.
    pub(super) fn select(viewer: Viewer, rows: &mut SelectStatement) {
        select_all::<person::Entity>(rows);
        rows.expr_as(is_reduced(viewer), Alias::new("is_reduced"));
    }
}

impl FromQueryResult for Named {
    fn from_query_result(row: &QueryResult, pre: &str) -> Result<Self, DbErr> {
        Ok(Self {
            person: Arc::new(person::Model::from_query_result(row, pre)?),
            is_reduced: row.try_get(pre, "is_reduced")?,
        })
    }
}

async fn named(reader: &Reader, mut rows: SelectStatement) -> Result<Vec<Named>> {
    Named::select(reader.viewer(), &mut rows);
    let rows = reader.connection().query_all(&rows).await?;
    let named = rows.iter().map(|row| Named::from_query_result(row, ""));
    Ok(named.collect::<Result<_, _>>()?)
}

/// People by the id that somebody gave, those whom the viewer blocks included.
pub struct NamedById;

impl Batch for NamedById {
    type Key = PersonId;
    type Value = Named;

    async fn load(reader: &Reader, keys: &[PersonId]) -> Result<HashMap<PersonId, Named>> {
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let column = (person::Entity, person::Column::Id);
        let rows = named_to(reader.viewer())
            .and_where(is_one_of(reader.backend(), column, &ids))
            .take();
        Ok(by_key(named(reader, rows).await?, |named| named.person.id))
    }
}

/// People by the handle (folded) that they have now, those whom the viewer blocks included. A
/// handle given up finds nobody.
pub struct NamedByHandle;

impl Batch for NamedByHandle {
    type Key = String;
    type Value = Named;

    async fn load(reader: &Reader, keys: &[String]) -> Result<HashMap<String, Named>> {
        let rows = having_handles(reader.backend(), named_to(reader.viewer()), keys);
        Ok(by_key(named(reader, rows).await?, |named| {
            named.person.handle.clone()
        }))
    }
}
