//! Tokens that are mailed: each proves that somebody reads what goes to an address.

use std::time::Duration;

use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use crate::{
    accounts::{
        entity::mailed_token::{self, Purpose},
        sessions,
    },
    clock::Timestamp,
    error::{Code, Error, Result},
    ids::PersonId,
    platform::db::Txn,
};

impl Purpose {
    /// How long a token is good after it was mailed.
    fn life(self) -> Duration {
        match self {
            Self::VerifyEmail => Duration::from_secs(24 * 60 * 60),
            Self::ResetPassword => Duration::from_secs(60 * 60),
        }
    }
}

/// Adds a token of which `hash` is kept.
pub(super) async fn add(
    txn: &Txn,
    hash: &str,
    purpose: Purpose,
    (person, email_key): (PersonId, &str),
    now: Timestamp,
) -> Result<()> {
    let row = mailed_token::ActiveModel {
        hash: Set(hash.to_owned()),
        person_id: Set(person),
        purpose: Set(purpose),
        email_key: Set(email_key.to_owned()),
        expires_at: Set(now.plus(purpose.life())),
    };
    mailed_token::Entity::insert(row)
        .exec_without_returning(&**txn)
        .await?;
    Ok(())
}

/// What a token is good for.
///
/// # Errors
/// TOKEN_INVALID at `token`: unknown, ended, used, or for another purpose.
pub(super) async fn find(
    connection: &impl ConnectionTrait,
    secret: &str,
    purpose: Purpose,
    now: Timestamp,
) -> Result<mailed_token::Model> {
    let token = mailed_token::Entity::find_by_id(sessions::hash(secret))
        .filter(mailed_token::Column::Purpose.eq(purpose))
        .filter(mailed_token::Column::ExpiresAt.gt(now))
        .one(connection)
        .await?;
    token.ok_or_else(invalid)
}

/// Takes back all tokens of `person` for `purpose`.
pub(super) async fn take_back(txn: &Txn, person: PersonId, purpose: Purpose) -> Result<()> {
    mailed_token::Entity::delete_many()
        .filter(mailed_token::Column::PersonId.eq(person))
        .filter(mailed_token::Column::Purpose.eq(purpose))
        .exec(&**txn)
        .await?;
    Ok(())
}

/// The one answer to a token that is no good.
pub(super) fn invalid() -> Error {
    let say = "This token is not valid (any more). Ask for another letter.";
    Error::refused(Code::TokenInvalid, say).at("token")
}
