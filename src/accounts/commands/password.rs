//! Gives an account another password, and ends the sessions that the old one began.

use std::net::IpAddr;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};
use uuid::Uuid;

use super::{
    Proven, hold, hold_account, invalid_credentials, is_own_password, letters, mailed,
    verify::{adopt, holder},
};
use crate::{
    accounts::{
        Me,
        entity::{
            account,
            letter::Kind,
            mailed_token::{self, Purpose},
        },
        events::{Cause, Change, Method, PasswordChanged},
        policy, sessions,
    },
    activity::{By, record},
    clock::Timestamp,
    error::Result,
    ids::{PersonId, SessionId},
    platform::{
        Platform,
        db::{Lane, Txn, Viewer},
        limiter::{Limit, Subject, network},
    },
};

/// Changes the caller's password and ends their other sessions.
///
/// # Errors
/// INVALID_CREDENTIALS at `currentPassword`; BAD_USER_INPUT at `newPassword`.
pub async fn change_password(p: &Platform, me: &Me, current: &str, new: &str) -> Result<()> {
    let account = &is_own_password(p, me, current).await?;
    check_new(account, new)?;
    let now = p.now();
    let new = &Renewed {
        hash: p.passwords.hash(new).await?,
        how: Change::Changed,
        letter: p.new_id(now),
    };
    p.db.write_txn(Lane::Request, |txn| async move {
        let held = hold(&txn, me).await?;
        // Somebody else may have changed it since it was proven.
        if held.password_hash != account.password_hash {
            return Err(invalid_credentials().at("currentPassword"));
        }
        renew(&txn, &held, new, (Some(me.session()), now)).await
    })
    .await
}

fn check_new(account: &account::Model, new: &str) -> Result<()> {
    let local = account.email.split('@').next().unwrap_or_default();
    policy::new_password("newPassword", new, &[&account.email, local])
}

/// A password that takes the place of another.
struct Renewed {
    hash: String,
    how: Change,
    letter: Uuid,
}

/// Writes the new password of an account that is held, ends all sessions but `kept` and tells the
/// account's address.
async fn renew(
    txn: &Txn,
    account: &account::Model,
    new: &Renewed,
    (kept, now): (Option<SessionId>, Timestamp),
) -> Result<()> {
    let person = account.person_id;
    account::Entity::update_many()
        .col_expr(
            account::Column::PasswordHash,
            Expr::value(new.hash.as_str()),
        )
        .filter(account::Column::PersonId.eq(person))
        .exec(&**txn)
        .await?;
    mailed::take_back(txn, person, Purpose::ResetPassword).await?;
    sessions::revoke_all(txn, person, kept, Cause::PasswordChanged, now).await?;
    let letter = (new.letter, now);
    letters::ask(
        txn,
        letter,
        Kind::PasswordChanged,
        Some(person),
        &account.email,
    )
    .await?;
    let fact = PasswordChanged {
        personid: person.into(),
        how: new.how,
    };
    record(txn, By::person(person, now), &fact, [])
}

/// Mails a token that resets the password of whoever has this address. What is done here does not
/// depend on whether anybody has.
///
/// # Errors
/// BAD_USER_INPUT at `email` for what is no address; RATE_LIMITED, by the address and by whence it
/// is asked.
pub async fn request_password_reset(p: &Platform, email: &str, from: IpAddr) -> Result<()> {
    let (email, key) = &policy::email("email", email)?;
    p.throttle(Limit::SignInAddress, Subject::Network(network(from)))
        .await?;
    p.throttle(Limit::Letter, Subject::Text(key)).await?;
    let now = p.now();
    let letter = (p.new_id(now), now);
    p.db.write_txn(Lane::Request, |txn| async move {
        letters::ask(&txn, letter, Kind::ResetPassword, None, email).await
    })
    .await
}

/// A password that may be reset: its token was good, and the new one is hashed.
pub struct Reset {
    secret: String,
    new: Renewed,
    person: PersonId,
}

impl Reset {
    /// Reads the token and checks the new password.
    ///
    /// # Errors
    /// TOKEN_INVALID at `token`; BAD_USER_INPUT at `newPassword`.
    pub async fn check(p: &Platform, secret: &str, new: &str) -> Result<Self> {
        let now = p.now();
        let reader = p.db.reader(Viewer::guest(now));
        let token = mailed::find(reader.connection(), secret, Purpose::ResetPassword, now).await?;
        let account = account::Entity::find_by_id(token.person_id)
            .one(reader.connection())
            .await?;
        check_new(&account.ok_or_else(mailed::invalid)?, new)?;
        Ok(Self {
            secret: secret.to_owned(),
            new: Renewed {
                hash: p.passwords.hash(new).await?,
                how: Change::Reset,
                letter: p.new_id(now),
            },
            person: token.person_id,
        })
    }

    /// Whose password it is.
    pub fn person(&self) -> PersonId {
        self.person
    }
}

/// Resets a password and ends all sessions. Whoever reads what is mailed to an address has verified
/// it, unless somebody else has it. Returns the proof of who they are.
///
/// # Errors
/// TOKEN_INVALID at `token`, where it was used meanwhile.
pub async fn reset_password(txn: &Txn, reset: &Reset, now: Timestamp) -> Result<Proven> {
    let held = hold_account(txn, reset.person).await?;
    let token = mailed::find(&**txn, &reset.secret, Purpose::ResetPassword, now).await?;
    let account = held.filter(|account| account.email_key == token.email_key);
    let account = account.ok_or_else(mailed::invalid)?;
    renew(txn, &account, &reset.new, (None, now)).await?;
    verify_by_reading(txn, &account, &token, now).await?;
    Ok(Proven::of(&account, Method::Letter))
}

async fn verify_by_reading(
    txn: &Txn,
    account: &account::Model,
    token: &mailed_token::Model,
    now: Timestamp,
) -> Result<()> {
    let is_free = holder(txn, &token.email_key).await?.is_none();
    if account.email_verified_at.is_some() || !is_free {
        return Ok(());
    }
    adopt(txn, account.clone(), token, now).await?;
    Ok(())
}
