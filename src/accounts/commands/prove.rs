//! Proves who somebody is.

use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, Order, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait},
};
use uuid::Uuid;

use crate::{
    accounts::{Me, Role, entity::account, events::Method, policy, sessions::Newcomer},
    clock::Timestamp,
    error::{Code, Error, Result},
    ids::PersonId,
    platform::{
        Platform,
        db::{Lane, Viewer},
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

/// Proof of who somebody is, by what only they can know or read. Made only in here.
#[derive(Clone, Copy, Debug)]
pub struct Proven {
    person: PersonId,
    role: Role,
    is_verified: bool,
    is_leaving: bool,
    method: Method,
}

impl Proven {
    /// Proof by `method` that somebody is the person of `account`.
    pub(super) fn of(account: &account::Model, method: Method) -> Self {
        Self {
            person: account.person_id,
            role: account.role,
            is_verified: account.email_verified_at.is_some(),
            is_leaving: account.erases_at.is_some(),
            method,
        }
    }

    /// Whose account it is.
    pub fn person(&self) -> PersonId {
        self.person
    }

    /// What was known of them then.
    pub(super) fn newcomer(&self) -> Newcomer {
        Newcomer {
            person: self.person,
            role: self.role,
            is_verified: self.is_verified,
            is_leaving: self.is_leaving,
        }
    }

    /// How they proved it.
    pub(super) fn method(&self) -> Method {
        self.method
    }
}

/// Proves who somebody is. An address belongs to its verified holder, else to its only holder,
/// else to nobody.
///
/// # Errors
/// INVALID_CREDENTIALS, always after the work of exactly one argon2. RATE_LIMITED before it. Whoever
/// knew the password of an outdated hash waits for a second one.
pub async fn prove(p: &Platform, login: Login<'_>, password: &str) -> Result<Proven> {
    let now = p.now();
    let account = match login {
        // Nobody has the nil id: the same statement whether or not there is such a person.
        Login::Person(person, _) => {
            by_person(p, person.unwrap_or(PersonId(Uuid::nil())), now).await?
        }
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
    if p.passwords.is_outdated(&account.password_hash) {
        rehash(p, &account, password).await?;
    }
    Ok(Proven::of(&account, Method::Password))
}

/// Stores a hash that more work went into, unless the password has been changed since it was proven.
async fn rehash(p: &Platform, account: &account::Model, password: &str) -> Result<()> {
    let new = &p.passwords.hash(password).await?;
    p.db.write_txn(Lane::Request, |txn| async move {
        account::Entity::update_many()
            .col_expr(account::Column::PasswordHash, Expr::value(new))
            .filter(account::Column::PersonId.eq(account.person_id))
            .filter(account::Column::PasswordHash.eq(&account.password_hash))
            .exec(&*txn)
            .await?;
        Ok(())
    })
    .await
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

/// The caller's account, if `password` is its password: proven anew for what a stolen session must
/// not do.
///
/// # Errors
/// INVALID_CREDENTIALS at `currentPassword`; RATE_LIMITED, counted with sign-ins.
pub async fn is_own_password(p: &Platform, me: &Me, password: &str) -> Result<account::Model> {
    p.throttle(Limit::SignInAccount, Subject::Person(me.id()))
        .await?;
    let account = by_person(p, me.id(), p.now()).await?;
    let stored = account
        .as_ref()
        .map(|account| account.password_hash.clone());
    let is_right = p.passwords.verify(password, stored).await?;
    account.filter(|_| is_right).ok_or_else(|| {
        let say = "This is not the password of this account.";
        Error::refused(Code::InvalidCredentials, say).at("currentPassword")
    })
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
    holder_of(reader.connection(), &key).await
}

/// The account that an address belongs to: its verified holder's, else its only holder's, else
/// nobody's. One statement, whoever has it.
pub(super) async fn holder_of(
    connection: &impl ConnectionTrait,
    key: &str,
) -> Result<Option<account::Model>> {
    let verified = Expr::col(account::Column::EmailVerifiedAt).is_not_null();
    let mut holders = account::Entity::find()
        .filter(account::Column::EmailKey.eq(key))
        .order_by(verified, Order::Desc)
        .limit(2)
        .all(connection)
        .await?;
    let is_clear = holders.len() < 2 || holders[0].email_verified_at.is_some();
    Ok((is_clear && !holders.is_empty()).then(|| holders.swap_remove(0)))
}
