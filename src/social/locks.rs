//! Locks on pairs of people: first in the lock order.
//!
//! Whoever creates something towards a person holds the pair shared; whoever cuts a relation
//! holds it exclusively. So a follow that ends, or a block, never races with a create.

use std::collections::BTreeSet;

use sea_orm::{ConnectionTrait, DbBackend, Statement};
use sha2::{Digest, Sha256};

use crate::{error::Result, ids::PersonId, platform::db::Txn};

/// How a pair is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hold {
    /// Beside others who create.
    Shared,
    /// Alone.
    Exclusive,
}

/// Locks `person` with each of `others` until the transaction ends, ascending by key. Nothing to
/// do on SQLite: its single writer is the lock.
pub async fn lock_pairs(
    txn: &Txn,
    hold: Hold,
    person: PersonId,
    others: impl IntoIterator<Item = PersonId>,
) -> Result<()> {
    let keys: BTreeSet<i64> = others
        .into_iter()
        .filter(|other| *other != person)
        .map(|o| key(person, o))
        .collect();
    if txn.backend() != DbBackend::Postgres || keys.is_empty() {
        return Ok(());
    }
    let function = match hold {
        Hold::Shared => "pg_advisory_xact_lock_shared",
        Hold::Exclusive => "pg_advisory_xact_lock",
    };
    let keys: Vec<i64> = keys.into_iter().collect();
    // The array is sorted and unnested in its order: locks are taken ascending.
    let sql = format!("SELECT {function}(k) IS NULL FROM unnest($1) AS k");
    txn.query_all_raw(Statement::from_sql_and_values(
        txn.backend(),
        sql,
        [keys.into()],
    ))
    .await?;
    Ok(())
}

fn key(a: PersonId, b: PersonId) -> i64 {
    let (low, high) = if a < b { (a, b) } else { (b, a) };
    let digest = Sha256::new()
        .chain_update(low.0.as_bytes())
        .chain_update(high.0.as_bytes());
    let bytes = digest.finalize();
    bytes
        .first_chunk::<8>()
        .map_or(0, |bytes| i64::from_be_bytes(*bytes))
}
