//! Codes of an authenticator: switching them on and off, and using one up.

use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, LockType, OnConflict},
};

use super::{Proven, hold, is_own_password, letters};
use crate::{
    accounts::{
        Me,
        entity::{
            letter::Kind,
            recovery_code,
            totp::{self, Column},
        },
        events::{SecondFactorDisabled, SecondFactorEnabled},
        totp::{RecoveryCode, Typed, new_recovery_codes, new_secret, pause, read, step, url},
    },
    activity::{By, record},
    clock::Timestamp,
    error::{Code, Error, Result},
    ids::PersonId,
    platform::{
        Platform,
        db::{Lane, Txn},
    },
};

/// Rows that are sealed anew in one transaction.
const BATCH: u64 = 100;

/// Proof that somebody gave all that their account asks for. Made only by [`admit`].
#[derive(Clone, Copy, Debug)]
pub struct Admitted(Proven);

impl Admitted {
    /// The first proof that they gave.
    pub(super) fn proven(&self) -> &Proven {
        &self.0
    }
}

/// Asks whoever has proven who they are for a code, where their account wants one, and uses it up.
/// The inner refusal is to be committed, because it counts: TOTP_REQUIRED without a code,
/// INVALID_CREDENTIALS for a wrong or used one, RATE_LIMITED after too many; all at `totp`.
pub async fn admit(
    p: &Platform,
    txn: &Txn,
    proven: &Proven,
    typed: Option<&str>,
    now: Timestamp,
) -> Result<Result<Admitted>> {
    let Some(row) = locked(txn, proven.person()).await? else {
        return Ok(Ok(Admitted(*proven)));
    };
    if row.confirmed_at.is_none() {
        return Ok(Ok(Admitted(*proven)));
    }
    let Some(typed) = typed.filter(|typed| !typed.trim().is_empty()) else {
        let say = "Give a code of your authenticator too, or a recovery code.";
        return Ok(Err(Error::refused(Code::TotpRequired, say).at("totp")));
    };
    let spent = spend(p, txn, &row, typed, now).await?;
    Ok(spent
        .map(|()| Admitted(*proven))
        .map_err(|refused| refused.at("totp")))
}

/// Proposes a secret to the caller's authenticator. Nothing is asked for before
/// [`confirm_totp`]; another proposal takes the place of one that was not confirmed.
///
/// # Errors
/// INVALID_CREDENTIALS, CONFLICT where codes are asked for already.
pub async fn enable_totp(p: &Platform, me: &Me, password: &str) -> Result<String> {
    is_own_password(p, me, password).await?;
    let secret = &new_secret()?;
    let sealed = &seal(p, me.id(), secret)?;
    p.db.write_txn(Lane::Request, |txn| async move {
        let account = hold(&txn, me).await?;
        let before = locked(&txn, me.id()).await?;
        if before.is_some_and(|row| row.confirmed_at.is_some()) {
            let say = "Codes are asked for already. Switch that off first.";
            return Err(Error::refused(Code::Conflict, say));
        }
        let row = totp::ActiveModel {
            person_id: Set(me.id()),
            secret: Set(sealed.clone()),
            key_id: Set(p.seal.key_id().to_owned()),
            confirmed_at: Set(None),
            last_step: Set(0),
            failed_count: Set(0),
            blocked_until: Set(Timestamp(0)),
        };
        let instead = OnConflict::column(Column::PersonId)
            .update_columns([
                Column::Secret,
                Column::KeyId,
                Column::LastStep,
                Column::FailedCount,
                Column::BlockedUntil,
            ])
            .to_owned();
        totp::Entity::insert(row)
            .on_conflict(instead)
            .exec_without_returning(&*txn)
            .await?;
        url(secret, &account.email)
    })
    .await
}

