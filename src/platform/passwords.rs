//! Password hashing: argon2id (19 MiB, two passes) on a bounded number of blocking threads.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use argon2::{
    Algorithm, Argon2, Params, PasswordHash, PasswordHasher, PasswordVerifier, Version,
    password_hash::SaltString,
};
use tokio::sync::Semaphore;

use crate::error::{Error, Result};

/// Hashes at once, and how many more may wait before the server says that it is busy.
const AT_ONCE: usize = 2;
const WAITING: usize = 64;

/// Hashes and verifies passwords. Every sign-in costs exactly one argon2, whoever it is for.
#[derive(Clone)]
pub struct Passwords {
    queue: Arc<Semaphore>,
    work: Arc<Semaphore>,
    argon2: Argon2<'static>,
    runs: Arc<AtomicU64>,
    /// Verified against when there is no account, so that the work is the same.
    nobody: Arc<str>,
}

impl Passwords {
    /// Makes the pool.
    pub fn new() -> Result<Self> {
        let params = Params::new(19 * 1024, 2, 1, None).map_err(Error::internal)?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let nobody = hash(&argon2, "nobody has this password")?.into();
        Ok(Self {
            queue: Arc::new(Semaphore::new(AT_ONCE + WAITING)),
            work: Arc::new(Semaphore::new(AT_ONCE)),
            runs: Arc::default(),
            argon2,
            nobody,
        })
    }

    /// How often it was hashed, so far.
    pub fn runs(&self) -> u64 {
        self.runs.load(Ordering::Relaxed)
    }

    /// The hash to store for `password`.
    pub async fn hash(&self, password: &str) -> Result<String> {
        let (argon2, password) = (self.argon2.clone(), password.to_owned());
        self.run(move || hash(&argon2, &password)).await
    }

    /// Whether `password` is the one behind `stored`; with no hash to compare, or an empty one,
    /// the same work and the answer no.
    pub async fn verify(&self, password: &str, stored: Option<String>) -> Result<bool> {
        let (argon2, password) = (self.argon2.clone(), password.to_owned());
        // Whoever came in by a provider has no password.
        let stored = stored.filter(|stored| !stored.is_empty());
        let (known, stored) = (
            stored.is_some(),
            stored.unwrap_or_else(|| self.nobody.to_string()),
        );
        self.run(move || {
            let hash = PasswordHash::new(&stored).map_err(|e| Error::internal(e.to_string()))?;
            Ok(argon2.verify_password(password.as_bytes(), &hash).is_ok() && known)
        })
        .await
    }

    /// Whether `stored` was made with less work than hashes are made with now: whoever has just
    /// proven the password behind it gets a new one.
    pub fn is_outdated(&self, stored: &str) -> bool {
        let Ok(hash) = PasswordHash::new(stored) else {
            return true;
        };
        let (algorithm, params) = (hash.algorithm, Params::try_from(&hash));
        let ours = self.argon2.params();
        let is_enough =
            |params: Params| params.m_cost() >= ours.m_cost() && params.t_cost() >= ours.t_cost();
        algorithm != Algorithm::Argon2id.ident() || !params.is_ok_and(is_enough)
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let busy = || Error::rate_limited("Too many people are signing in right now.", 2);
        let _place = self.queue.try_acquire().map_err(|_| busy())?;
        let _turn = self.work.acquire().await.map_err(Error::internal)?;
        self.runs.fetch_add(1, Ordering::Relaxed);
        tokio::task::spawn_blocking(work)
            .await
            .map_err(Error::internal)?
    }
}

fn hash(argon2: &Argon2<'_>, password: &str) -> Result<String> {
    let mut salt = [0; 16];
    getrandom::fill(&mut salt).map_err(|e| Error::internal(e.to_string()))?;
    let salt = SaltString::encode_b64(&salt).map_err(|e| Error::internal(e.to_string()))?;
    let hash = argon2.hash_password(password.as_bytes(), &salt);
    Ok(hash
        .map_err(|e| Error::internal(e.to_string()))?
        .to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_hash_is_outdated_when_less_work_went_into_it_than_does_now() {
        let passwords = Passwords::new().unwrap();
        let now = passwords.hash("correct horse").await.unwrap();
        assert!(!passwords.is_outdated(&now));
        let made_with = |algorithm, memory, passes| {
            let params = Params::new(memory, passes, 1, None).unwrap();
            hash(
                &Argon2::new(algorithm, Version::V0x13, params),
                "correct horse",
            )
            .unwrap()
        };
        for old in [
            made_with(Algorithm::Argon2id, 19 * 1024, 1),
            made_with(Algorithm::Argon2id, 1024, 2),
            made_with(Algorithm::Argon2i, 19 * 1024, 2),
            "nonsense".to_owned(),
        ] {
            assert!(passwords.is_outdated(&old), "{old}");
        }
        let dearer = made_with(Algorithm::Argon2id, 20 * 1024, 3);
        assert!(!passwords.is_outdated(&dearer), "fewer passes came later");
    }
}
