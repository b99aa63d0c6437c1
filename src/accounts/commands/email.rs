//! Gives an account another address.

use sea_orm::{ActiveModelTrait, ActiveValue::Set};

use super::{hold, is_own_password, letters};
use crate::{
    accounts::{
        Me,
        entity::{account, letter::Kind},
        policy,
    },
    error::{Error, Result},
    platform::{
        Platform,
        db::Lane,
        limiter::{Limit, Subject},
    },
};

/// Notes the address that takes the place of the caller's once it is verified, mails the token there
/// and tells the old address.
///
/// # Errors
/// INVALID_CREDENTIALS at `currentPassword`; BAD_USER_INPUT at `newEmail`. That an address is
/// somebody else's is never told. RATE_LIMITED, as letters are.
pub async fn change_email(p: &Platform, me: &Me, new: &str, password: &str) -> Result<()> {
    let (email, key) = &policy::email("newEmail", new)?;
    is_own_password(p, me, password).await?;
    p.throttle(Limit::Letter, Subject::Text(key)).await?;
    let now = p.now();
    let letters = [p.new_id(now), p.new_id(now)];
    p.db.write_txn(Lane::Request, |txn| async move {
        let account = hold(&txn, me).await?;
        if account.email_key == *key && account.email_verified_at.is_some() {
            let say = "This is the address of this account already.";
            return Err(Error::bad_input("newEmail", say));
        }
        let (to_new, to_old, about) = (letters[0], letters[1], Some(me.id()));
        letters::ask(&txn, (to_new, now), Kind::VerifyEmail, about, email).await?;
        letters::ask(
            &txn,
            (to_old, now),
            Kind::EmailChangeAsked,
            about,
            &account.email,
        )
        .await?;
        let row = account::ActiveModel {
            person_id: Set(me.id()),
            new_email: Set(Some(email.clone())),
            new_email_key: Set(Some(key.clone())),
            ..Default::default()
        };
        row.update(&*txn).await?;
        Ok(())
    })
    .await
}
