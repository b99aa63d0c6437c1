//! Predicates about relations, for every door to compose.

use sea_orm::{
    EntityTrait,
    sea_query::{Expr, ExprTrait, IntoColumnRef, Query, SelectStatement},
};

use super::entity::{blocked_by, blocking, follow_request, follower, following, mute};
use crate::{clock::Timestamp, ids::PersonId};

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

/// `person` blocks the one in `column`.
pub fn blocks(person: PersonId, column: impl IntoColumnRef) -> Expr {
    use blocking::Column::{BlockedId, PersonId as Person};
    Expr::exists(relates(
        blocking::Entity,
        (Person, person),
        (BlockedId, column),
    ))
}

/// The one in `column` blocks `person`.
pub fn is_blocked_by(person: PersonId, column: impl IntoColumnRef) -> Expr {
    use blocked_by::Column::{BlockerId, PersonId as Person};
    Expr::exists(relates(
        blocked_by::Entity,
        (Person, person),
        (BlockerId, column),
    ))
}

/// A block stands between `person` and the one in `column`, whoever made it (R17).
pub fn is_severed(person: PersonId, column: impl IntoColumnRef + Clone) -> Expr {
    blocks(person, column.clone()).or(is_blocked_by(person, column))
}

/// `person` mutes the one in `column`, and the mute is not over `now` (R25).
pub fn mutes(person: PersonId, column: impl IntoColumnRef, now: Timestamp) -> Expr {
    use mute::Column::{MutedId, PersonId as Person};
    Expr::exists(
        relates(mute::Entity, (Person, person), (MutedId, column))
            .and_where(is_unexpired(now))
            .take(),
    )
}

/// A row of `mute` is not over `now`.
pub fn is_unexpired(now: Timestamp) -> Expr {
    let until = || Expr::col((mute::Entity, mute::Column::Until));
    until().is_null().or(until().gt(now))
}
