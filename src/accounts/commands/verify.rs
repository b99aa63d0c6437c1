//! Proves that an address is its account's.

use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter,
    sea_query::OnConflict,
};

use super::{hold, hold_account, letters, mailed};
use crate::{
    accounts::{
        Me,
        entity::{
            account, email_address,
            letter::Kind,
            mailed_token::{self, Purpose},
        },
        events::EmailVerified,
        policy,
    },
    activity::{By, record},
    clock::Timestamp,
    error::{Code, Error, Result},
    ids::PersonId,
    platform::{
        Platform,
        db::{Lane, Txn},
        limiter::{Limit, Subject},
    },
};

/// Gives an account the address that the token was mailed to, and returns whose account it is.
///
/// # Errors
/// TOKEN_INVALID; CONFLICT where the address is another account's.
pub async fn verify_email(p: &Platform, secret: &str) -> Result<PersonId> {
    let now = p.now();
    let letter = p.new_id(now);
    p.db.write_txn(Lane::Request, |txn| async move {
        let token = mailed::find(&*txn, secret, Purpose::VerifyEmail, now).await?;
        let account = hold_account(&txn, token.person_id).await?;
        let account = account.ok_or_else(mailed::invalid)?;
        if let Some(old) = adopt(&txn, account, &token, now).await? {
            let about = Some(token.person_id);
            letters::ask(&txn, (letter, now), Kind::EmailChanged, about, &old).await?;
        }
        Ok(token.person_id)
    })
    .await
}

/// Makes the token's address the account's, and returns the one whose place it took. The account is
/// held.
pub(super) async fn adopt(
    txn: &Txn,
    account: account::Model,
    token: &mailed_token::Model,
    now: Timestamp,
) -> Result<Option<String>> {
    let person = account.person_id;
    let key = Some(&token.email_key);
    let is_new = account.new_email_key.as_ref() == key;
    if !is_new && Some(&account.email_key) != key {
        return Err(mailed::invalid());
    }
    reserve(txn, person, &token.email_key).await?;
    let mut row = account::ActiveModel {
        person_id: Set(person),
        email_verified_at: Set(Some(now)),
        ..Default::default()
    };
    if let (true, Some(email)) = (is_new, account.new_email) {
        row.email = Set(email);
        row.email_key = Set(token.email_key.clone());
        row.new_email = Set(None);
        row.new_email_key = Set(None);
    }
    row.update(&**txn).await?;
    mailed::take_back(txn, person, Purpose::VerifyEmail).await?;
    let fact = EmailVerified {
        personid: person.into(),
        isnew: is_new,
    };
    record(txn, By::person(person, now), &fact, [])?;
    Ok(is_new.then_some(account.email))
}

/// Reserves a verified address for `person`, in the place of the one they had.
///
/// # Errors
/// CONFLICT where it is somebody else's. Only who reads what goes to the address learns it.
pub(super) async fn reserve(txn: &Txn, person: PersonId, key: &str) -> Result<()> {
    email_address::Entity::delete_many()
        .filter(email_address::Column::PersonId.eq(person))
        .filter(email_address::Column::Key.ne(key))
        .exec(&**txn)
        .await?;
    let row = email_address::ActiveModel {
        key: Set(key.to_owned()),
        person_id: Set(person),
    };
    let untouched = OnConflict::column(email_address::Column::Key)
        .do_nothing()
        .to_owned();
    let insert = email_address::Entity::insert(row).on_conflict(untouched);
    if insert.exec_without_returning(&**txn).await? > 0 {
        return Ok(());
    }
    match holder(txn, key).await? {
        Some(holder) if holder == person => Ok(()),
        _ => {
            let say = "Another account has this address: sign in there, or give another address.";
            Err(Error::refused(Code::Conflict, say).at("token"))
        }
    }
}

/// Whose verified address it is.
pub(super) async fn holder(txn: &Txn, key: &str) -> Result<Option<PersonId>> {
    let found = email_address::Entity::find_by_id(key).one(&**txn).await?;
    Ok(found.map(|address| address.person_id))
}

/// Mails another token for an address of the caller's that is not verified: the one named, else the
/// new one, else the account's.
///
/// # Errors
/// CONFLICT where there is nothing to verify; BAD_USER_INPUT at `email` for another address;
/// RATE_LIMITED, as letters are.
pub async fn resend_verification(p: &Platform, me: &Me, email: Option<&str>) -> Result<()> {
    p.throttle(Limit::Letter, Subject::Person(me.id())).await?;
    let named = email
        .map(|email| policy::email("email", email))
        .transpose()?;
    let named = &named;
    let now = p.now();
    let letter = p.new_id(now);
    p.db.write_txn(Lane::Request, |txn| async move {
        let account = hold(&txn, me).await?;
        let address = unverified(&account, named.as_ref().map(|(_, key)| key.as_str()))?;
        letters::ask(
            &txn,
            (letter, now),
            Kind::VerifyEmail,
            Some(me.id()),
            address,
        )
        .await
    })
    .await
}

fn unverified<'a>(account: &'a account::Model, named: Option<&str>) -> Result<&'a str> {
    let new = account
        .new_email
        .as_deref()
        .zip(account.new_email_key.as_deref());
    let own = (account.email.as_str(), account.email_key.as_str());
    let own = account.email_verified_at.is_none().then_some(own);
    let addresses = [new, own];
    let mut open = addresses.into_iter().flatten();
    let Some(named) = named else {
        let say = "The address of this account is verified already.";
        let none = || Error::refused(Code::Conflict, say);
        return open.next().map(|(email, _)| email).ok_or_else(none);
    };
    let say = "Give an address of this account that is not verified yet, or none.";
    let found = open.find(|(_, key)| *key == named);
    found
        .map(|(email, _)| email)
        .ok_or_else(|| Error::bad_input("email", say))
}
