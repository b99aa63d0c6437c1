//! How people join, sign in and change their profile. One public function per action.

mod crowd;
mod handle;
mod leave;
mod oidc;
mod profile;
mod reset;
mod sign_in;
mod sign_up;
mod suspend;

use sea_orm::sea_query::{Expr, ExprTrait, LockType};

pub use self::{
    crowd::{Namesake, add_crowd},
    handle::change_handle,
    leave::{cancel_account_deletion, delete_account, forget},
    oidc::{Entered, OidcSignIn, sign_in_by_oidc},
    profile::{ProfileChanges, update_profile},
    reset::reset_password,
    sign_in::{SignIn, sign_in},
    sign_up::{SignUp, join, sign_up},
    suspend::{end_suspensions, suspend, unsuspend},
};
use super::{
    entity::person,
    events::{ProfilePart, ProfileUpdated},
    queries,
};
use crate::{
    accounts::Me,
    activity::{By, record},
    clock::Timestamp,
    error::{Error, Result},
    platform::db::{Txn, one},
    text,
};

/// Empty where the handle stands in.
fn display_name(typed: Option<&str>) -> Result<String> {
    match typed {
        Some(name) => text::name("displayName", name, 1, 50),
        None => Ok(String::new()),
    }
}

/// Records that `changed` of a profile, whose row is locked, is different now.
pub fn updated(
    txn: &Txn,
    person: &person::Model,
    changed: Vec<ProfilePart>,
    now: Timestamp,
) -> Result<()> {
    let fact = ProfileUpdated {
        personid: person.id.into(),
        changed,
        isprivate: person.is_private,
    };
    record(txn, By::person(person.id, now), &fact, [])
}

/// The caller's own row, locked.
pub async fn lock(txn: &Txn, me: &Me) -> Result<person::Model> {
    let rows = queries::visible_to(me.viewer())
        .and_where(Expr::col((person::Entity, person::Column::Id)).eq(me.id()))
        .lock(LockType::NoKeyUpdate)
        .take();
    one::<person::Entity>(&**txn, rows)
        .await?
        .ok_or_else(Error::unauthenticated)
}
