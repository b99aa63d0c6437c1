//! Locks on the people towards whom something is written, taken before anything is judged.

use crate::{
    accounts::Me,
    error::Result,
    ids::PersonId,
    people,
    platform::db::Txn,
    social::locks::{Hold, lock_pairs},
};

/// Locks the caller's pairs with `others` and with whom a text mentions by these (folded) handles,
/// and returns those mentioned, in the order of the handles. With them the state of everybody
/// concerned, such as privacy, stays as it is meanwhile. Once in a transaction and before any other
/// lock.
///
/// Whoever is mentioned is looked up again under the locks: a block that came first leaves no
/// mention (R20, R40).
pub async fn lock_towards(
    txn: &Txn,
    me: &Me,
    handles: &[String],
    others: impl IntoIterator<Item = PersonId>,
) -> Result<Vec<PersonId>> {
    let named = people::queries::mentioned(txn, me.viewer(), handles).await?;
    let pairs = others.into_iter().chain(named.iter().copied());
    lock_pairs(txn, Hold::Shared, me.id(), pairs).await?;
    if named.is_empty() {
        return Ok(named);
    }
    let mut found = people::queries::mentioned(txn, me.viewer(), handles).await?;
    // A handle that has just changed hands names somebody whose pair is not locked.
    found.retain(|person| named.contains(person));
    Ok(found)
}
