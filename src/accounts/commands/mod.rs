//! What changes accounts and sessions. One public function per action, one transaction each.

mod create;
mod crowd;
mod deletion;
mod deliver;
mod email;
mod erase;
mod letters;
mod mailed;
mod oidc;
mod password;
mod prove;
mod refresh;
mod role;
mod session;
mod settings;
mod staff;
mod sweep;
mod totp;
mod verify;

use sea_orm::{EntityTrait, QuerySelect, sea_query::LockType};

pub use self::{
    create::{NewAccount, create},
    crowd::add_crowd,
    deletion::{cancel_deletion, due_for_erasure, forget, request_deletion},
    deliver::deliver_due,
    email::change_email,
    erase::erase,
    letters::tell,
    oidc::{
        Begun, Identified, Return, begin_oidc_sign_in, by_identity, forget_expired_returns,
        hold_return, is_address_held, keep_identity, link_identity, redeem, spend_return,
        unlink_identity,
    },
    password::{Reset, change_password, request_password_reset, reset_password},
    prove::{Login, Proven, invalid_credentials, is_own_password, prove},
    refresh::refresh,
    role::set_role,
    session::{close_sessions, first_session, next_session, revoke_session, sign_out},
    settings::{SettingsChanges, update_settings},
    staff::{Staff, claim_staff, hold_role, prove_staff, prove_staff_towards},
    sweep::sweep,
    totp::{Admitted, admit, confirm_totp, disable_totp, enable_totp, reseal},
    verify::{resend_verification, verify_email},
};
use super::{Me, entity::account};
use crate::{
    error::{Error, Result},
    ids::PersonId,
    platform::db::Txn,
};

/// The caller's account, locked: what is counted for one person is counted by one at a time.
pub async fn hold(txn: &Txn, me: &Me) -> Result<account::Model> {
    let account = hold_account(txn, me.id()).await?;
    account.ok_or_else(Error::unauthenticated)
}

/// Somebody's account, locked.
async fn hold_account(txn: &Txn, person: PersonId) -> Result<Option<account::Model>> {
    let account = account::Entity::find_by_id(person)
        .lock(LockType::NoKeyUpdate)
        .one(&**txn)
        .await?;
    Ok(account)
}
