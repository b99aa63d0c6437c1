//! Idempotency of creates: the key lives on the row that it made.

use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{
    error::{Code, Error, Result},
    ids::PersonId,
    platform::db::Gate,
    text,
};

/// A caller's key with the hash of what they asked for.
#[derive(Clone, Debug)]
pub struct Key {
    /// As sent: 1 to 100 characters.
    pub key: String,
    /// What has to be the same when the key comes again.
    pub request_hash: String,
}

impl Key {
    /// Checks a key and hashes the `request`, all its parts in a fixed order.
    ///
    /// # Errors
    /// BAD_USER_INPUT at `idempotencyKey`.
    pub fn check(key: Option<&str>, request: &[&str]) -> Result<Option<Self>> {
        let Some(key) = key else { return Ok(None) };
        let key = text::check("idempotencyKey", key, 1, 100)?;
        let mut hash = Sha256::new();
        for part in request {
            hash.update(part.len().to_be_bytes());
            hash.update(part.as_bytes());
        }
        Ok(Some(Self {
            key,
            request_hash: format!("{:x}", hash.finalize()),
        }))
    }

    /// One flight per person, mutation and key.
    pub fn gate(&self, person: PersonId, mutation: &str) -> Gate {
        let digest = Sha256::new()
            .chain_update(person.0.as_bytes())
            .chain_update(mutation.as_bytes())
            .chain_update([0])
            .chain_update(self.key.as_bytes())
            .finalize();
        let bytes = digest.first_chunk::<16>().copied().unwrap_or_default();
        Gate::Flight(Uuid::from_bytes(bytes))
    }

    /// Judges a repeated call by the row that the first one made.
    ///
    /// # Errors
    /// IDEMPOTENCY_MISMATCH for other input, NOT_FOUND where the row was deleted since.
    pub fn repeat(&self, request_hash: Option<&str>, is_deleted: bool) -> Result<()> {
        if request_hash != Some(&self.request_hash) {
            let say = "This key was used for another request. Make a new key for new content.";
            return Err(Error::refused(Code::IdempotencyMismatch, say).at("idempotencyKey"));
        }
        if is_deleted {
            Err(Error::not_found("idempotencyKey"))
        } else {
            Ok(())
        }
    }
}
