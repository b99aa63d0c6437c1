//! Gives roles.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};

use crate::{
    accounts::{Role, entity::account, events::RoleChanged},
    activity::{By, record},
    error::Result,
    ids::PersonId,
    platform::db::Txn,
};

/// Gives `person` a role, and says whether they had another one. Giving the same again changes
/// nothing. Who may give it was judged before.
pub async fn set_role(txn: &Txn, person: PersonId, role: Role, by: By) -> Result<bool> {
    let done = account::Entity::update_many()
        .col_expr(account::Column::Role, Expr::value(role))
        .filter(account::Column::PersonId.eq(person))
        .filter(account::Column::Role.ne(role))
        .exec(&**txn)
        .await?;
    if done.rows_affected == 0 {
        return Ok(false);
    }
    let fact = RoleChanged {
        personid: person.into(),
        role,
    };
    record(txn, by, &fact, [])?;
    Ok(true)
}
