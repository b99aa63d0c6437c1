//! Locks on pairs of people: first in the lock order.
//!
//! Whoever creates something towards a person holds the pair shared; whoever cuts a relation
//! holds it exclusively. So a follow that ends, or a block, never races with a create.
//!
//! The pair of a person with themselves is their state: whether the account is private, suspended
//! or deleted. Whoever does something towards people holds the state of everybody concerned
//! shared; whoever changes a state holds it exclusively. So nothing slips into an account that is
//! just closing (R40).

use std::collections::BTreeMap;

use sea_orm::{ConnectionTrait, DbBackend, Statement};
use sha2::{Digest, Sha256};

use crate::{error::Result, ids::PersonId, platform::db::Txn};

/// How a pair is held. The stricter one wins where both are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Hold {
    /// Beside others who create.
    Shared,
    /// Alone.
    Exclusive,
}

/// Locks `person` with each of `others` as `hold` says, and beside that the state of all of them
/// shared, until the transaction ends: ascending by key, in one statement, once in a transaction
/// and before any other lock. With themselves among `others`, the person's own state is held as
/// `hold` says. Nothing to do on SQLite: its single writer is the lock.
pub async fn lock_pairs(
    txn: &Txn,
    hold: Hold,
    person: PersonId,
    others: impl IntoIterator<Item = PersonId>,
) -> Result<()> {
    if txn.backend() != DbBackend::Postgres {
        return Ok(());
    }
    let (keys, alone): (Vec<i64>, Vec<bool>) = locks(hold, person, others)
        .into_iter()
        .map(|(key, hold)| (key, hold == Hold::Exclusive))
        .unzip();
    // The arrays are unnested in their order: locks are taken ascending.
    let sql = "SELECT CASE WHEN alone THEN pg_advisory_xact_lock(k) \
               ELSE pg_advisory_xact_lock_shared(k) END IS NULL \
               FROM unnest($1, $2) AS l(k, alone)";
    txn.query_all_raw(Statement::from_sql_and_values(
        txn.backend(),
        sql,
        [keys.into(), alone.into()],
    ))
    .await?;
    Ok(())
}

/// Each key once, ascending, with how it is held.
fn locks(
    hold: Hold,
    person: PersonId,
    others: impl IntoIterator<Item = PersonId>,
) -> BTreeMap<i64, Hold> {
    let mut locks = BTreeMap::from([(key(person, person), Hold::Shared)]);
    for other in others {
        for (key, hold) in [
            (key(other, other), Hold::Shared),
            (key(person, other), hold),
        ] {
            let held = locks.entry(key).or_insert(hold);
            *held = hold.max(*held);
        }
    }
    locks
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

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const ADA: PersonId = PersonId(Uuid::from_u128(1));
    const BOB: PersonId = PersonId(Uuid::from_u128(2));

    #[test]
    fn a_pair_is_the_same_from_both_sides_and_comes_with_both_states() {
        let there = locks(Hold::Exclusive, ADA, [BOB]);
        assert_eq!(there, locks(Hold::Exclusive, BOB, [ADA]));
        let states = [key(ADA, ADA), key(BOB, BOB)];
        assert_eq!(states.map(|key| there[&key]), [Hold::Shared; 2]);
        assert_eq!(there[&key(ADA, BOB)], Hold::Exclusive);
        assert_eq!(there.len(), 3);
    }

    #[test]
    fn ones_own_state_is_held_alone_only_where_it_is_asked_for() {
        let own = |hold, others: &[PersonId]| locks(hold, ADA, others.to_vec())[&key(ADA, ADA)];
        assert_eq!(own(Hold::Exclusive, &[ADA]), Hold::Exclusive);
        assert_eq!(own(Hold::Exclusive, &[BOB]), Hold::Shared);
        assert_eq!(own(Hold::Shared, &[ADA, BOB]), Hold::Shared);
        assert_eq!(own(Hold::Shared, &[]), Hold::Shared);
    }
}
