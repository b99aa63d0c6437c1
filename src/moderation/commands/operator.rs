//! What the operator does from the command line: nobody, in the audit log.

use super::{
    audit::Act,
    role::give,
    suspend::{suspend, unsuspend},
};
use crate::{
    accounts::{Role, Staff, commands::hold_role},
    clock::Timestamp,
    error::{Error, Result},
    ids::PersonId,
    moderation::policy,
    platform::{
        Platform,
        db::{Lane, Txn},
    },
    social::locks::{Hold, lock_pairs},
};

/// Gives somebody a role.
///
/// # Errors
/// NOT_FOUND at `userId`.
pub async fn set_role_as_operator(p: &Platform, person: PersonId, role: Role) -> Result<()> {
    let (staff, now) = (Staff::operator(), p.now());
    p.db.write_txn(Lane::Request, |txn| async move {
        give(p, &txn, &act(&staff, None, now), person, role).await
    })
    .await
}

fn act<'a>(staff: &'a Staff, reason: Option<&'a str>, at: Timestamp) -> Act<'a> {
    Act { staff, reason, at }
}

/// Locks somebody, and judges whether they may be suspended at all.
async fn hold(txn: &Txn, staff: &Staff, person: PersonId) -> Result<()> {
    lock_pairs(txn, Hold::Exclusive, person, [person]).await?;
    let role = hold_role(txn, person).await?;
    let role = role.ok_or_else(|| Error::not_found("userId"))?;
    policy::may_suspend(staff, person, role, "userId")
}

/// Suspends somebody until then, or until further notice.
///
/// # Errors
/// BAD_USER_INPUT, NOT_FOUND; FORBIDDEN for an admin.
pub async fn suspend_as_operator(
    p: &Platform,
    person: PersonId,
    until: Option<Timestamp>,
    reason: &str,
) -> Result<()> {
    let (staff, now) = (Staff::operator(), p.now());
    let until = policy::until(until, now)?;
    let (reason, letter) = (&policy::reason(reason)?, p.new_id(now));
    p.db.write_txn(Lane::Request, |txn| async move {
        hold(&txn, &staff, person).await?;
        let act = act(&staff, Some(reason), now);
        suspend(p, &txn, &act, (person, until), letter).await
    })
    .await
}

/// Ends a suspension.
///
/// # Errors
/// BAD_USER_INPUT, NOT_FOUND; FORBIDDEN for an admin.
pub async fn unsuspend_as_operator(p: &Platform, person: PersonId, reason: &str) -> Result<()> {
    let (staff, now) = (Staff::operator(), p.now());
    let reason = &policy::reason(reason)?;
    p.db.write_txn(Lane::Request, |txn| async move {
        hold(&txn, &staff, person).await?;
        unsuspend(p, &txn, &act(&staff, Some(reason), now), person).await
    })
    .await
}
