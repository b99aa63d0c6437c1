//! Writes of relations. `people::relations` calls them inside its transaction, after it has locked
//! the pair exclusively and proven that both are there.

use sea_orm::{ActiveValue::Set, EntityTrait, TryInsertResult, sea_query::OnConflict};
use uuid::Uuid;

use super::{
    entity::{blocked_by, blocking, follow_request, follower, following, mute},
    events::{
        Blocked, FollowAccepted, FollowRequested, Followed, Muted, RequestDeclined,
        RequestWithdrawn, Unblocked, Unfollowed, Unmuted,
    },
};
use crate::{
    activity::{By, Visibility, record},
    clock::Timestamp,
    counters::{Counter, Deltas},
    error::Result,
    ids::PersonId,
    platform::db::{Count, Txn},
};

/// What one of two people does now.
#[derive(Clone, Copy, Debug)]
pub struct Act {
    /// The id of the relation, should one begin.
    pub id: Uuid,
    pub by: By,
    /// Who could know of a follow between the two.
    pub follows: Visibility,
}

fn is_new(done: &TryInsertResult<u64>) -> bool {
    matches!(done, TryInsertResult::Inserted(n) if *n > 0)
}

/// Makes `person` follow `followed`. A request of theirs is over: the relation goes on by its id.
/// Following twice changes nothing.
pub async fn follow(txn: &Txn, person: PersonId, followed: PersonId, act: Act) -> Result<()> {
    let asked = end_request(txn, person, followed).await?;
    let relation = asked.unwrap_or(act.id);
    if !begin(txn, person, followed, (relation, act.by.at), false).await? {
        return Ok(());
    }
    let fact = Followed {
        relationid: relation,
        followerid: person.into(),
        followedid: followed.into(),
        visibility: act.follows,
    };
    record(txn, act.by, &fact, counts(person, followed, 1))
}

/// `false` where `person` follows already. `was_requested`: a request was accepted.
async fn begin(
    txn: &Txn,
    person: PersonId,
    followed: PersonId,
    (id, now): (Uuid, Timestamp),
    was_requested: bool,
) -> Result<bool> {
    use following::Column::{FollowedId, PersonId as Person};
    let outgoing = following::ActiveModel {
        person_id: Set(person),
        followed_id: Set(followed),
        id: Set(id),
        created_at: Set(now),
        is_pulled: Set(true),
        was_requested: Set(was_requested),
        is_counted: Set(true),
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
        return Ok(false);
    }
    let incoming = follower::ActiveModel {
        person_id: Set(followed),
        follower_id: Set(person),
        id: Set(id),
        created_at: Set(now),
        was_requested: Set(was_requested),
    };
    follower::Entity::insert(incoming)
        .exec_without_returning(&**txn)
        .await?;
    Ok(true)
}

/// Asks the private `asked` whether `person` may follow, unless they do already. Asking twice
/// changes nothing.
pub async fn request(txn: &Txn, person: PersonId, asked: PersonId, act: Act) -> Result<()> {
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
        id: Set(act.id),
        created_at: Set(act.by.at),
    };
    let once = OnConflict::columns([Person, RequesterId])
        .do_nothing()
        .to_owned();
    let made = follow_request::Entity::insert(row)
        .on_conflict(once)
        .try_insert()
        .exec_without_returning(&**txn)
        .await?;
    if !is_new(&made) {
        return Ok(());
    }
    let fact = FollowRequested {
        relationid: act.id,
        followerid: person.into(),
        followedid: asked.into(),
    };
    record(txn, act.by, &fact, [])
}

/// Lets `requester` follow `asked`, who was asked; `false` where they did not ask.
pub async fn accept(txn: &Txn, requester: PersonId, asked: PersonId, act: Act) -> Result<bool> {
    let Some(relation) = end_request(txn, requester, asked).await? else {
        return Ok(false);
    };
    if begin(txn, requester, asked, (relation, act.by.at), true).await? {
        let fact = FollowAccepted {
            relationid: relation,
            followerid: requester.into(),
            followedid: asked.into(),
            visibility: act.follows,
        };
        record(txn, act.by, &fact, counts(requester, asked, 1))?;
    }
    Ok(true)
}

/// Declines that `requester` follows `asked`; `false` where they did not ask.
pub async fn decline(txn: &Txn, requester: PersonId, asked: PersonId, act: Act) -> Result<bool> {
    let Some(relation) = end_request(txn, requester, asked).await? else {
        return Ok(false);
    };
    let fact = RequestDeclined {
        relationid: relation,
        followerid: requester.into(),
        followedid: asked.into(),
    };
    record(txn, act.by, &fact, [])?;
    Ok(true)
}

/// Ends that `person` asks to follow `asked`, if they do.
pub async fn withdraw(txn: &Txn, person: PersonId, asked: PersonId, act: Act) -> Result<()> {
    let Some(relation) = end_request(txn, person, asked).await? else {
        return Ok(());
    };
    let fact = RequestWithdrawn {
        relationid: relation,
        followerid: person.into(),
        followedid: asked.into(),
    };
    record(txn, act.by, &fact, [])
}

/// The id of the request that ended, if there was one.
async fn end_request(txn: &Txn, person: PersonId, asked: PersonId) -> Result<Option<Uuid>> {
    let gone = follow_request::Entity::delete_by_id((asked, person))
        .exec_with_returning(&**txn)
        .await?;
    Ok(gone.map(|request| request.id))
}

