//! Predicates about relations, for every door to compose.

use sea_orm::sea_query::{Alias, Expr, ExprTrait, IntoColumnRef, Query, SelectStatement};

use super::entity::following;
use crate::ids::PersonId;

/// `person` follows the one in `column`.
pub fn follows(person: PersonId, column: impl IntoColumnRef) -> Expr {
    let (table, f) = (following::Entity, following::Column::FollowedId);
    Expr::exists(
        Query::select()
            .expr(Expr::val(1))
            .from(table)
            .and_where(Expr::col((table, following::Column::PersonId)).eq(person))
            .and_where(Expr::col((table, f)).eq(Expr::col(column)))
            .take(),
    )
}

/// The people whom `person` follows, as a subquery of one column.
pub fn followed_by(person: PersonId) -> SelectStatement {
    Query::select()
        .column(following::Column::FollowedId)
        .from_as(following::Entity, Alias::new("f"))
        .and_where(Expr::col((Alias::new("f"), following::Column::PersonId)).eq(person))
        .take()
}
