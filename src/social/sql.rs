//! Predicates about relations, for every door to compose.

use sea_orm::{
    EntityTrait,
    sea_query::{Expr, ExprTrait, IntoColumnRef, Query, SelectStatement, UnionType},
};

use super::entity::{blocked_by, blocking, follow_request, follower, following, mute};
use crate::{clock::Timestamp, ids::PersonId, platform::db::Seer};

/// Up to so many blocks and mutes are read at once, in the place of one for each row.
const FEW: u64 = 500;

/// There is a row of `person` in `E` about the one in `other`.
fn relates<E: EntityTrait>(
    table: E,
    person: (E::Column, PersonId),
    other: (E::Column, impl IntoColumnRef),
) -> SelectStatement {
    Query::select()
        .expr(Expr::val(1))
        .from(table)
        .and_where(Expr::col((table, person.0)).eq(person.1))
        .and_where(Expr::col((table, other.0)).eq(Expr::col(other.1)))
        .take()
}

/// `person` follows the one in `column`.
pub fn follows(person: PersonId, column: impl IntoColumnRef) -> Expr {
    Expr::exists(follow(person, column))
}

/// The follow of the one in `column` by `person`, if there is one.
pub fn follow(person: PersonId, column: impl IntoColumnRef) -> SelectStatement {
    use following::Column::{FollowedId, PersonId as Person};
    relates(following::Entity, (Person, person), (FollowedId, column))
}

/// The one in `column` follows `person`.
pub fn is_followed_by(person: PersonId, column: impl IntoColumnRef) -> Expr {
    use follower::Column::{FollowerId, PersonId as Person};
    Expr::exists(relates(
        follower::Entity,
        (Person, person),
        (FollowerId, column),
    ))
}

/// `person` asks to follow the one in `column`, who has not answered yet.
pub fn requests(person: PersonId, column: impl IntoColumnRef) -> Expr {
    use follow_request::Column::{PersonId as Person, RequesterId};
    Expr::exists(relates(
        follow_request::Entity,
        (RequesterId, person),
        (Person, column),
    ))
}

/// Whom `person` blocks.
fn blocked(person: PersonId) -> SelectStatement {
    ties(blocking::Entity, blocking::Column::PersonId, person)
        .column(blocking::Column::BlockedId)
        .take()
}

/// Who blocks `person`.
fn blockers(person: PersonId) -> SelectStatement {
    ties(blocked_by::Entity, blocked_by::Column::PersonId, person)
        .column(blocked_by::Column::BlockerId)
        .take()
}

/// The rows of `person` in `E`.
fn ties<E: EntityTrait>(table: E, column: E::Column, person: PersonId) -> SelectStatement {
    Query::select()
        .from(table)
        .and_where(Expr::col((table, column)).eq(person))
        .take()
}

/// `seer` blocks the one in `column`.
pub fn blocks(seer: impl Into<Seer>, column: impl IntoColumnRef) -> Expr {
    use blocking::Column::{BlockedId, PersonId as Person};
    let Seer { id, has_few_ties } = seer.into();
    if has_few_ties {
        return Expr::col(column).in_subquery(blocked(id));
    }
    Expr::exists(relates(blocking::Entity, (Person, id), (BlockedId, column)))
}

/// The one in `column` blocks `seer`.
pub fn is_blocked_by(seer: impl Into<Seer>, column: impl IntoColumnRef) -> Expr {
    use blocked_by::Column::{BlockerId, PersonId as Person};
    let Seer { id, has_few_ties } = seer.into();
    if has_few_ties {
        return Expr::col(column).in_subquery(blockers(id));
    }
    Expr::exists(relates(
        blocked_by::Entity,
        (Person, id),
        (BlockerId, column),
    ))
}

/// A block stands between `seer` and the one in `column`, whoever made it (R17).
pub fn is_severed(seer: impl Into<Seer>, column: impl IntoColumnRef + Clone) -> Expr {
    let seer = seer.into();
    if seer.has_few_ties {
        let mut severed = blocked(seer.id);
        severed.union(UnionType::All, blockers(seer.id));
        return Expr::col(column).in_subquery(severed);
    }
    blocks(seer, column.clone()).or(is_blocked_by(seer, column))
}

/// `seer` mutes the one in `column`, and the mute is not over `now` (R25).
pub fn mutes(seer: impl Into<Seer>, column: impl IntoColumnRef, now: Timestamp) -> Expr {
    use mute::Column::{MutedId, PersonId as Person};
    let Seer { id, has_few_ties } = seer.into();
    if has_few_ties {
        let mut muted = ties(mute::Entity, Person, id);
        muted.column(MutedId).and_where(is_unexpired(now));
        return Expr::col(column).in_subquery(muted);
    }
    Expr::exists(
        relates(mute::Entity, (Person, id), (MutedId, column))
            .and_where(is_unexpired(now))
            .take(),
    )
}

/// `person` has no more than a [`FEW`] of the ties that a [`Seer`] is asked for.
pub fn has_few_ties(person: PersonId) -> Expr {
    let muted = ties(mute::Entity, mute::Column::PersonId, person)
        .column(mute::Column::MutedId)
        .take();
    let mut all = blocked(person);
    all.union(UnionType::All, blockers(person))
        .union(UnionType::All, muted)
        .limit(1)
        .offset(FEW);
    Expr::exists(all).not()
}

/// A row of `mute` is not over `now`.
pub fn is_unexpired(now: Timestamp) -> Expr {
    let until = || Expr::col((mute::Entity, mute::Column::Until));
    until().is_null().or(until().gt(now))
}