/// Ends that `person` follows `followed`, if they do.
pub async fn unfollow(txn: &Txn, person: PersonId, followed: PersonId, act: Act) -> Result<()> {
    let gone = following::Entity::delete_by_id((person, followed))
        .exec_with_returning(&**txn)
        .await?;
    let Some(gone) = gone else { return Ok(()) };
    follower::Entity::delete_by_id((followed, person))
        .exec(&**txn)
        .await?;
    let fact = Unfollowed {
        relationid: gone.id,
        followerid: person.into(),
        followedid: followed.into(),
        visibility: act.follows,
    };
    let delta = if gone.is_counted { -1 } else { 0 };
    record(txn, act.by, &fact, counts(person, followed, delta))
}

fn counts(person: PersonId, followed: PersonId, delta: i64) -> Vec<Count> {
    let mut deltas = Deltas::default();
    deltas.add(person.0, Counter::Following, delta);
    deltas.add(followed.0, Counter::Followers, delta);
    deltas.counts()
}

/// Makes `person` block `blocked`, and ends follows and requests both ways (R19). Blocking twice
/// changes nothing.
pub async fn block(txn: &Txn, person: PersonId, blocked: PersonId, act: Act) -> Result<()> {
    use blocking::Column::{BlockedId, PersonId as Person};
    let outgoing = blocking::ActiveModel {
        person_id: Set(person),
        blocked_id: Set(blocked),
        id: Set(act.id),
        created_at: Set(act.by.at),
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
    let fact = Blocked {
        relationid: act.id,
        blockerid: person.into(),
        blockedid: blocked.into(),
    };
    record(txn, act.by, &fact, [])?;
    withdraw(txn, person, blocked, act).await?;
    unfollow(txn, person, blocked, act).await?;
    decline(txn, blocked, person, act).await?;
    unfollow(txn, blocked, person, act).await
}

/// Ends that `person` blocks `blocked`, if they do. What the block cut stays cut.
pub async fn unblock(txn: &Txn, person: PersonId, blocked: PersonId, act: Act) -> Result<()> {
    let gone = blocking::Entity::delete_by_id((person, blocked))
        .exec_with_returning(&**txn)
        .await?;
    let Some(gone) = gone else { return Ok(()) };
    blocked_by::Entity::delete_by_id((blocked, person))
        .exec(&**txn)
        .await?;
    let fact = Unblocked {
        relationid: gone.id,
        blockerid: person.into(),
        blockedid: blocked.into(),
    };
    record(txn, act.by, &fact, [])
}

/// Makes `person` mute `muted`, from now and up to `until`. A mute that still runs keeps its place
/// in the list and gets the new end.
pub async fn mute(
    txn: &Txn,
    person: PersonId,
    muted: PersonId,
    until: Option<Timestamp>,
    act: Act,
) -> Result<()> {
    use mute::Column::{CreatedAt, Id, MutedId, PersonId as Person, Until};
    let key = (person, muted);
    let before = mute::Entity::find_by_id(key).one(&**txn).await?;
    let running = before.filter(|mute| runs(mute, act.by.at));
    if running.as_ref().is_some_and(|mute| mute.until == until) {
        return Ok(());
    }
    let (id, since) = running.map_or((act.id, act.by.at), |mute| (mute.id, mute.created_at));
    let row = mute::ActiveModel {
        person_id: Set(person),
        muted_id: Set(muted),
        id: Set(id),
        created_at: Set(since),
        until: Set(until),
    };
    let replace = OnConflict::columns([Person, MutedId])
        .update_columns([Id, CreatedAt, Until])
        .to_owned();
    mute::Entity::insert(row)
        .on_conflict(replace)
        .exec_without_returning(&**txn)
        .await?;
    let fact = Muted {
        relationid: id,
        muterid: person.into(),
        mutedid: muted.into(),
        until,
    };
    record(txn, act.by, &fact, [])
}

fn runs(mute: &mute::Model, now: Timestamp) -> bool {
    mute.until.is_none_or(|until| until > now)
}

/// Ends that `person` mutes `muted`, if they do.
pub async fn unmute(txn: &Txn, person: PersonId, muted: PersonId, act: Act) -> Result<()> {
    let gone = mute::Entity::delete_by_id((person, muted))
        .exec_with_returning(&**txn)
        .await?;
    let Some(gone) = gone.filter(|mute| runs(mute, act.by.at)) else {
        return Ok(());
    };
    let fact = Unmuted {
        relationid: gone.id,
        muterid: person.into(),
        mutedid: muted.into(),
    };
    record(txn, act.by, &fact, [])
}

/// A follow of the past.
pub type Past = (PersonId, PersonId, Uuid, Timestamp);

/// Adds many follows at once, without counting them: for seeding. Says of each who could know.
pub async fn import(txn: &Txn, follows: &[(Past, Visibility)]) -> Result<()> {
    let outgoing = follows
        .iter()
        .map(|((person, followed, id, at), _)| following::ActiveModel {
            person_id: Set(*person),
            followed_id: Set(*followed),
            id: Set(*id),
            created_at: Set(*at),
            is_pulled: Set(true),
            was_requested: Set(false),
            is_counted: Set(true),
        });
    let incoming = follows
        .iter()
        .map(|((person, followed, id, at), _)| follower::ActiveModel {
            person_id: Set(*followed),
            follower_id: Set(*person),
            id: Set(*id),
            created_at: Set(*at),
            was_requested: Set(false),
        });
    following::Entity::insert_many(outgoing)
        .exec_without_returning(&**txn)
        .await?;
    follower::Entity::insert_many(incoming)
        .exec_without_returning(&**txn)
        .await?;
    for ((person, followed, id, at), visibility) in follows {
        let fact = Followed {
            relationid: *id,
            followerid: (*person).into(),
            followedid: (*followed).into(),
            visibility: *visibility,
        };
        record(txn, By::person(*person, *at), &fact, [])?;
    }
    Ok(())
}