/// Asks for codes from now on, as the caller's authenticator has just shown that it makes them.
/// Returns recovery codes, which nobody can read again. All sessions stay.
///
/// # Errors
/// CONFLICT where no secret is proposed; INVALID_CREDENTIALS and RATE_LIMITED at `code`.
pub async fn confirm_totp(p: &Platform, me: &Me, code: &str) -> Result<Vec<String>> {
    let codes = &new_recovery_codes()?;
    let now = p.now();
    let letter = (p.new_id(now), now);
    let done = p.db.write_txn(Lane::Request, |txn| async move {
        let account = hold(&txn, me).await?;
        let row = locked(&txn, me.id()).await?;
        let Some(row) = row.filter(|row| row.confirmed_at.is_none()) else {
            let say = "There is nothing to confirm. Begin with `enableTotp`.";
            return Err(Error::refused(Code::Conflict, say));
        };
        if let Err(refused) = spend(p, &txn, &row, code, now).await? {
            return Ok(Err(refused.at("code")));
        }
        totp::Entity::update_many()
            .col_expr(Column::ConfirmedAt, Expr::value(now))
            .filter(Column::PersonId.eq(me.id()))
            .exec(&*txn)
            .await?;
        keep(&txn, me.id(), codes).await?;
        let about = Some(me.id());
        letters::ask(
            &txn,
            letter,
            Kind::SecondFactorEnabled,
            about,
            &account.email,
        )
        .await?;
        let fact = SecondFactorEnabled {
            personid: me.id().into(),
        };
        record(&txn, By::person(me.id(), now), &fact, []).map(Ok)
    });
    done.await??;
    Ok(codes.iter().map(|code| code.shown.clone()).collect())
}

/// Asks for the password alone from now on. A recovery code will do as the code.
///
/// # Errors
/// INVALID_CREDENTIALS at `currentPassword` or `code`, RATE_LIMITED, CONFLICT where no codes are
/// asked for.
pub async fn disable_totp(p: &Platform, me: &Me, password: &str, code: &str) -> Result<()> {
    is_own_password(p, me, password).await?;
    let now = p.now();
    let letter = (p.new_id(now), now);
    let done = p.db.write_txn(Lane::Request, |txn| async move {
        let account = hold(&txn, me).await?;
        let row = locked(&txn, me.id()).await?;
        let Some(row) = row.filter(|row| row.confirmed_at.is_some()) else {
            let say = "No codes are asked for: there is nothing to switch off.";
            return Err(Error::refused(Code::Conflict, say));
        };
        if let Err(refused) = spend(p, &txn, &row, code, now).await? {
            return Ok(Err(refused.at("code")));
        }
        totp::Entity::delete_by_id(me.id()).exec(&*txn).await?;
        forget_codes(&txn, me.id()).await?;
        let about = Some(me.id());
        letters::ask(
            &txn,
            letter,
            Kind::SecondFactorDisabled,
            about,
            &account.email,
        )
        .await?;
        let fact = SecondFactorDisabled {
            personid: me.id().into(),
        };
        record(&txn, By::person(me.id(), now), &fact, []).map(Ok)
    });
    done.await?
}

/// Seals with the present key what is sealed with another that still opens it, so that the other
/// can be retired. Returns how many secrets that was.
pub async fn reseal(p: &Platform) -> Result<u64> {
    let mut done = 0;
    let mut after = None;
    loop {
        let mut rows = totp::Entity::find().filter(Column::KeyId.ne(p.seal.key_id()));
        if let Some(after) = after {
            rows = rows.filter(Column::PersonId.gt(after));
        }
        let rows = rows
            .order_by_asc(Column::PersonId)
            .limit(BATCH)
            .all(p.db.background())
            .await?;
        let Some(last) = rows.last() else {
            return Ok(done);
        };
        after = Some(last.person_id);
        let rows = &rows;
        done +=
            p.db.write_txn(Lane::Background, |txn| async move {
                let mut done = 0;
                for row in rows {
                    done += seal_anew(p, &txn, row).await?;
                }
                Ok(done)
            })
            .await?;
    }
}

async fn seal_anew(p: &Platform, txn: &Txn, row: &totp::Model) -> Result<u64> {
    let Ok(secret) = open(p, row) else {
        let person = row.person_id;
        tracing::warn!(%person, "No key opens an authenticator's secret: its codes are refused.");
        return Ok(0);
    };
    let sealed = seal(p, row.person_id, &secret)?;
    let done = totp::Entity::update_many()
        .col_expr(Column::Secret, Expr::value(sealed))
        .col_expr(Column::KeyId, Expr::value(p.seal.key_id()))
        .filter(Column::PersonId.eq(row.person_id))
        .filter(Column::Secret.eq(&row.secret))
        .exec(&**txn)
        .await?;
    Ok(done.rows_affected)
}

