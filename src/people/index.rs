//! The door for whoever derives rows from people's names: it tells them whoever asks. What is made
//! of them is shown through [`super::queries::sees`] alone.

use sea_orm::{
    ConnectionTrait,
    sea_query::{LockType, Order, Query},
};
use uuid::Uuid;

use super::{entity::person, queries::is_living};
use crate::{
    error::Result,
    platform::db::{Txn, all, is_one_of, next_ids},
};

/// Those of `ids` that are people and not deleted. Locked, so that of two who derive from them the
/// second reads what the first has left.
pub async fn lock_names(txn: &Txn, ids: &[Uuid]) -> Result<Vec<person::Model>> {
    let id = (person::Entity, person::Column::Id);
    let rows = Query::select()
        .from(person::Entity)
        .and_where(is_one_of(txn.backend(), id, ids))
        .and_where(is_living())
        .order_by(id, Order::Asc)
        .lock(LockType::NoKeyUpdate)
        .take();
    all::<person::Entity>(&**txn, rows).await
}

/// The next people behind `after`, deleted ones included: at most `limit`.
pub async fn next(connection: &impl ConnectionTrait, after: Uuid, limit: u64) -> Result<Vec<Uuid>> {
    next_ids::<person::Entity>(connection, person::Column::Id, after, limit).await
}
