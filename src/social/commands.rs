//! Writes of relations. `people::relations` calls them inside its transaction, after it has locked
//! the pair exclusively and proven that both are there.

use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, TryInsertResult, sea_query::OnConflict,
};
use uuid::Uuid;

use super::entity::{blocked_by, blocking, follow_request, follower, following, mute};
use crate::{
    clock::Timestamp,
    counters::{Counter, Deltas},
    error::Result,
    ids::PersonId,
    platform::db::Txn,
};

/// A relation's own id, and when it is made.
pub type Made = (Uuid, Timestamp);

fn is_new(done: &TryInsertResult<u64>) -> bool {
    matches!(done, TryInsertResult::Inserted(n) if *n > 0)
}

/// Makes `person` follow `followed`; a request of theirs is over. Following twice changes nothing.
pub async fn follow(
    txn: &Txn,
    person: PersonId,
    followed: PersonId,
    (id, now): Made,
) -> Result<()> {
    use following::Column::{FollowedId, PersonId as Person};
    withdraw(txn, person, followed).await?;
    let outgoing = following::ActiveModel {
        person_id: Set(person),
        followed_id: Set(followed),
        id: Set(id),
        created_at: Set(now),
    };
    let once = OnConflict::columns([Person, FollowedId])
        .do_nothing()
        .to_owned();
    let made = following::Entity::insert(outgoing)
        .on_conflict(once)
        .try_insert()
        .exec_without_returning(&**txn)
        .await?;
    if !is_new(&made) {
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
    let mut deltas = Deltas::default();
    count(&mut deltas, person, followed, 1);
    deltas.write(txn).await
}

/// Asks the private `asked` whether `person` may follow, unless they do already. Asking twice
/// changes nothing.
pub async fn request(txn: &Txn, person: PersonId, asked: PersonId, (id, now): Made) -> Result<()> {
    use follow_request::Column::{PersonId as Person, RequesterId};
    let follows = following::Entity::find_by_id((person, asked))
        .one(&**txn)
        .await?;
    if follows.is_some() {
        return Ok(());
    }
    let row = follow_request::ActiveModel {
        person_id: Set(asked),
        requester_id: Set(person),
        id: Set(id),
        created_at: Set(now),
    };
    let once = OnConflict::columns([Person, RequesterId])
        .do_nothing()
        .to_owned();
    follow_request::Entity::insert(row)
        .on_conflict(once)
        .try_insert()
        .exec_without_returning(&**txn)
        .await?;
    Ok(())
}

/// Ends that `person` asks to follow `asked`; `false` where they did not.
pub async fn withdraw(txn: &Txn, person: PersonId, asked: PersonId) -> Result<bool> {
    let gone = follow_request::Entity::delete_by_id((asked, person))
        .exec(&**txn)
        .await?;
    Ok(gone.rows_affected > 0)
}

/// Ends that `person` follows `followed`, if they do.
pub async fn unfollow(txn: &Txn, person: PersonId, followed: PersonId) -> Result<()> {
    let mut deltas = Deltas::default();
    cut(txn, person, followed, &mut deltas).await?;
    deltas.write(txn).await
}

async fn cut(txn: &Txn, person: PersonId, followed: PersonId, deltas: &mut Deltas) -> Result<()> {
    let gone = following::Entity::delete_by_id((person, followed))
        .exec(&**txn)
        .await?;
    if gone.rows_affected > 0 {
        follower::Entity::delete_by_id((followed, person))
            .exec(&**txn)
            .await?;
        count(deltas, person, followed, -1);
    }
    Ok(())
}

fn count(deltas: &mut Deltas, person: PersonId, followed: PersonId, delta: i64) {
    deltas.add(person.0, Counter::Following, delta);
    deltas.add(followed.0, Counter::Followers, delta);
}

/// Makes `person` block `blocked`, and ends follows and requests both ways (R19). Blocking twice
/// changes nothing.
pub async fn block(txn: &Txn, person: PersonId, blocked: PersonId, (id, now): Made) -> Result<()> {
    use blocking::Column::{BlockedId, PersonId as Person};
    let outgoing = blocking::ActiveModel {
        person_id: Set(person),
        blocked_id: Set(blocked),
        id: Set(id),
        created_at: Set(now),
    };
    let once = OnConflict::columns([Person, BlockedId])
        .do_nothing()
        .to_owned();
    let made = blocking::Entity::insert(outgoing)
        .on_conflict(once)
        .try_insert()
        .exec_without_returning(&**txn)
        .await?;
    if !is_new(&made) {
        return Ok(());
    }
    let incoming = blocked_by::ActiveModel {
        person_id: Set(blocked),
        blocker_id: Set(person),
    };
    blocked_by::Entity::insert(incoming)
        .exec_without_returning(&**txn)
        .await?;
    let mut deltas = Deltas::default();
    for (from, to) in [(person, blocked), (blocked, person)] {
        withdraw(txn, from, to).await?;
        cut(txn, from, to, &mut deltas).await?;
    }
    deltas.write(txn).await
}

/// Ends that `person` blocks `blocked`, if they do. What the block cut stays cut.
pub async fn unblock(txn: &Txn, person: PersonId, blocked: PersonId) -> Result<()> {
    blocking::Entity::delete_by_id((person, blocked))
        .exec(&**txn)
        .await?;
    blocked_by::Entity::delete_by_id((blocked, person))
        .exec(&**txn)
        .await?;
    Ok(())
}

/// Makes `person` mute `muted`, from now and up to `until`. A mute that still runs keeps its place
/// in the list and gets the new end.
pub async fn mute(
    txn: &Txn,
    person: PersonId,
    muted: PersonId,
    until: Option<Timestamp>,
    (id, now): Made,
) -> Result<()> {
    use mute::Column::{MutedId, PersonId as Person, Until};
    mute::Entity::delete_by_id((person, muted))
        .filter(Until.lte(now))
        .exec(&**txn)
        .await?;
    let row = mute::ActiveModel {
        person_id: Set(person),
        muted_id: Set(muted),
        id: Set(id),
        created_at: Set(now),
        until: Set(until),
    };
    let replace = OnConflict::columns([Person, MutedId])
        .update_column(Until)
        .to_owned();
    mute::Entity::insert(row)
        .on_conflict(replace)
        .exec_without_returning(&**txn)
        .await?;
    Ok(())
}

/// Ends that `person` mutes `muted`, if they do.
pub async fn unmute(txn: &Txn, person: PersonId, muted: PersonId) -> Result<()> {
    mute::Entity::delete_by_id((person, muted))
        .exec(&**txn)
        .await?;
    Ok(())
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
