//! Proves who somebody is.

use std::fmt;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

use crate::{
    accounts::{Role, entity::account, policy},
    clock::Timestamp,
    error::{Code, Error, Result},
    ids::PersonId,
    platform::{Platform, db::Viewer},
};

/// How somebody says who they are.
pub enum Login<'a> {
    /// By an address, as typed.
    Email(&'a str),
    /// By handle; `None` where no such person is alive.
    Person(Option<PersonId>),
}

/// Proof that somebody knew the password of an account. Made only by [`prove`].
#[derive(Clone, Debug)]
pub struct Proven {
    person: PersonId,
    role: Role,
    rehashed: Option<Rehashed>,
}

/// A password's hash that less work went into than does now, and the one to store in its place.
#[derive(Clone)]
pub(super) struct Rehashed {
    pub(super) old: String,
    pub(super) new: String,
}

impl fmt::Debug for Rehashed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Rehashed(…)")
    }
}

impl Proven {
    /// Whose account it is.
    pub fn person(&self) -> PersonId {
        self.person
    }

    /// Their role when they proved it.
    pub(super) fn role(&self) -> Role {
        self.role
    }

    /// What to store, if their password was hashed with less work than now.
    pub(super) fn rehashed(&self) -> Option<&Rehashed> {
        self.rehashed.as_ref()
    }
}

/// Proves who somebody is. An address belongs to its verified holder, else to its only holder,
/// else to nobody.
///
/// # Errors
/// INVALID_CREDENTIALS, always after the work of exactly one argon2. Whoever knew the password of
/// an outdated hash waits for a second one.
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
    let old = account.password_hash;
    let rehashed = match p.passwords.is_outdated(&old) {
        true => {
            let new = p.passwords.hash(password).await?;
            Some(Rehashed { old, new })
        }
        false => None,
    };
    Ok(Proven {
        person: account.person_id,
        role: account.role,
        rehashed,
    })
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
