//! Batched reads of relations.

use std::collections::HashMap;

use sea_orm::{
    ConnectionTrait,
    sea_query::{Expr, ExprTrait, Query},
};
use uuid::Uuid;

use super::entity::following;
use crate::{
    error::Result,
    ids::PersonId,
    platform::db::{Batch, Reader, is_one_of},
};

/// How the viewer and another person stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Relationship {
    /// The viewer follows them.
    pub following: bool,
    /// They follow the viewer.
    pub followed_by: bool,
}

/// The viewer's relationship with many people: one statement for both directions.
pub struct Relationships;

impl Batch for Relationships {
    type Key = PersonId;
    type Value = Relationship;

    async fn load(reader: &Reader, keys: &[PersonId]) -> Result<HashMap<PersonId, Relationship>> {
        use following::Column::{FollowedId, PersonId as Person};
        let mut known: HashMap<_, _> = keys
            .iter()
            .map(|person| (*person, Relationship::default()))
            .collect();
        let Some(viewer) = reader.viewer().id() else {
            return Ok(known);
        };
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let one_of = |column| is_one_of(reader.backend(), column, &ids);
        let outgoing = Expr::col(Person).eq(viewer).and(one_of(FollowedId));
        let incoming = Expr::col(FollowedId).eq(viewer).and(one_of(Person));
        let statement = Query::select()
            .columns([Person, FollowedId])
            .from(following::Entity)
            .and_where(outgoing.or(incoming))
            .take();
        for row in reader.connection().query_all(&statement).await? {
            let (from, to): (PersonId, PersonId) = (
                row.try_get("", "person_id")?,
                row.try_get("", "followed_id")?,
            );
            if from == viewer {
                known.entry(to).or_default().following = true;
            } else {
                known.entry(from).or_default().followed_by = true;
            }
        }
        Ok(known)
    }
}
