//! Who a person is outside: one random id each, kept in one place.

use sea_orm::{ConnectionTrait, Statement};
use uuid::Uuid;

use crate::{error::Result, ids::PersonId, platform::db::Txn};

/// A new one. Random, so that nothing of the account or of when it was made is in it.
#[expect(
    clippy::disallowed_methods,
    reason = "the one id that must not sort by time"
)]
pub fn new() -> Uuid {
    Uuid::new_v4()
}

/// Gives a new person the random id by which analysts know them. Once, in the transaction that
/// makes them.
pub async fn create(txn: &Txn, person: PersonId, personid: Uuid) -> Result<()> {
    let sql = "INSERT INTO personid (person_id, personid) VALUES ($1, $2)";
    let values = [person.into(), personid.into()];
    txn.execute_raw(Statement::from_sql_and_values(txn.backend(), sql, values))
        .await?;
    Ok(())
}
