//! Signs and reads access tokens: EdDSA JWTs that do not live long.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ed25519_dalek::{
    SigningKey,
    pkcs8::{DecodePrivateKey, EncodePrivateKey, spki::der::pem::LineEnding},
};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::limiter::Bounded;
use crate::{
    clock::Timestamp,
    error::{Error, Result},
};

const ISSUER: &str = "rookery";
/// What kind of token it is (RFC 9068): no other kind of ours, now or later, is taken for one.
const KIND: &str = "at+jwt";

/// How many tokens are remembered whose signature was found good. Beyond that some are looked at
/// again.
const MOST: usize = 20_000;

/// What an access token says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Claims {
    iss: String,
    aud: String,
    /// The person.
    pub sub: Uuid,
    /// The session that the token belongs to.
    pub sid: Uuid,
    iat: i64,
    exp: i64,
}

impl Claims {
    /// When the token ends.
    pub fn expires_at(&self) -> Timestamp {
        Timestamp(self.exp.saturating_mul(1_000_000))
    }
}

/// The key that signs, and those whose signatures are accepted, by their `kid`.
pub struct Tokens {
    key: SigningKey,
    kid: String,
    sign: EncodingKey,
    accept: HashMap<String, DecodingKey>,
    previous: Option<SigningKey>,
    life: Duration,
    /// What good tokens say, by their hash. To prove a signature costs as much as a short query.
    proven: Mutex<Bounded<[u8; 32], Claims>>,
}

impl Tokens {
    /// Reads an Ed25519 key in PKCS#8 PEM; tokens signed by it are good for `life`.
    ///
    /// # Errors
    /// Says what the key should have been.
    pub fn from_pem(pem: &str, life: Duration) -> Result<Self, String> {
        let key = parse(pem)?;
        let (kid, public) = public(&key);
        let der = key.to_pkcs8_der().map_err(|e| e.to_string())?;
        Ok(Self {
            sign: EncodingKey::from_ed_der(der.as_bytes()),
            accept: HashMap::from([(kid.clone(), public)]),
            kid,
            key,
            previous: None,
            life,
            proven: Mutex::new(Bounded::new(MOST)),
        })
    }

    /// Also accepts what the key before signed.
    ///
    /// # Errors
    /// Says what the key should have been.
    pub fn with_previous(mut self, pem: &str) -> Result<Self, String> {
        let key = parse(pem).map_err(|error| format!("ROOKERY_SIGNING_KEY_PREVIOUS: {error}"))?;
        let (kid, public) = public(&key);
        self.accept.insert(kid, public);
        self.previous = Some(key);
        Ok(self)
    }

    /// A secret for another `purpose` than signing. Whoever has the signing key has the same.
    pub fn secret(&self, purpose: &str) -> [u8; 32] {
        secret(&self.key, purpose)
    }

    /// The same secret of the key before, if there is one.
    pub fn previous_secret(&self, purpose: &str) -> Option<[u8; 32]> {
        self.previous.as_ref().map(|key| secret(key, purpose))
    }