/// Uses a code up, once for all. A wrong one is counted; the inner refusal is to be committed.
async fn spend(
    p: &Platform,
    txn: &Txn,
    row: &totp::Model,
    typed: &str,
    now: Timestamp,
) -> Result<Result<()>> {
    if row.blocked_until > now {
        let left = u64::try_from(row.blocked_until.0.saturating_sub(now.0)).unwrap_or(0);
        let seconds = u32::try_from(left.div_ceil(1_000_000)).unwrap_or(u32::MAX);
        let say = "Too many wrong codes. Wait before you try another.";
        return Ok(Err(Error::rate_limited(say, seconds)));
    }
    let is_good = match read(typed) {
        Typed::Code(code) => use_step(p, txn, row, &code, now).await?,
        Typed::Recovery(hash) => use_recovery_code(txn, row.person_id, &hash).await?,
        Typed::Neither => false,
    };
    let failed = if is_good { 0 } else { row.failed_count + 1 };
    totp::Entity::update_many()
        .col_expr(Column::FailedCount, Expr::value(failed))
        .col_expr(Column::BlockedUntil, Expr::value(now.plus(pause(failed))))
        .filter(Column::PersonId.eq(row.person_id))
        .exec(&**txn)
        .await?;
    let say = "This code is wrong, or was used before. Wait for the next one.";
    Ok(match is_good {
        true => Ok(()),
        false => Err(Error::refused(Code::InvalidCredentials, say)),
    })
}

/// Moves the last used step forward. Of two who use one code at once, one does.
async fn use_step(
    p: &Platform,
    txn: &Txn,
    row: &totp::Model,
    code: &str,
    now: Timestamp,
) -> Result<bool> {
    let Some(step) = step(&open(p, row)?, code, now)? else {
        return Ok(false);
    };
    let moved = totp::Entity::update_many()
        .col_expr(Column::LastStep, Expr::value(step))
        .filter(Column::PersonId.eq(row.person_id))
        .filter(Column::LastStep.lt(step))
        .exec(&**txn)
        .await?;
    Ok(moved.rows_affected == 1)
}

async fn use_recovery_code(txn: &Txn, person: PersonId, hash: &str) -> Result<bool> {
    let gone = recovery_code::Entity::delete_by_id((person, hash.to_owned()))
        .exec(&**txn)
        .await?;
    Ok(gone.rows_affected == 1)
}

/// The authenticator of `person`, locked: codes of one person are tried one at a time.
async fn locked(txn: &Txn, person: PersonId) -> Result<Option<totp::Model>> {
    let row = totp::Entity::find_by_id(person)
        .lock(LockType::NoKeyUpdate)
        .one(&**txn)
        .await?;
    Ok(row)
}

async fn keep(txn: &Txn, person: PersonId, codes: &[RecoveryCode]) -> Result<()> {
    forget_codes(txn, person).await?;
    let rows = codes.iter().map(|code| recovery_code::ActiveModel {
        person_id: Set(person),
        hash: Set(code.hash.clone()),
    });
    recovery_code::Entity::insert_many(rows)
        .exec_without_returning(&**txn)
        .await?;
    Ok(())
}

async fn forget_codes(txn: &Txn, person: PersonId) -> Result<()> {
    recovery_code::Entity::delete_many()
        .filter(recovery_code::Column::PersonId.eq(person))
        .exec(&**txn)
        .await?;
    Ok(())
}

/// Moved to the row of somebody else, a sealed secret does not open.
fn purpose(person: PersonId) -> String {
    format!("totp {person}")
}

fn seal(p: &Platform, person: PersonId, secret: &[u8]) -> Result<String> {
    let sealed = p.seal.close(&purpose(person), secret)?;
    Ok(STANDARD_NO_PAD.encode(sealed))
}

fn open(p: &Platform, row: &totp::Model) -> Result<Vec<u8>> {
    let sealed = STANDARD_NO_PAD.decode(&row.secret);
    let sealed = sealed.map_err(Error::internal)?;
    let secret = p.seal.open(&purpose(row.person_id), &sealed);
    secret.ok_or_else(|| Error::internal("no key opens an authenticator's secret"))
}
