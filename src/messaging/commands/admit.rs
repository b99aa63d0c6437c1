//! Whom somebody may put into a conversation, and how they come into it.

use super::rules::admitted;
use crate::{
    accounts::{self, Me},
    error::{Error, Result},
    ids::PersonId,
    messaging::entity::conversation_member::Standing,
    people,
    platform::db::Txn,
};

/// How each of `people` comes into a conversation that the caller puts them into, in their order.
/// The caller holds their pairs locked.
///
/// # Errors
/// NOT_FOUND at `path` and their place, for whoever is not there, does not want it or is beyond a
/// block: not to be told apart.
pub(super) async fn admit(
    txn: &Txn,
    me: &Me,
    people: &[PersonId],
    path: &str,
) -> Result<Vec<Standing>> {
    let reachable = people::queries::reachable(txn, me.viewer(), people).await?;
    let policies = accounts::queries::message_policies(&**txn, people).await?;
    let standing = |(n, person): (usize, &PersonId)| {
        let found = (policies.get(person), reachable.get(person));
        let came = match found {
            (Some(policy), Some(follows)) => admitted(*policy, *follows),
            _ => None,
        };
        came.ok_or_else(|| Error::not_found(&format!("{path}.{n}")))
    };
    people.iter().enumerate().map(standing).collect()
}
