//! Proves who somebody is.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

use crate::{
    accounts::{Role, entity::account, policy},
    clock::Timestamp,
    error::{Code, Error, Result},
    ids::PersonId,
    platform::{
        Platform,
        db::Viewer,
        limiter::{Limit, Subject},
    },
    text,
};

/// How somebody says who they are.
pub enum Login<'a> {
    /// By an address, as typed.
    Email(&'a str),
    /// By handle: whose it is, `None` where no such person is alive, and as typed.
    Person(Option<PersonId>, &'a str),
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

    /// Their role when they proved it.
    pub(super) fn role(&self) -> Role {
        self.role
    }
}

/// Proves who somebody is. An address belongs to its verified holder, else to its only holder,
/// else to nobody.
///
/// # Errors
/// INVALID_CREDENTIALS, always after the work of exactly one argon2. RATE_LIMITED before it.
pub async fn prove(p: &Platform, login: Login<'_>, password: &str) -> Result<Proven> {
    let now = p.now();
    let account = match login {
        Login::Person(None, _) => None,
        Login::Person(Some(person), _) => by_person(p, person, now).await?,
        Login::Email(email) => by_email(p, email, now).await?,
    };
    count_attempt(p, &login, account.as_ref()).await?;
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

/// Counts an attempt on an account, however it is named, or on a login that names none.
async fn count_attempt(
    p: &Platform,
    login: &Login<'_>,
    account: Option<&account::Model>,
) -> Result<()> {
    let typed;
    let subject = match account {
        Some(account) => Subject::Person(account.person_id),
        None => {
            typed = text::fold(match login {
                Login::Email(email) => email,
                Login::Person(_, handle) => handle,
            });
            Subject::Text(typed.trim())
        }
    };
    p.throttle(Limit::SignInAccount, subject).await
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
