//! Asks for letters. They are written and mailed later, so that whoever waits for an answer learns
//! nothing from how long that takes.

use sea_orm::{ActiveValue::Set, EntityTrait};
use uuid::Uuid;

use crate::{
    accounts::entity::{
        account,
        letter::{self, Kind},
    },
    clock::Timestamp,
    error::Result,
    ids::PersonId,
    platform::db::Txn,
};

/// Asks for a letter to the holder of an account.
pub async fn tell(txn: &Txn, made: (Uuid, Timestamp), kind: Kind, person: PersonId) -> Result<()> {
    let account = account::Entity::find_by_id(person).one(&**txn).await?;
    match account {
        Some(account) => ask(txn, made, kind, Some(person), &account.email).await,
        None => Ok(()),
    }
}

/// Asks for a letter to `address` about the account of `person`. An account of a provider may have
/// no address: nothing is asked for then.
pub(super) async fn ask(
    txn: &Txn,
    (id, now): (Uuid, Timestamp),
    kind: Kind,
    person: Option<PersonId>,
    address: &str,
) -> Result<()> {
    if address.is_empty() {
        return Ok(());
    }
    let row = letter::ActiveModel {
        id: Set(id),
        kind: Set(kind),
        person_id: Set(person),
        address: Set(address.to_owned()),
        created_at: Set(now),
        attempts: Set(0),
        due_at: Set(now),
    };
    letter::Entity::insert(row)
        .exec_without_returning(&**txn)
        .await?;
    Ok(())
}
