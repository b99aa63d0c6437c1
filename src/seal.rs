//! Closes small texts that clients keep and only servers may read.

use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};

use sha2::{Digest, Sha256};

use crate::error::{Error, Result};

const NONCE: usize = 24;

/// A key that all servers of an installation share, and the one that they had before.
pub struct Seal {
    current: XChaCha20Poly1305,
    key_id: String,
    previous: Option<XChaCha20Poly1305>,
}

impl Seal {
    /// Closes and opens with `key`.
    pub fn new(key: &[u8; 32]) -> Self {
        Self {
            current: XChaCha20Poly1305::new(key.into()),
            key_id: format!("{:x}", Sha256::digest(key))[..16].to_owned(),
            previous: None,
        }
    }

    /// Also opens what was closed with the key before.
    #[must_use]
    pub fn with_previous(self, key: &[u8; 32]) -> Self {
        let previous = Some(XChaCha20Poly1305::new(key.into()));
        Self { previous, ..self }
    }

    /// Tells the key that closes from others. Nothing of the key is in it.
    pub fn key_id(&self) -> &str {
        &self.key_id
    }

    /// Closes `content`, so that it is only opened for the same `purpose`. The same content is
    /// never closed to the same bytes.
    ///
    /// # Errors
    /// Without a source of randomness.
    pub fn close(&self, purpose: &str, content: &[u8]) -> Result<Vec<u8>> {
        // Long enough to be taken by chance for as long as the key is used.
        let mut nonce = [0; NONCE];
        getrandom::fill(&mut nonce).map_err(Error::internal)?;
        let content = Payload {
            msg: content,
            aad: purpose.as_bytes(),
        };
        let closed = self.current.encrypt(&XNonce::from(nonce), content);
        let closed = closed.map_err(|_| Error::internal("nothing was sealed"))?;
        Ok([&nonce[..], &closed].concat())
    }

    /// What was closed for `purpose`; `None` if it was changed, or closed for something else or
    /// with another key.
    pub fn open(&self, purpose: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, closed) = sealed.split_first_chunk::<NONCE>()?;
        let keys = [Some(&self.current), self.previous.as_ref()];
        keys.into_iter().flatten().find_map(|key| {
            let closed = Payload {
                msg: closed,
                aad: purpose.as_bytes(),
            };
            key.decrypt(&XNonce::from(*nonce), closed).ok()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_unchanged_with_its_key_and_for_its_purpose_only() {
        let (seal, other) = (Seal::new(&[1; 32]), Seal::new(&[2; 32]));
        let closed = seal.close("a", b"content").unwrap();
        assert_eq!(seal.open("a", &closed).as_deref(), Some(&b"content"[..]));
        assert_eq!(seal.open("b", &closed), None);
        assert_eq!(other.open("a", &closed), None);
        assert_ne!(other.key_id(), seal.key_id());
        assert_ne!(seal.close("a", b"content").unwrap(), closed);
        for at in 0..closed.len() {
            let mut changed = closed.clone();
            changed[at] ^= 1;
            assert_eq!(seal.open("a", &changed), None, "byte {at}");
            assert_eq!(seal.open("a", &closed[..at]), None, "{at} bytes");
        }
    }

    #[test]
    fn what_the_key_before_sealed_opens_and_nothing_new_is_sealed_with_it() {
        let (old, new) = (Seal::new(&[1; 32]), Seal::new(&[2; 32]));
        let both = Seal::new(&[2; 32]).with_previous(&[1; 32]);
        let (before, after) = (
            old.close("a", b"1").unwrap(),
            both.close("a", b"2").unwrap(),
        );
        assert_eq!(both.open("a", &before).as_deref(), Some(&b"1"[..]));
        assert_eq!(both.open("b", &before), None);
        assert_eq!(new.open("a", &after).as_deref(), Some(&b"2"[..]));
        assert_eq!(old.open("a", &after), None);
    }
}
