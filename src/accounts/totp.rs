//! One-time codes of an authenticator (RFC 6238) and the recovery codes beside them. Pure.

use std::time::Duration;

use sha2::{Digest, Sha256};
use totp_rs::{Builder, Totp};

use crate::{
    clock::Timestamp,
    error::{Error, Result},
};

/// How many recovery codes there are, and the bytes of chance in each: 80 bits.
const RECOVERY_CODES: usize = 10;
const RECOVERY_BYTES: usize = 10;

/// Crockford's base32: no letter that is taken for a digit or for another.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Wrong codes in a row before the first pause.
const FREE_TRIES: u32 = 5;

/// A secret that an authenticator and the server share: 160 bits, as RFC 4226 wants.
pub type Secret = [u8; 20];

/// A new secret.
pub fn new_secret() -> Result<Secret> {
    random()
}

/// What an authenticator reads, mostly as a picture: SHA-1, six digits, thirty seconds, which all of
/// them can do.
pub fn url(secret: &[u8], account: &str) -> Result<String> {
    // The label parts issuer and account by a colon.
    let account = account.replace(':', "_");
    let totp = Builder::new()
        .with_secret(secret)
        .with_issuer(Some("rookery"))
        .with_account_name(account);
    let totp = totp.build().map_err(Error::internal)?;
    totp.to_url().map_err(Error::internal)
}

/// The step whose code this is: the present one, or one to either side of it.
pub fn step(secret: &[u8], code: &str, now: Timestamp) -> Result<Option<i64>> {
    let seconds = u64::try_from(now.seconds()).map_err(Error::internal)?;
    let step = authenticator(secret)?.check(code, seconds);
    step.map(i64::try_from).transpose().map_err(Error::internal)
}

fn authenticator(secret: &[u8]) -> Result<Totp> {
    let built = Builder::new().with_secret(secret).build();
    built.map_err(Error::internal)
}

/// What somebody typed where a code is asked for.
#[derive(Debug, PartialEq, Eq)]
pub enum Typed {
    /// Six digits of an authenticator.
    Code(String),
    /// The hash of a recovery code.
    Recovery(String),
    /// Neither.
    Neither,
}

/// Reads a code however it is grouped; O is taken for 0, and I and L for 1.
pub fn read(typed: &str) -> Typed {
    let letters = typed
        .chars()
        .filter(|c| *c != '-' && !c.is_whitespace())
        .map(|c| match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        });
    // One more than the longest: what is longer is no code.
    let code: String = letters.take(RECOVERY_BYTES * 8 / 5 + 1).collect();
    let is_of = |set: &[u8]| code.bytes().all(|byte| set.contains(&byte));
    match code.len() {
        6 if is_of(&LETTERS[..10]) => Typed::Code(code),
        16 if is_of(LETTERS) => Typed::Recovery(hash(&code)),
        _ => Typed::Neither,
    }
}

/// A recovery code as it is shown once, and its hash, which is kept. A fast hash is enough: there
/// is nothing to guess by.
#[derive(Clone)]
pub struct RecoveryCode {
    pub shown: String,
    pub hash: String,
}

/// New recovery codes, such as `4T7K-0QXW-9HNB-2MZD`.
pub fn new_recovery_codes() -> Result<Vec<RecoveryCode>> {
    let code = |_| {
        let bytes = random::<RECOVERY_BYTES>()?;
        let bits = bytes
            .iter()
            .fold(0_u128, |bits, byte| (bits << 8) | u128::from(*byte));
        let letter = |place: usize| char::from(LETTERS[(bits >> (5 * place)) as usize % 32]);
        let code: String = (0..RECOVERY_BYTES * 8 / 5).map(letter).collect();
        let groups: Vec<&str> = [0, 4, 8, 12].iter().map(|at| &code[*at..at + 4]).collect();
        Ok(RecoveryCode {
            shown: groups.join("-"),
            hash: hash(&code),
        })
    };
    (0..RECOVERY_CODES).map(code).collect()
}

/// How long no code is looked at after so many wrong ones in a row: nothing at first, then a
/// minute, and twice as long each time, up to an hour. Without it six digits were soon guessed.
pub fn pause(failures: i64) -> Duration {
    let failures = u32::try_from(failures).unwrap_or(u32::MAX);
    match failures.checked_sub(FREE_TRIES) {
        None => Duration::ZERO,
        Some(more) => Duration::from_secs(60 * (1 << more.min(6))).min(Duration::from_secs(3_600)),
    }
}

fn hash(code: &str) -> String {
    format!("{:x}", Sha256::digest(code.as_bytes()))
}

fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|e| Error::internal(e.to_string()))?;
    Ok(bytes)
}
