//! Joining.

use std::net::IpAddr;

use sea_orm::{ActiveModelTrait, EntityTrait};

use super::{
    display_name,
    handle::{new_handle, reserve},
};
use crate::{
    accounts::{self, Me, Role, SessionTokens, commands::NewAccount},
    clock::Timestamp,
    error::Result,
    ids::{PersonId, SessionId},
    people::entity::person,
    platform::{
        Platform,
        db::{Lane, Txn},
        limiter::{Limit, Subject, network},
    },
};

/// What somebody gives to join.
pub struct SignUp<'a> {
    pub handle: &'a str,
    pub email: &'a str,
    pub password: &'a str,
    pub display_name: Option<&'a str>,
    pub user_agent: Option<&'a str>,
    pub address: IpAddr,
}

/// Makes a person with an account and signs them in.
///
/// # Errors
/// BAD_USER_INPUT, HANDLE_TAKEN, RATE_LIMITED. That an address is in use is never told.
pub async fn sign_up(p: &Platform, new: SignUp<'_>) -> Result<(Me, SessionTokens)> {
    let key = new_handle(new.handle)?;
    let display_name = display_name(new.display_name)?;
    // Before argon2 costs anything.
    let from = Subject::Network(network(new.address));
    p.throttle(Limit::SignUp, from).await?;
    let account = NewAccount::check(p, new.email, new.password, &key).await?;
    let now = p.now();
    let (id, session) = (PersonId(p.new_id(now)), SessionId(p.new_id(now)));
    p.db.write_txn(Lane::Request, |txn| {
        let (key, display_name, account) = (key.clone(), display_name.clone(), account.clone());
        async move {
            let person = person::Model {
                id,
                handle: key,
                display_name,
                bio: String::new(),
                created_at: now,
                deleted_at: None,
                is_private: false,
                suspended_until: Timestamp(0),
                is_suspended: false,
            };
            join(&txn, person, account, Role::Member).await?;
            let made = (session, now);
            accounts::commands::first_session(p, &txn, id, new.user_agent, made).await
        }
    })
    .await
}

/// Adds a person with their handle and account, and records that they registered.
pub async fn join(txn: &Txn, person: person::Model, account: NewAccount, role: Role) -> Result<()> {
    let (id, key, now) = (person.id, person.handle.clone(), person.created_at);
    let row: person::ActiveModel = person.into();
    person::Entity::insert(row.reset_all())
        .exec_without_returning(&**txn)
        .await?;
    reserve(txn, id, &key, now).await?;
    accounts::commands::create(txn, id, account, role, now).await
}
