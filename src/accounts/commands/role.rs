//! Gives roles.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};

use crate::{
    accounts::{Role, entity::account, events::RoleChanged},
    activity::{By, record},
    clock::Timestamp,
    error::Result,
    ids::PersonId,
    platform::db::Txn,
};

/// Gives `person` a role, from the command line. Giving the same again changes nothing.
pub async fn set_role(txn: &Txn, person: PersonId, role: Role, now: Timestamp) -> Result<()> {
    let done = account::Entity::update_many()
        .col_expr(account::Column::Role, Expr::value(role))
        .filter(account::Column::PersonId.eq(person))
        .filter(account::Column::Role.ne(role))
        .exec(&**txn)
        .await?;
    if done.rows_affected == 0 {
        return Ok(());
    }
    let fact = RoleChanged {
        personid: person.into(),
        role,
    };
    record(txn, By::system(now), &fact, [])
}
