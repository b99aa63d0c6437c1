//! Whom somebody may put into a conversation, and how they come into it.

use std::sync::OnceLock;

use super::rules::admitted;
use crate::{
    accounts::{self, Me},
    error::{Error, Result},
    ids::PersonId,
    messaging::entity::conversation_member::Standing,
    people,
    platform::{
        Platform,
        db::Txn,
        limiter::{LocalLimit, Payer},
    },
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

/// How many people a command asks whether they take messages. Counted once, however often its
/// transaction runs.
pub(super) struct Asking<'a> {
    p: &'a Platform,
    me: &'a Me,
    counted: OnceLock<Result<()>>,
}

impl<'a> Asking<'a> {
    pub(super) fn new(p: &'a Platform, me: &'a Me) -> Self {
        let counted = OnceLock::new();
        Self { p, me, counted }
    }

    /// # Errors
    /// RATE_LIMITED.
    pub(super) fn throttle(&self, standings: impl Iterator<Item = Standing>) -> Result<()> {
        let asked = standings.filter(|standing| *standing == Standing::Request);
        let Some(asked) = u32::try_from(asked.count()).ok().filter(|asked| *asked > 0) else {
            return Ok(());
        };
        let payer = Payer::Member(self.me.id());
        let count = || {
            self.p
                .throttle_here(LocalLimit::MessageRequest, payer, asked)
        };
        self.counted.get_or_init(count).clone()
    }
}
