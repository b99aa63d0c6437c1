//! Writes of relations. `people::commands` calls them inside its transaction, after it has proven
//! that both are there.

use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, TryInsertResult, sea_query::OnConflict,
};
use uuid::Uuid;

use super::entity::{follower, following};
use crate::{
    clock::Timestamp,
    counters::{Counter, Deltas},
    error::Result,
    ids::PersonId,
    platform::db::Txn,
};

/// Makes `person` follow `followed`. Following twice changes nothing. The pair is locked.
pub async fn follow(
    txn: &Txn,
    person: PersonId,
    followed: PersonId,
    (id, now): (Uuid, Timestamp),
) -> Result<()> {
    use following::Column::{FollowedId, PersonId as Person};
    let outgoing = following::ActiveModel {
        person_id: Set(person),
        followed_id: Set(followed),
        id: Set(id),
        created_at: Set(now),
    };
    let made = following::Entity::insert(outgoing)
        .on_conflict(
            OnConflict::columns([Person, FollowedId])
                .do_nothing()
                .to_owned(),
        )
        .try_insert()
        .exec_without_returning(&**txn)
        .await?;
    if !matches!(made, TryInsertResult::Inserted(n) if n > 0) {
        return Ok(());
    }
    let incoming = follower::ActiveModel {
        person_id: Set(followed),
        follower_id: Set(person),
        id: Set(id),
        created_at: Set(now),
    };
    follower::Entity::insert(incoming)
        .exec_without_returning(&**txn)
        .await?;
    count(txn, person, followed, 1).await
}

/// Ends that `person` follows `followed`, if they do. The pair is locked.
pub async fn unfollow(txn: &Txn, person: PersonId, followed: PersonId) -> Result<()> {
    let gone = following::Entity::delete_by_id((person, followed))
        .exec(&**txn)
        .await?;
    if gone.rows_affected == 0 {
        return Ok(());
    }
    follower::Entity::delete_many()
        .filter(follower::Column::PersonId.eq(followed))
        .filter(follower::Column::FollowerId.eq(person))
        .exec(&**txn)
        .await?;
    count(txn, person, followed, -1).await
}

async fn count(txn: &Txn, person: PersonId, followed: PersonId, delta: i64) -> Result<()> {
    let mut deltas = Deltas::default();
    deltas.add(person.0, Counter::Following, delta);
    deltas.add(followed.0, Counter::Followers, delta);
    deltas.write(txn).await
}

/// Adds many follows at once, without counting them: for seeding.
pub async fn import(txn: &Txn, follows: &[(PersonId, PersonId, Uuid, Timestamp)]) -> Result<()> {
    let outgoing = follows
        .iter()
        .map(|(person, followed, id, at)| following::ActiveModel {
            person_id: Set(*person),
            followed_id: Set(*followed),
            id: Set(*id),
            created_at: Set(*at),
        });
    let incoming = follows
        .iter()
        .map(|(person, followed, id, at)| follower::ActiveModel {
            person_id: Set(*followed),
            follower_id: Set(*person),
            id: Set(*id),
            created_at: Set(*at),
        });
    following::Entity::insert_many(outgoing)
        .exec_without_returning(&**txn)
        .await?;
    follower::Entity::insert_many(incoming)
        .exec_without_returning(&**txn)
        .await?;
    Ok(())
}
