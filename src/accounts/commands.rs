//! What changes accounts and sessions.

use std::collections::BTreeSet;

use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, EntityTrait, QueryFilter, QuerySelect,
    sea_query::{Expr, LockType},
};
use uuid::Uuid;

use super::{
    entity::{
        account::{self, MessagePolicy, Role},
        notification_off::{self, Kind},
    },
    events::{Cause, Method, Registered, RoleChanged, SettingsChanged, SignedIn},
    policy,
    sessions::{self, Me, SessionTokens},
};
use crate::{
    activity::{self, By, record},
    clock::Timestamp,
    error::{Code, Error, Result},
    ids::{self, PersonId, SessionId},
    platform::{
        Platform,
        db::{Lane, Txn, Viewer},
    },
};

/// An account as it is about to be made: checked, with its password hashed.
#[derive(Clone)]
pub struct NewAccount {
    email: String,
    email_key: String,
    password_hash: String,
    /// Who they are to analysts.
    personid: Uuid,
}

impl NewAccount {
    /// Checks an address and a password and hashes it. An address in use is no error: telling so
    /// would tell who has an account.
    pub async fn check(p: &Platform, email: &str, password: &str, handle: &str) -> Result<Self> {
        let (email, email_key) = policy::email("email", email)?;
        let local = email.split('@').next().unwrap_or_default();
        policy::new_password("password", password, &[handle, &email, local])?;
        let password_hash = p.passwords.hash(password).await?;
        Ok(Self {
            email,
            email_key,
            password_hash,
            personid: ids::outside(),
        })
    }

    /// An account whose password is already hashed, for the demo's people.
    pub fn hashed(email: &str, password_hash: String) -> Result<Self> {
        let (email, email_key) = policy::email("email", email)?;
        Ok(Self {
            email,
            email_key,
            password_hash,
            personid: ids::outside(),
        })
    }
}

/// Adds the account of a new person, without a session, and records that they registered.
pub async fn create(
    txn: &Txn,
    person: PersonId,
    new: NewAccount,
    role: Role,
    now: Timestamp,
) -> Result<()> {
    let row = account::ActiveModel {
        person_id: Set(person),
        email: Set(new.email),
        email_key: Set(new.email_key),
        email_verified_at: Set(None),
        password_hash: Set(new.password_hash),
        role: Set(role),
        allow_messages_from: Set(MessagePolicy::Everyone),
        share_read_receipts: Set(true),
    };
    account::Entity::insert(row)
        .exec_without_returning(&**txn)
        .await?;
    activity::personid::create(txn, person, new.personid).await?;
    let fact = Registered {
        personid: person.into(),
        method: Method::Password,
    };
    record(txn, By::person(person, now), &fact, [])
}

/// Begins the first session of a person who has just signed up.
pub async fn first_session(
    p: &Platform,
    txn: &Txn,
    person: PersonId,
    user_agent: Option<&str>,
    made: (SessionId, Timestamp),
) -> Result<(Me, SessionTokens)> {
    sessions::begin(p, txn, person, Role::Member, user_agent, made).await
}

/// How somebody says who they are.
pub enum Login<'a> {
    /// By an address, as typed.
    Email(&'a str),
    /// By handle; `None` where no such person is alive.
    Person(Option<PersonId>),
}

/// Proof that somebody knew the password of an account. Made only by [`prove`].
#[derive(Clone, Copy, Debug)]
pub struct Proven {
    person: PersonId,
    role: Role,
}

impl Proven {
    /// Whose account it is.
    pub fn person(&self) -> PersonId {
        self.person
    }
}

/// Proves who somebody is. An address belongs to its verified holder, else to its only holder,
/// else to nobody.
///
/// # Errors
/// INVALID_CREDENTIALS, always after the work of exactly one argon2.
pub async fn prove(p: &Platform, login: Login<'_>, password: &str) -> Result<Proven> {
    let now = p.now();
    let account = match login {
        Login::Person(None) => None,
        Login::Person(Some(person)) => by_person(p, person, now).await?,
        Login::Email(email) => by_email(p, email, now).await?,
    };
    let stored = account
        .as_ref()
        .map(|account| account.password_hash.clone());
    if !p.passwords.verify(password, stored).await? {
        return Err(invalid_credentials());
    }
    let account = account.ok_or_else(invalid_credentials)?;
    Ok(Proven {
        person: account.person_id,
        role: account.role,
    })
}

/// Begins another session of somebody who has proven who they are and may sign in.
pub async fn next_session(
    p: &Platform,
    txn: &Txn,
    proven: &Proven,
    user_agent: Option<&str>,
    made: (SessionId, Timestamp),
) -> Result<(Me, SessionTokens)> {
    let fact = SignedIn {
        personid: proven.person.into(),
        method: Method::Password,
    };
    record(txn, By::person(proven.person, made.1), &fact, [])?;
    sessions::begin(p, txn, proven.person, proven.role, user_agent, made).await
}

/// The one answer to a wrong password and to an account that is not there.
pub fn invalid_credentials() -> Error {
    let say = "This login and password do not belong together.";
    Error::refused(Code::InvalidCredentials, say)
}

async fn by_person(
    p: &Platform,
    person: PersonId,
    now: Timestamp,
) -> Result<Option<account::Model>> {
    let reader = p.db.reader(Viewer::guest(now));
    Ok(account::Entity::find_by_id(person)
        .one(reader.connection())
        .await?)
}