    /// A new key in PKCS#8 PEM.
    pub fn new_pem() -> Result<String, String> {
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).map_err(|e| e.to_string())?;
        let pem = SigningKey::from_bytes(&seed).to_pkcs8_pem(LineEnding::LF);
        Ok(pem.map_err(|e| e.to_string())?.to_string())
    }

    /// An access token and when it ends.
    pub fn sign(&self, person: Uuid, session: Uuid, now: Timestamp) -> Result<(String, Timestamp)> {
        let expires = now.plus(self.life);
        let claims = Claims {
            iss: ISSUER.to_owned(),
            aud: ISSUER.to_owned(),
            sub: person,
            sid: session,
            iat: now.seconds(),
            exp: expires.seconds(),
        };
        let header = Header {
            kid: Some(self.kid.clone()),
            typ: Some(KIND.to_owned()),
            ..Header::new(Algorithm::EdDSA)
        };
        let token = jsonwebtoken::encode(&header, &claims, &self.sign).map_err(Error::internal)?;
        Ok((token, expires))
    }

    /// What a token says, if one of our keys signed it and it has not ended. The session behind
    /// it still has to be looked up.
    pub fn read(&self, token: &str, now: Timestamp) -> Option<Claims> {
        let hash = Sha256::digest(token).into();
        let known = self.proven().get(&hash).cloned();
        let claims = match known {
            Some(claims) => claims,
            None => {
                let claims = self.prove(token)?;
                let is_over = |claims: &Claims| claims.exp <= now.seconds();
                self.proven().insert(hash, claims.clone(), is_over);
                claims
            }
        };
        (now.seconds() < claims.exp).then_some(claims)
    }

    fn proven(&self) -> MutexGuard<'_, Bounded<[u8; 32], Claims>> {
        self.proven.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What a token says that one of our keys signed, whenever it ends.
    fn prove(&self, token: &str) -> Option<Claims> {
        let header = jsonwebtoken::decode_header(token).ok()?;
        let is_access = header.typ?.eq_ignore_ascii_case(KIND);
        // Whoever marks something as critical counts on its being understood.
        if !is_access || header.crit.is_some() {
            return None;
        }
        // Of our own keys alone: what the header says of others is not looked at.
        let key = self.accept.get(&header.kid?)?;
        let mut rules = Validation::new(Algorithm::EdDSA);
        rules.set_issuer(&[ISSUER]);
        rules.set_audience(&[ISSUER]);
        rules.set_required_spec_claims(&["iss", "aud", "sub", "exp"]);
        // The end is judged by our own clock, each time.
        rules.validate_exp = false;
        let token = jsonwebtoken::decode::<Claims>(token, key, &rules).ok()?;
        Some(token.claims)
    }
}

fn parse(pem: &str) -> Result<SigningKey, String> {
    SigningKey::from_pkcs8_pem(pem.trim()).map_err(|_| {
        "the signing key is not an Ed25519 key in PKCS#8 PEM; make one with \
         `openssl genpkey -algorithm ed25519`"
            .to_owned()
    })
}

/// What checks a key's signatures, and its name.
fn public(key: &SigningKey) -> (String, DecodingKey) {
    let public = key.verifying_key();
    let kid = URL_SAFE_NO_PAD.encode(&Sha256::digest(public.as_bytes())[..8]);
    (kid, DecodingKey::from_ed_der(public.as_bytes()))
}

fn secret(key: &SigningKey, purpose: &str) -> [u8; 32] {
    let mut hash = Sha256::new_with_prefix(b"rookery secret for ");
    hash.update(purpose);
    hash.update([0]);
    hash.update(key.to_bytes());
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIFE: Duration = Duration::from_secs(900);

    #[test]
    fn secrets_depend_on_the_key_and_the_purpose() {
        let pem = Tokens::new_pem().unwrap();
        let tokens = Tokens::from_pem(&pem, LIFE).unwrap();
        let others = Tokens::from_pem(&Tokens::new_pem().unwrap(), LIFE).unwrap();
        let again = Tokens::from_pem(&pem, LIFE).unwrap();
        assert_eq!(tokens.secret("seal"), again.secret("seal"));
        assert_ne!(tokens.secret("seal"), tokens.secret("else"));
        assert_ne!(tokens.secret("seal"), others.secret("seal"));
        assert_ne!(tokens.secret("seal"), tokens.key.to_bytes());
    }

    #[test]
    fn a_token_is_read_until_it_ends_and_only_with_its_key() {
        let tokens = Tokens::from_pem(&Tokens::new_pem().unwrap(), LIFE).unwrap();
        let others = Tokens::from_pem(&Tokens::new_pem().unwrap(), LIFE).unwrap();
        let (now, person) = (Timestamp(1_800_000_000_000_000), Uuid::from_u128(1));
        let (token, expires) = tokens.sign(person, Uuid::from_u128(2), now).unwrap();
        assert_eq!(
            tokens.read(&token, now).map(|claims| claims.sub),
            Some(person)
        );
        assert!(tokens.read(&token, expires).is_none(), "it has ended");
        assert!(others.read(&token, now).is_none(), "another key");
        let (head, rest) = token.split_once('.').unwrap();
        let none = URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"JWT"}"#);
        assert!(
            tokens.read(&format!("{none}.{rest}"), now).is_none(),
            "no algorithm"
        );
        assert!(tokens.read(head, now).is_none());
    }
}
