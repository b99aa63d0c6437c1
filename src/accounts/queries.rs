//! What others are told of an account's settings, by the rules that depend on them.

use std::collections::HashMap;

use sea_orm::{
    ConnectionTrait, EntityTrait, QueryFilter, QuerySelect,
    sea_query::{Expr, ExprTrait, IntoColumnRef, Query},
};
use uuid::Uuid;

use super::entity::{
    account::{self, MessagePolicy},
    notification_off::{self, Kind},
};
use crate::{error::Result, ids::PersonId, platform::db::is_one_of};

/// The person in `other` lets others see how far they have read.
pub fn shares_receipts(other: impl IntoColumnRef) -> Expr {
    let column = |column| Expr::col((account::Entity, column));
    let rows = Query::select()
        .expr(Expr::val(1))
        .from(account::Entity)
        .and_where(column(account::Column::PersonId).eq(Expr::col(other)))
        .and_where(column(account::Column::ShareReadReceipts))
        .take();
    Expr::exists(rows)
}

/// The account of the person in `other` is about to be erased, by their own wish.
pub fn is_leaving(other: impl IntoColumnRef) -> Expr {
    let column = |column| Expr::col((account::Entity, column));
    let rows = Query::select()
        .expr(Expr::val(1))
        .from(account::Entity)
        .and_where(column(account::Column::PersonId).eq(Expr::col(other)))
        .and_where(column(account::Column::ErasesAt).is_not_null())
        .take();
    Expr::exists(rows)
}

/// The person in `column` used a session since the moment in `since`, both SQL.
pub fn was_seen(column: &str, since: &str) -> String {
    format!(
        "EXISTS (SELECT 1 FROM session WHERE session.person_id = {column} \
         AND session.last_used_at >= {since})"
    )
}

/// Whose conversations reach each of `people`. Who has no account is not in it.
pub async fn message_policies(
    connection: &impl ConnectionTrait,
    people: &[PersonId],
) -> Result<HashMap<PersonId, MessagePolicy>> {
    let ids: Vec<Uuid> = people.iter().map(|person| person.0).collect();
    let person = (account::Entity, account::Column::PersonId);
    let policies = account::Entity::find()
        .select_only()
        .columns([
            account::Column::PersonId,
            account::Column::AllowMessagesFrom,
        ])
        .filter(is_one_of(connection.get_database_backend(), person, &ids))
        .into_tuple()
        .all(connection)
        .await?;
    Ok(policies.into_iter().collect())
}

/// `person` did not want to be told of this kind when it happened, at the time in `at`.
pub fn is_off(person: PersonId, kind: Kind, at: Expr) -> Expr {
    use notification_off::Column;
    let column = |column| Expr::col((notification_off::Entity, column));
    let rows = Query::select()
        .expr(Expr::val(1))
        .from(notification_off::Entity)
        .and_where(column(Column::PersonId).eq(person))
        .and_where(column(Column::Kind).eq(kind))
        .and_where(column(Column::Since).lte(at))
        .take();
    Expr::exists(rows)
}
