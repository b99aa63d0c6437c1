//! Who a person is outside: one random id each, kept in one place.

use sea_orm::{ConnectionTrait, Statement};
use uuid::Uuid;

use crate::{error::Result, ids::PersonId, platform::db::Txn};

/// Gives a new person the random id by which analysts know them. Once, in the transaction that
/// makes them.
pub async fn create(txn: &Txn, person: PersonId, personid: Uuid) -> Result<()> {
    let sql = "INSERT INTO personid (person_id, personid) VALUES ($1, $2)";
    let values = [person.into(), personid.into()];
    txn.execute_raw(Statement::from_sql_and_values(txn.backend(), sql, values))
        .await?;
    Ok(())
}
