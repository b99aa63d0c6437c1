//! What people do towards each other. One public function per action, one transaction each.
//!
//! Each first locks the pair alone, then proves that the other one is there for the caller, then
//! writes through `social`. So of two who act at once one is first, and the other finds what that
//! one left: of two who block each other, too, the second finds nobody any more. (Were there a
//! mutual block all the same, each of the two could still take back their own.)

use std::future::Future;

use sea_orm::sea_query::{Expr, ExprTrait, SelectStatement};

use super::{
    entity::person,
    queries::{named_to, visible_to},
};
use crate::{
    accounts::Me,
    activity::{By, Visibility},
    clock::Timestamp,
    error::{Error, Result},
    ids::PersonId,
    platform::{
        Platform,
        db::{Gate, Lane, Txn, Viewer, all},
        limiter::{LocalLimit, Payer},
    },
    social::{
        commands::{self as social, Act},
        locks::{Hold, lock_pairs},
    },
};

/// Runs `work` on the other person, with the pair locked and the person found in `door`.
async fn towards<Fut>(
    p: &Platform,
    me: &Me,
    (other, counted): (PersonId, PersonId),
    door: fn(Viewer) -> SelectStatement,
    work: impl Fn(Txn, person::Model, Act) -> Fut + Send + Sync,
) -> Result<()>
where
    Fut: Future<Output = Result<()>> + Send,
{
    if other == me.id() {
        return Err(Error::bad_input("userId", "This is yourself."));
    }
    let work = &work;
    let now = p.now();
    let id = p.new_id(now);
    let _pass = p.db.gate(Gate::Hot(counted.0)).await?;
    p.db.write_txn(Lane::Request, |txn| async move {
        lock_pairs(&txn, Hold::Exclusive, me.id(), [other]).await?;
        let both = Expr::col((person::Entity, person::Column::Id)).is_in([me.id(), other]);
        let rows = door(me.viewer()).and_where(both).take();
        let mut found = all::<person::Entity>(&*txn, rows).await?;
        let follows = match found.iter().any(|person| person.is_private) {
            true => Visibility::Restricted,
            false => Visibility::Public,
        };
        found.retain(|person| person.id == other);
        let other = found.pop().ok_or_else(|| Error::not_found("userId"))?;
        let by = By::person(me.id(), now);
        work(txn, other, Act { id, by, follows }).await
    })
    .await
}

/// Follows somebody, or asks to where the account is private. Following or asking twice changes
/// nothing; following an account that has become public ends the request.
///
/// # Errors
/// NOT_FOUND, beyond a block too (R20); BAD_USER_INPUT for oneself; RATE_LIMITED.
pub async fn follow(p: &Platform, me: &Me, other: PersonId) -> Result<()> {
    p.throttle_here(LocalLimit::Follow, Payer::Member(me.id()), 1)?;
    towards(
        p,
        me,
        (other, other),
        visible_to,
        |txn, other, act| async move {
            match other.is_private {
                true => social::request(&txn, me.id(), other.id, act).await,
                false => social::follow(&txn, me.id(), other.id, act).await,
            }
        },
    )
    .await
}

/// Stops following somebody, or asking to. Without effect where there is nothing to stop.
///
/// # Errors
/// NOT_FOUND, beyond a block too: the block has ended it. BAD_USER_INPUT for oneself.
pub async fn unfollow(p: &Platform, me: &Me, other: PersonId) -> Result<()> {
    towards(
        p,
        me,
        (other, other),
        visible_to,
        |txn, other, act| async move {
            social::withdraw(&txn, me.id(), other.id, act).await?;
            social::unfollow(&txn, me.id(), other.id, act).await
        },
    )
    .await
}

/// Lets somebody follow who asked to.
///
/// # Errors
/// NOT_FOUND where nobody asks; BAD_USER_INPUT for oneself.
pub async fn accept(p: &Platform, me: &Me, requester: PersonId) -> Result<()> {
    let people = (requester, me.id());
    towards(
        p,
        me,
        people,
        visible_to,
        |txn, requester, act| async move {
            answered(social::accept(&txn, requester.id, me.id(), act).await?)
        },
    )
    .await
}

/// Declines a request. The requester is told nothing, and may ask again.
///
/// # Errors
/// NOT_FOUND where nobody asks; BAD_USER_INPUT for oneself.
pub async fn reject(p: &Platform, me: &Me, requester: PersonId) -> Result<()> {
    let people = (requester, me.id());
    towards(
        p,
        me,
        people,
        visible_to,
        |txn, requester, act| async move {
            answered(social::decline(&txn, requester.id, me.id(), act).await?)
        },
    )
    .await
}

fn answered(had_asked: bool) -> Result<()> {
    match had_asked {
        true => Ok(()),
        false => Err(Error::not_found("userId")),
    }
}

/// Ends that somebody follows the caller. They are told nothing. Without effect where they do not.
///
/// # Errors
/// NOT_FOUND, beyond a block too; BAD_USER_INPUT for oneself.
pub async fn remove_follower(p: &Platform, me: &Me, follower: PersonId) -> Result<()> {
    let people = (follower, me.id());
    towards(p, me, people, visible_to, |txn, follower, act| async move {
        social::unfollow(&txn, follower.id, me.id(), act).await
    })
    .await
}

/// Blocks somebody: follows and requests end both ways, at once (R19). Blocking twice changes
/// nothing.
///
/// # Errors
/// NOT_FOUND, for whom blocks the caller too (R1); BAD_USER_INPUT for oneself.
pub async fn block(p: &Platform, me: &Me, other: PersonId) -> Result<()> {
    towards(
        p,
        me,
        (other, other),
        named_to,
        |txn, other, act| async move { social::block(&txn, me.id(), other.id, act).await },
    )
    .await
}

/// Ends a block. What it cut stays cut. Without effect where there is none.
///
/// # Errors
/// NOT_FOUND; BAD_USER_INPUT for oneself.
pub async fn unblock(p: &Platform, me: &Me, other: PersonId) -> Result<()> {
    towards(
        p,
        me,
        (other, other),
        named_to,
        |txn, other, act| async move { social::unblock(&txn, me.id(), other.id, act).await },
    )
    .await
}

/// Mutes somebody for good or up to `until`. They are told nothing (R25). Muting again replaces
/// the end.
///
/// # Errors
/// BAD_USER_INPUT for oneself and for an end that does not lie in the future; NOT_FOUND, beyond a
/// block too: there is nothing of theirs to mute.
pub async fn mute(p: &Platform, me: &Me, other: PersonId, until: Option<Timestamp>) -> Result<()> {
    if until.is_some_and(|until| until <= p.now()) {
        let say = "Give a moment in the future, or none to mute for good.";
        return Err(Error::bad_input("until", say));
    }
    towards(
        p,
        me,
        (other, other),
        visible_to,
        |txn, other, act| async move { social::mute(&txn, me.id(), other.id, until, act).await },
    )
    .await
}

/// Ends a mute, of somebody whom the caller blocks too: it is the caller's own (R22). Without
/// effect where there is none.
///
/// # Errors
/// NOT_FOUND, for whom blocks the caller too (R1); BAD_USER_INPUT for oneself.
pub async fn unmute(p: &Platform, me: &Me, other: PersonId) -> Result<()> {
    towards(
        p,
        me,
        (other, other),
        named_to,
        |txn, other, act| async move { social::unmute(&txn, me.id(), other.id, act).await },
    )
    .await
}
