//! Giving roles.

use sea_orm::ActiveEnum;

use super::{
    audit::{Act, write},
    suspend::subject,
};
use crate::{
    accounts::{
        Me, Role,
        commands::{claim_staff, prove_staff_towards, set_role},
    },
    error::{Error, Result},
    ids::PersonId,
    moderation::{Action, policy},
    people,
    platform::{
        Platform,
        db::{Lane, Txn},
    },
};

const PATH: &str = "userId";

/// Gives somebody a role. It counts at once: of who loses one, nothing more is done with it.
///
/// # Errors
/// FORBIDDEN before anything else for all but admins, and for one's own role; NOT_FOUND.
pub async fn set_user_role(p: &Platform, me: &Me, person: PersonId, role: Role) -> Result<()> {
    claim_staff(me)?;
    let now = p.now();
    p.db.write_txn(Lane::Request, |txn| async move {
        let (staff, _) = &prove_staff_towards(&txn, me, person).await?;
        policy::may_set_role(staff, person)?;
        let act = Act {
            staff,
            reason: None,
            at: now,
        };
        give(p, &txn, &act, person, role).await
    })
    .await
}

/// Gives a role, and writes which into the audit log; nothing of it where it was so already.
pub(super) async fn give(
    p: &Platform,
    txn: &Txn,
    act: &Act<'_>,
    person: PersonId,
    role: Role,
) -> Result<()> {
    if !people::queries::is_there(txn, person).await? {
        return Err(Error::not_found(PATH));
    }
    if !set_role(txn, person, role, act.staff.by(act.at)).await? {
        return Ok(());
    }
    let word = role.to_value();
    let act = Act {
        reason: Some(&word),
        ..*act
    };
    let entry = act.on(p, Action::RoleChanged, &subject(person));
    write(txn, vec![entry]).await
}
