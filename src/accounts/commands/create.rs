//! Adds accounts.

use sea_orm::{ActiveValue::Set, EntityTrait};
use uuid::Uuid;

use crate::{
    accounts::{
        MessagePolicy, Role,
        entity::account,
        events::{Method, Registered},
        policy,
    },
    activity::{self, By, record},
    clock::Timestamp,
    error::Result,
    ids::{self, PersonId},
    platform::{Platform, db::Txn, oidc::Identity},
};

/// An account as it is about to be made: checked, with its password hashed.
#[derive(Clone)]
pub struct NewAccount {
    email: String,
    email_key: String,
    /// Empty where there is none.
    password_hash: String,
    email_verified_at: Option<Timestamp>,
    method: Method,
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
            email_verified_at: None,
            method: Method::Password,
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
            email_verified_at: None,
            method: Method::Password,
            personid: ids::outside(),
        })
    }

    /// The account of somebody who comes by a provider, without a password. An address that cannot
    /// be one is left out.
    pub fn of_identity(identity: &Identity, now: Timestamp) -> Self {
        let email = identity.email.as_deref().unwrap_or_default();
        let (email, email_key) = policy::email("email", email).unwrap_or_default();
        Self {
            email,
            email_key,
            password_hash: String::new(),
            email_verified_at: verified_at(identity, now),
            method: Method::Oidc,
            personid: ids::outside(),
        }
    }
}

/// Since when an address is its holder's on the word of a provider. Never so far: nothing keeps two
/// people from holding one address as verified.
fn verified_at(_: &Identity, _: Timestamp) -> Option<Timestamp> {
    None
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
        email_verified_at: Set(new.email_verified_at),
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
        method: new.method,
    };
    record(txn, By::person(person, now), &fact, [])
}
