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

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B: its secret and moments, and the last six of its eight digits.
    const SECRET: &[u8] = b"12345678901234567890";
    const VECTORS: [(i64, &str); 6] = [
        (59, "287082"),
        (1_111_111_109, "081804"),
        (1_111_111_111, "050471"),
        (1_234_567_890, "005924"),
        (2_000_000_000, "279037"),
        (20_000_000_000, "353130"),
    ];

    fn at(seconds: i64) -> Timestamp {
        Timestamp(seconds * 1_000_000)
    }

    #[test]
    fn codes_are_those_of_rfc_6238_and_good_one_step_to_either_side() {
        for (seconds, code) in VECTORS {
            let own = seconds / 30;
            for (step_now, expected) in [
                (own - 2, None),
                (own - 1, Some(own)),
                (own, Some(own)),
                (own + 1, Some(own)),
                (own + 2, None),
            ] {
                if step_now < 0 {
                    continue;
                }
                for now in [step_now * 30, step_now * 30 + 29] {
                    assert_eq!(
                        step(SECRET, code, at(now)).unwrap(),
                        expected,
                        "{code} {now}"
                    );
                }
            }
        }
    }

    #[test]
    fn an_authenticator_is_told_all_that_it_needs() {
        assert_eq!(
            url(SECRET, "a:da@example.org").unwrap(),
            "otpauth://totp/rookery:a_da%40example.org?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\
             &issuer=rookery"
        );
    }

    #[test]
    fn codes_are_read_however_they_are_typed() {
        assert_eq!(read(" 123 456"), Typed::Code("123456".to_owned()));
        let code = Typed::Recovery(hash("0123456789ABCD1Z"));
        for typed in ["0123-4567-89AB-CD1Z", "o i23 4567 89ab cdlz"] {
            assert_eq!(read(typed), code, "{typed}");
        }
        for typed in [
            "",
            "12345",
            "1234567",
            "０12345",
            "0123-4567-89AB-CD1U",
            &"1".repeat(17),
        ] {
            assert_eq!(read(typed), Typed::Neither, "{typed}");
        }
    }

    #[test]
    fn recovery_codes_differ_and_are_read_as_they_are_shown() {
        let codes = new_recovery_codes().unwrap();
        assert_eq!(codes.len(), 10);
        for (n, code) in codes.iter().enumerate() {
            assert_eq!(read(&code.shown), Typed::Recovery(code.hash.clone()));
            assert!(codes[..n].iter().all(|other| other.hash != code.hash));
        }
    }

    #[test]
    fn pauses_grow_from_the_fifth_wrong_code_on_up_to_an_hour() {
        let pauses = [0, 4, 5, 6, 10, 11, 1_000, i64::MAX].map(|n| pause(n).as_secs());
        assert_eq!(pauses, [0, 0, 60, 120, 1_920, 3_600, 3_600, 3_600]);
    }
}
