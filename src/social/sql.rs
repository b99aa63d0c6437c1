//! Predicates about relations, for every door to compose.

use sea_orm::sea_query::{Expr, ExprTrait, IntoColumnRef, Query, SelectStatement, UnionType};

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

/// The people whom `person` follows and `person`, as a subquery of one column.
pub fn followed_by_and(person: PersonId) -> SelectStatement {
    let (table, column) = (following::Entity, following::Column::FollowedId);
    let own = Query::select().expr(Expr::val(person)).take();
    Query::select()
        .column((table, column))
        .from(table)
        .and_where(Expr::col((table, following::Column::PersonId)).eq(person))
        .union(UnionType::All, own)
        .take()
}
