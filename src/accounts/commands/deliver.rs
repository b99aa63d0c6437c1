//! Writes and mails the letters that were asked for.

use std::time::Duration;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::Expr};

use super::{mailed, prove::holder_of, verify::holder};
use crate::{
    accounts::{
        entity::{
            account,
            letter::{self, Kind},
            mailed_token::Purpose,
        },
        letters::{self, Content},
        sessions,
    },
    clock::Timestamp,
    error::Result,
    platform::{
        Platform,
        db::{Lane, Txn},
        mail::Letter,
    },
    text,
};

/// How many are tried in one go.
const AT_ONCE: u64 = 20;
/// How long the first attempt may take before another is made; every next one twice as long.
const FIRST: Duration = Duration::from_secs(30);
const LONGEST: Duration = Duration::from_secs(60 * 60);
/// How long it is tried at all.
const PATIENCE: Duration = Duration::from_secs(24 * 60 * 60);

/// Mails what is due, and returns how many letters were looked at. A letter that could not be mailed
/// is tried again for a day, unless the server says that it never can.
pub async fn deliver_due(p: &Platform) -> Result<usize> {
    let now = p.now();
    let due = letter::Entity::find()
        .filter(letter::Column::DueAt.lte(now))
        .order_by_asc(letter::Column::DueAt)
        .order_by_asc(letter::Column::Id)
        .limit(AT_ONCE)
        .all(p.db.background())
        .await?;
    for letter in &due {
        deliver(p, letter, now).await?;
    }
    Ok(due.len())
}

async fn deliver(p: &Platform, letter: &letter::Model, now: Timestamp) -> Result<()> {
    let secret = &sessions::new_secret()?;
    let written = p.db.write_txn(Lane::Background, |txn| async move {
        match claim(&txn, letter, now).await? {
            false => Ok(None),
            true => write(&txn, p, letter, secret, now).await.map(Some),
        }
    });
    let Some(written) = written.await? else {
        return Ok(()); // somebody else has it
    };
    let Some(written) = written else {
        return discard(p, letter).await;
    };
    match p.mail.send(letter.id, &written).await {
        Ok(()) => discard(p, letter).await,
        Err(error) if error.is_permanent || letter.created_at.plus(PATIENCE) <= now => {
            tracing::warn!(letter.id = %letter.id, %error, "A letter is given up.");
            discard(p, letter).await
        }
        Err(error) => {
            tracing::warn!(letter.id = %letter.id, %error, "A letter could not be mailed; later.");
            Ok(())
        }
    }
}

/// Puts the next attempt off, and so takes this one from everybody else.
async fn claim(txn: &Txn, letter: &letter::Model, now: Timestamp) -> Result<bool> {
    let tries = u32::try_from(letter.attempts).unwrap_or(0);
    let pause = FIRST.saturating_mul(1 << tries.min(10)).min(LONGEST);
    let claimed = letter::Entity::update_many()
        .col_expr(letter::Column::Attempts, Expr::value(letter.attempts + 1))
        .col_expr(letter::Column::DueAt, Expr::value(now.plus(pause)))
        .filter(letter::Column::Id.eq(letter.id))
        .filter(letter::Column::DueAt.eq(letter.due_at))
        .exec(&**txn)
        .await?;
    Ok(claimed.rows_affected == 1)
}

async fn discard(p: &Platform, letter: &letter::Model) -> Result<()> {
    let id = letter.id;
    p.db.write_txn(Lane::Background, |txn| async move {
        letter::Entity::delete_by_id(id).exec(&*txn).await?;
        Ok(())
    })
    .await
}

/// The letter as it is now; `None` where there is nothing to say any more.
async fn write(
    txn: &Txn,
    p: &Platform,
    letter: &letter::Model,
    secret: &str,
    now: Timestamp,
) -> Result<Option<Letter>> {
    let key = text::fold(&letter.address);
    let content = match letter.kind {
        Kind::VerifyEmail => verification(txn, letter, (&key, secret), now).await?,
        Kind::ResetPassword => return reset(txn, p, (&key, secret), now).await,
        Kind::EmailChangeAsked => Some(Content::EmailChangeAsked),
        Kind::EmailChanged => Some(Content::EmailChanged),
        Kind::PasswordChanged => Some(Content::PasswordChanged),
        Kind::SecondFactorEnabled => Some(Content::SecondFactorEnabled),
        Kind::SecondFactorDisabled => Some(Content::SecondFactorDisabled),
        Kind::DeletionAsked => Some(Content::DeletionAsked),
        Kind::DeletionCancelled => Some(Content::DeletionCancelled),
        Kind::Suspended => Some(Content::Suspended),
        Kind::ExportReady => Some(Content::ExportReady),
    };
    Ok(content.map(|content| letters::letter(p, &letter.address, content)))
}

/// The token goes to whoever may still verify the address; where it is somebody's, they are told
/// that another wants it.
async fn verification<'a>(
    txn: &Txn,
    letter: &letter::Model,
    (key, secret): (&str, &'a str),
    now: Timestamp,
) -> Result<Option<Content<'a>>> {
    let Some(person) = letter.person_id else {
        return Ok(None);
    };
    let account = account::Entity::find_by_id(person).one(&**txn).await?;
    let is_open = account.is_some_and(|account| {
        let is_own = account.email_key == key && account.email_verified_at.is_none();
        is_own || account.new_email_key.as_deref() == Some(key)
    });
    if !is_open {
        return Ok(None);
    }
    if holder(txn, key)
        .await?
        .is_some_and(|holder| holder != person)
    {
        return Ok(Some(Content::AddressInUse));
    }
    let hash = sessions::hash(secret);
    mailed::add(txn, &hash, Purpose::VerifyEmail, (person, key), now).await?;
    Ok(Some(Content::VerifyEmail(secret)))
}

async fn reset(
    txn: &Txn,
    p: &Platform,
    (key, secret): (&str, &str),
    now: Timestamp,
) -> Result<Option<Letter>> {
    let Some(account) = holder_of(&**txn, key).await? else {
        return Ok(None);
    };
    let (hash, to) = (sessions::hash(secret), (account.person_id, key));
    mailed::add(txn, &hash, Purpose::ResetPassword, to, now).await?;
    // To the address as it is stored: what was typed only looks like it, perhaps.
    let letter = letters::letter(p, &account.email, Content::ResetPassword(secret));
    Ok(Some(letter))
}
