//! Suspending people, and ending that before its time.

use uuid::Uuid;

use super::audit::{Act, write};
use crate::{
    accounts::{
        Me,
        commands::{claim_staff, prove_staff_towards},
    },
    clock::Timestamp,
    error::{Error, Result},
    ids::PersonId,
    moderation::{Action, SubjectKind, policy, subject::Subject},
    people,
    platform::{
        Platform,
        db::{Lane, Txn},
    },
    social::locks::{Hold, lock_pairs},
};

const PATH: &str = "userId";

/// A person as what something is done to.
pub(super) fn subject(person: PersonId) -> Subject {
    Subject {
        kind: SubjectKind::Person,
        home: person.0,
        id: person.0,
        owner: person,
    }
}

/// Suspends somebody until then, or until further notice; of who is suspended, it is the new end.
/// Their sessions end, and they are told by a letter.
///
/// # Errors
/// FORBIDDEN before anything else, and for whom the caller may not suspend; BAD_USER_INPUT;
/// NOT_FOUND.
pub async fn suspend_user(
    p: &Platform,
    me: &Me,
    person: PersonId,
    until: Option<Timestamp>,
    reason: &str,
) -> Result<()> {
    claim_staff(me)?;
    let now = p.now();
    let until = policy::until(until, now)?;
    let reason = &policy::reason(reason)?;
    let letter = p.new_id(now);
    p.db.write_txn(Lane::Request, |txn| async move {
        lock_pairs(&txn, Hold::Exclusive, person, [person]).await?;
        let (staff, role) = &prove_staff_towards(&txn, me, person).await?;
        let role = role.ok_or_else(|| Error::not_found(PATH))?;
        policy::may_suspend(staff, person, role, PATH)?;
        let act = Act {
            staff,
            reason: Some(reason),
            at: now,
        };
        suspend(p, &txn, &act, (person, until), letter).await
    })
    .await
}

/// Suspends somebody whose state is held alone, and writes that into the audit log; nothing of it
/// where it was so already.
pub(super) async fn suspend(
    p: &Platform,
    txn: &Txn,
    act: &Act<'_>,
    (person, until): (PersonId, Timestamp),
    letter: Uuid,
) -> Result<()> {
    let made = (letter, act.at);
    match people::commands::suspend(txn, act.staff, person, until, made).await? {
        true => {
            let entry = act.on(p, Action::UserSuspended, &subject(person));
            write(txn, vec![entry]).await
        }
        false => Ok(()),
    }
}

/// Ends a suspension. Without effect where there is none.
///
/// # Errors
/// FORBIDDEN before anything else, and for whom the caller may not suspend; BAD_USER_INPUT;
/// NOT_FOUND.
pub async fn unsuspend_user(p: &Platform, me: &Me, person: PersonId, reason: &str) -> Result<()> {
    claim_staff(me)?;
    let reason = &policy::reason(reason)?;
    let now = p.now();
    p.db.write_txn(Lane::Request, |txn| async move {
        lock_pairs(&txn, Hold::Exclusive, person, [person]).await?;
        let (staff, role) = &prove_staff_towards(&txn, me, person).await?;
        let role = role.ok_or_else(|| Error::not_found(PATH))?;
        policy::may_suspend(staff, person, role, PATH)?;
        let act = Act {
            staff,
            reason: Some(reason),
            at: now,
        };
        unsuspend(p, &txn, &act, person).await
    })
    .await
}

/// Ends a suspension of somebody whose state is held alone, and writes that into the audit log.
pub(super) async fn unsuspend(
    p: &Platform,
    txn: &Txn,
    act: &Act<'_>,
    person: PersonId,
) -> Result<()> {
    match people::commands::unsuspend(txn, act.staff, person, act.at).await? {
        true => {
            let entry = act.on(p, Action::UserUnsuspended, &subject(person));
            write(txn, vec![entry]).await
        }
        false => Ok(()),
    }
}