async fn by_email(p: &Platform, email: &str, now: Timestamp) -> Result<Option<account::Model>> {
    let Ok((_, key)) = policy::email("login", email) else {
        return Ok(None);
    };
    let reader = p.db.reader(Viewer::guest(now));
    let verified = account::Entity::find()
        .filter(account::Column::EmailKey.eq(&key))
        .filter(account::Column::EmailVerifiedAt.is_not_null())
        .one(reader.connection())
        .await?;
    if verified.is_some() {
        return Ok(verified);
    }
    let mut holders = account::Entity::find()
        .filter(account::Column::EmailKey.eq(key))
        .limit(2)
        .all(reader.connection())
        .await?;
    Ok(if holders.len() == 1 {
        holders.pop()
    } else {
        None
    })
}

/// Ends the session of `refresh_token`, or without one the session of this request. Returns the
/// session that ended.
///
/// # Errors
/// TOKEN_INVALID for a refresh token that is not the caller's.
pub async fn sign_out(p: &Platform, me: &Me, refresh_token: Option<&str>) -> Result<SessionId> {
    let now = p.now();
    p.db.write_txn(Lane::Request, |txn| async move {
        let session = match refresh_token {
            None => me.session(),
            Some(secret) => sessions::of_token(&txn, secret, me.id())
                .await?
                .ok_or_else(|| {
                    let say = "This refresh token belongs to none of your sessions.";
                    Error::refused(Code::TokenInvalid, say).at("refreshToken")
                })?,
        };
        sessions::revoke(&txn, session, Cause::SignOut, now).await?;
        Ok(session)
    })
    .await
}

/// The caller's account, locked: what is counted for one person is counted by one at a time.
pub async fn hold(txn: &Txn, me: &Me) -> Result<account::Model> {
    let account = account::Entity::find_by_id(me.id())
        .lock(LockType::NoKeyUpdate)
        .one(&**txn)
        .await?;
    account.ok_or_else(Error::unauthenticated)
}

/// Changes to one's own settings: `None` leaves one as it is.
#[derive(Clone, Debug, Default)]
pub struct SettingsChanges {
    pub allow_messages_from: Option<MessagePolicy>,
    pub share_read_receipts: Option<bool>,
    /// Which kinds of notifications to have, or not; those that are not named stay.
    pub notifications: Vec<(Kind, bool)>,
}

/// Changes the caller's settings. Nothing is recorded where nothing changes.
///
/// # Errors
/// BAD_USER_INPUT where a kind of notification is named twice.
pub async fn update_settings(p: &Platform, me: &Me, changes: SettingsChanges) -> Result<()> {
    let now = p.now();
    let changes = &changes;
    policy::named_once(&changes.notifications)?;
    p.db.write_txn(Lane::Request, |txn| async move {
        let account = hold(&txn, me).await?;
        let unwanted = switch(&txn, me, &changes.notifications, now).await?;
        let before = (account.allow_messages_from, account.share_read_receipts);
        let after = (
            changes.allow_messages_from.unwrap_or(before.0),
            changes.share_read_receipts.unwrap_or(before.1),
        );
        if after == before && unwanted.is_none() {
            return Ok(());
        }
        let fact = SettingsChanged {
            personid: me.id().into(),
            allowmessagesfrom: after.0,
            sharereadreceipts: after.1,
            notificationsoff: unwanted,
        };
        account::Entity::update_many()
            .col_expr(account::Column::AllowMessagesFrom, Expr::value(after.0))
            .col_expr(account::Column::ShareReadReceipts, Expr::value(after.1))
            .filter(account::Column::PersonId.eq(me.id()))
            .exec(&*txn)
            .await?;
        record(&txn, By::person(me.id(), now), &fact, [])
    })
    .await
}

/// Switches kinds of notifications on and off, and returns all that are off now; `None` where
/// nothing changed. The account is held.
async fn switch(
    txn: &Txn,
    me: &Me,
    changes: &[(Kind, bool)],
    now: Timestamp,
) -> Result<Option<Vec<Kind>>> {
    use notification_off::Column;
    if changes.is_empty() {
        return Ok(None);
    }
    let before = notification_off::Entity::find()
        .filter(Column::PersonId.eq(me.id()))
        .all(&**txn)
        .await?;
    let mut off: BTreeSet<Kind> = before.iter().map(|row| row.kind).collect();
    for (kind, is_enabled) in changes {
        if *is_enabled && off.remove(kind) {
            notification_off::Entity::delete_by_id((me.id(), *kind))
                .exec(&**txn)
                .await?;
        } else if !*is_enabled && off.insert(*kind) {
            let row = notification_off::ActiveModel {
                person_id: Set(me.id()),
                kind: Set(*kind),
                since: Set(now),
            };
            notification_off::Entity::insert(row)
                .exec_without_returning(&**txn)
                .await?;
        }
    }
    let is_same = before.len() == off.len() && before.iter().all(|row| off.contains(&row.kind));
    Ok((!is_same).then(|| off.into_iter().collect()))
}

/// Gives `person` a role, from the command line. Giving the same again changes nothing.
pub async fn set_role(txn: &Txn, person: PersonId, role: Role, now: Timestamp) -> Result<()> {
    let done = account::Entity::update_many()
        .col_expr(account::Column::Role, Expr::value(role))
        .filter(account::Column::PersonId.eq(person))
        .filter(account::Column::Role.ne(role))
        .exec(&**txn)
        .await?;
    if done.rows_affected == 0 {
        return Ok(());
    }
    let fact = RoleChanged {
        personid: person.into(),
        role,
    };
    record(txn, By::system(now), &fact, [])
}
