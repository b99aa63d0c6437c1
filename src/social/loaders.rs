//! Batched reads of relations.

use std::collections::HashMap;

use sea_orm::{
    ConnectionTrait, QueryResult,
    sea_query::{Alias, Expr, ExprTrait, Query, SelectStatement},
};
use uuid::Uuid;

use super::{
    entity::{following, mute},
    sql,
};
use crate::{
    clock::Timestamp,
    error::Result,
    ids::PersonId,
    platform::db::{Batch, Db, Reader, is_one_of, keys_table, list::parent},
};

/// How the viewer and another person stand. Whether they block the viewer is not told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Relationship {
    /// The viewer follows them.
    pub following: bool,
    /// The viewer asks to follow them.
    pub requested: bool,
    /// They follow the viewer.
    pub followed_by: bool,
    /// The viewer blocks them.
    pub blocking: bool,
    /// The viewer mutes them now.
    pub muting: bool,
    /// When that ends by itself.
    pub muted_until: Option<Timestamp>,
}

/// The viewer's relationship with many people: one statement for all of it.
pub struct Relationships;

impl Batch for Relationships {
    type Key = PersonId;
    type Value = Relationship;

    async fn load(reader: &Reader, keys: &[PersonId]) -> Result<HashMap<PersonId, Relationship>> {
        let Some(me) = reader.viewer().id() else {
            let none = keys.iter().map(|key| (*key, Relationship::default()));
            return Ok(none.collect());
        };
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let statement = standing(reader, me, &ids);
        let rows = reader.connection().query_all(&statement).await?;
        rows.iter()
            .map(|row| Ok((PersonId(row.try_get("", "parent")?), read(row)?)))
            .collect()
    }
}

/// Which of `followers` follow which of `followed`, in one statement.
pub async fn follows_among(
    db: &Db,
    followers: &[PersonId],
    followed: &[PersonId],
) -> Result<Vec<(PersonId, PersonId)>> {
    use following::Column::{FollowedId, PersonId as Person};
    if followers.is_empty() || followed.is_empty() {
        return Ok(Vec::new());
    }
    let is_among = |column, people: &[PersonId]| {
        let ids: Vec<Uuid> = people.iter().map(|person| person.0).collect();
        is_one_of(db.backend(), column, &ids)
    };
    let statement = Query::select()
        .columns([Person, FollowedId])
        .from(following::Entity)
        .and_where(is_among(Person, followers))
        .and_where(is_among(FollowedId, followed))
        .take();
    let rows = db.background().query_all(&statement).await?;
    rows.iter()
        .map(|row| {
            Ok((
                row.try_get("", "person_id")?,
                row.try_get("", "followed_id")?,
            ))
        })
        .collect()
}

/// A lookup by primary key for each fact of each person.
fn standing(reader: &Reader, me: PersonId, ids: &[Uuid]) -> SelectStatement {
    use mute::Column::{MutedId, PersonId as Person, Until};
    let (keys, other) = parent();
    let other = || (keys.clone(), other.clone());
    let column = |column| Expr::col((mute::Entity, column));
    let muted = column(Person)
        .eq(me)
        .and(column(MutedId).eq(Expr::col(other())))
        .and(sql::is_unexpired(reader.viewer().now()));
    Query::select()
        .column(other())
        .expr_as(sql::follows(me, other()), Alias::new("following"))
        .expr_as(sql::requests(me, other()), Alias::new("requested"))
        .expr_as(sql::is_followed_by(me, other()), Alias::new("followed_by"))
        .expr_as(sql::blocks(me, other()), Alias::new("blocking"))
        .expr_as(column(MutedId).is_not_null(), Alias::new("muting"))
        .expr_as(column(Until), Alias::new("muted_until"))
        .from_subquery(keys_table(reader.backend(), ids), keys)
        .left_join(mute::Entity, muted)
        .take()
}

fn read(row: &QueryResult) -> Result<Relationship> {
    Ok(Relationship {
        following: row.try_get("", "following")?,
        requested: row.try_get("", "requested")?,
        followed_by: row.try_get("", "followed_by")?,
        blocking: row.try_get("", "blocking")?,
        muting: row.try_get("", "muting")?,
        muted_until: row.try_get("", "muted_until")?,
    })
}
