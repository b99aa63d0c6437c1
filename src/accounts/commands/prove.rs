//! Proves who somebody is.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

use crate::{
    accounts::{Me, Role, entity::account, events::Method, policy},
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

/// Proof that somebody knew the password of an account, or has an identity that belongs to it. Made
/// only by [`prove`] and [`by_provider`].
#[derive(Clone, Copy, Debug)]
pub struct Proven {
    person: PersonId,
    role: Role,
    method: Method,
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

    /// How they proved it.
    pub(super) fn method(&self) -> Method {
        self.method
    }
}

/// Who a provider says that somebody is: the holder of `account`.
pub(super) fn by_provider(account: &account::Model) -> Proven {
    Proven {
        person: account.person_id,
        role: account.role,
        method: Method::Oidc,
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
        method: Method::Password,
    })
}

/// Checks that whoever holds a session knows its account's password too.
///
/// # Errors
/// INVALID_CREDENTIALS at `currentPassword`, after the work of one argon2.
pub(super) async fn is_own_password(p: &Platform, me: &Me, password: &str) -> Result<()> {
    let account = by_person(p, me.id(), p.now()).await?;
    let stored = account.map(|account| account.password_hash);
    if p.passwords.verify(password, stored).await? {
        return Ok(());
    }
    let say = "This is not the password of your account.";
    Err(Error::refused(Code::InvalidCredentials, say).at("currentPassword"))
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
