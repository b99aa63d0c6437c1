//! Adds accounts.

use sea_orm::{ActiveValue::Set, EntityTrait};
use uuid::Uuid;

use super::{letters, verify::reserve};
use crate::{
    accounts::{
        MessagePolicy, Role,
        entity::{account, letter::Kind},
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
    /// The letter by which they verify the address; `None` where it is known to be theirs.
    letter: Option<Uuid>,
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
            letter: Some(p.new_id(p.now())),
            method: Method::Password,
            personid: ids::outside(),
        })
    }

    /// An account whose password is already hashed and whose address is verified, for the demo's
    /// people.
    pub fn hashed(email: &str, password_hash: String) -> Result<Self> {
        let (email, email_key) = policy::email("email", email)?;
        Ok(Self {
            email,
            email_key,
            password_hash,
            letter: None,
            method: Method::Password,
            personid: ids::outside(),
        })
    }

    /// The account of somebody who comes by a provider, without a password. Their address is theirs
    /// if the provider has verified it, or else by `letter`; one that cannot be an address is left
    /// out.
    pub fn of_identity(identity: &Identity, letter: Uuid) -> Self {
        let email = identity.email.as_deref().unwrap_or_default();
        let (email, email_key) = policy::email("email", email).unwrap_or_default();
        Self {
            email,
            email_key,
            password_hash: String::new(),
            letter: (!identity.is_email_verified).then_some(letter),
            method: Method::Oidc,
            personid: ids::outside(),
        }
    }
}

/// Adds the account of a new person, without a session, and records that they registered. Their
/// address is theirs once they verify it, whoever else has it.
pub async fn create(
    txn: &Txn,
    person: PersonId,
    new: NewAccount,
    role: Role,
    now: Timestamp,
) -> Result<()> {
    let (address, has_address) = (new.email.clone(), !new.email.is_empty());
    let row = account::ActiveModel {
        person_id: Set(person),
        email: Set(new.email),
        email_key: Set(new.email_key.clone()),
        email_verified_at: Set((has_address && new.letter.is_none()).then_some(now)),
        new_email: Set(None),
        new_email_key: Set(None),
        password_hash: Set(new.password_hash),
        role: Set(role),
        allow_messages_from: Set(MessagePolicy::Everyone),
        share_read_receipts: Set(true),
        erases_at: Set(None),
        erased_content: Set(None),
    };
    account::Entity::insert(row)
        .exec_without_returning(&**txn)
        .await?;
    match new.letter {
        _ if !has_address => {}
        Some(id) => letters::ask(txn, (id, now), Kind::VerifyEmail, Some(person), &address).await?,
        None => reserve(txn, person, &new.email_key).await?,
    }
    activity::personid::create(txn, person, new.personid).await?;
    let fact = Registered {
        personid: person.into(),
        method: new.method,
    };
    record(txn, By::person(person, now), &fact, [])
}
