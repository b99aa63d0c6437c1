//! What changes accounts and sessions. One public function per action, one transaction each.

mod create;
mod oidc;
mod prove;
mod role;
mod session;
mod settings;
mod totp;

use sea_orm::{EntityTrait, QuerySelect, sea_query::LockType};

pub use self::{
    create::{NewAccount, create},
    oidc::{
        Begun, Identified, Return, begin_oidc_sign_in, by_identity, forget_expired_returns,
        hold_return, is_address_held, keep_identity, link_identity, redeem, spend_return,
        unlink_identity,
    },
    prove::{Login, Proven, invalid_credentials, prove},
    role::set_role,
    session::{first_session, next_session, sign_out},
    settings::{SettingsChanges, update_settings},
    totp::{Admitted, admit, confirm_totp, disable_totp, enable_totp, reseal},
};
use super::{Me, entity::account};
use crate::{
    error::{Error, Result},
    platform::db::Txn,
};

/// The caller's account, locked: what is counted for one person is counted by one at a time.
pub async fn hold(txn: &Txn, me: &Me) -> Result<account::Model> {
    let account = account::Entity::find_by_id(me.id())
        .lock(LockType::NoKeyUpdate)
        .one(&**txn)
        .await?;
    account.ok_or_else(Error::unauthenticated)
}
