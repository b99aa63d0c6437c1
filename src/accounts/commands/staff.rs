//! Proof of a staff role: the only maker of [`Staff`].

use sea_orm::{EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::LockType};

use crate::{
    accounts::{Me, Role, entity::account},
    activity::By,
    clock::Timestamp,
    error::{Code, Error, Result},
    ids::PersonId,
    platform::db::{Txn, is_one_of},
};

/// Proof of a staff role, as long as the transaction lasts in which it was made: whoever takes the
/// role away waits for its end.
#[derive(Clone, Copy, Debug)]
pub struct Staff {
    person: Option<PersonId>,
    role: Role,
}

impl Staff {
    /// Whoever runs commands beside the server. They need no role, and are nobody in the audit log.
    pub fn operator() -> Self {
        Self {
            person: None,
            role: Role::Admin,
        }
    }

    /// Who it is; `None` for the operator.
    pub fn id(&self) -> Option<PersonId> {
        self.person
    }

    /// Whether they give roles to others.
    pub fn is_admin(&self) -> bool {
        self.role == Role::Admin
    }

    /// What they do at this moment.
    pub fn by(&self, at: Timestamp) -> By {
        By {
            person: self.person,
            at,
        }
    }
}

fn forbidden() -> Error {
    Error::refused(Code::Forbidden, "Only staff may do this.")
}

/// Turns away whoever had no staff role when this request began, before anything of the input is
/// judged. It is no proof.
///
/// # Errors
/// FORBIDDEN.
pub fn claim_staff(me: &Me) -> Result<()> {
    match me.role() {
        Role::Member => Err(forbidden()),
        Role::Moderator | Role::Admin => Ok(()),
    }
}

/// Proves the caller's role as it is now. Accounts come after the locks on pairs, and before
/// everything else that is locked.
///
/// # Errors
/// FORBIDDEN.
pub async fn prove_staff(txn: &Txn, me: &Me) -> Result<Staff> {
    let account = account::Entity::find_by_id(me.id())
        .lock(LockType::Share)
        .one(&**txn)
        .await?;
    proven(me, account.as_ref())
}

/// The same for what is done to somebody's account, whose role is told; `None` where there is no
/// such account. Both are locked, so that no two people take their roles from each other.
///
/// # Errors
/// FORBIDDEN.
pub async fn prove_staff_towards(
    txn: &Txn,
    me: &Me,
    person: PersonId,
) -> Result<(Staff, Option<Role>)> {
    let key = (account::Entity, account::Column::PersonId);
    let accounts = account::Entity::find()
        .filter(is_one_of(txn.backend(), key, &[me.id().0, person.0]))
        .order_by_asc(account::Column::PersonId)
        .lock(LockType::NoKeyUpdate)
        .all(&**txn)
        .await?;
    let of = |person| accounts.iter().find(|account| account.person_id == person);
    let staff = proven(me, of(me.id()))?;
    Ok((staff, of(person).map(|account| account.role)))
}

/// The role of somebody's account, which is locked; `None` where there is none.
pub async fn hold_role(txn: &Txn, person: PersonId) -> Result<Option<Role>> {
    let account = super::hold_account(txn, person).await?;
    Ok(account.map(|account| account.role))
}

fn proven(me: &Me, account: Option<&account::Model>) -> Result<Staff> {
    match account.map(|account| account.role) {
        Some(role @ (Role::Moderator | Role::Admin)) => Ok(Staff {
            person: Some(me.id()),
            role,
        }),
        Some(Role::Member) | None => Err(forbidden()),
    }
}
