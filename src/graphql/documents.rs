//! Documents that have run before: neither scanned nor parsed nor validated anew, and called by
//! their hashes where clients would rather not send them (automatic persisted queries, as Apollo's
//! clients ask by them).
//!
//! One cache for both, bounded by bytes: what is asked often outlasts what is asked once, so that
//! garbage pushes out garbage. Only what the guard and validation have passed gets in, and only
//! what the text alone decides: nothing in here depends on who asks, on variables or on the
//! operation that was chosen.

use std::sync::Arc;

use metrics::{counter, gauge};
use quick_cache::{DefaultHashBuilder, OptionsBuilder, Weighter, sync::Cache};
use sha2::{Digest, Sha256};

use super::{
    errors::ErrorCode,
    guard::{Checked, Guard, Limits, SchemaTypes},
    refused::Refused,
};
use crate::platform::config::LimitsConfig;

/// The only version of the protocol that there is.
const VERSION: u64 = 1;
/// About what a document of a screen takes, from which the cache guesses how many it will hold.
const USUAL_BYTES: usize = 8 * 1024;
/// So many parts of the cache are locked apart.
const PARTS: usize = 4;

/// What a client says of the document that it wants to run.
#[derive(Debug, Default)]
pub struct Wanted {
    /// Its text.
    pub text: Option<String>,
    /// What it is called by, or to be called by from now on.
    pub persisted: Option<Persisted>,
}

/// `extensions.persistedQuery`.
#[derive(Debug, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Persisted {
    /// Of the protocol.
    pub version: u64,
    /// The SHA-256 of the document's text, as 64 hexadecimal digits.
    pub sha256_hash: String,
}

/// The SHA-256 of a text.
type Key = [u8; 32];

/// A document that was found or read.
pub(super) struct Found {
    pub(super) checked: Arc<Checked>,
    /// Where it is kept; `None` where nothing is.
    key: Option<Key>,
    is_known: bool,
}

impl Found {
    /// Whether validation has nothing to say about it any more.
    pub(super) fn is_valid(&self) -> bool {
        self.is_known && self.checked.is_settled()
    }
}

/// A document in the cache, with the bytes that it takes.
#[derive(Clone)]
struct Kept {
    checked: Arc<Checked>,
    bytes: u64,
}

#[derive(Clone)]
struct Bytes;

impl Weighter<Key, Kept> for Bytes {
    fn weight(&self, _: &Key, kept: &Kept) -> u64 {
        kept.bytes
    }
}

/// The documents of one process.
pub(super) struct Documents {
    guard: Guard,
    /// `None`: none are kept.
    kept: Option<Cache<Key, Kept, Bytes>>,
}

impl Documents {
    /// None yet, and never more than `most` bytes of them; none at all where that is 0.
    pub(super) fn new(guard: Guard, most: usize) -> Self {
        let mut options = OptionsBuilder::new();
        options
            .shards(PARTS)
            .estimated_items_capacity(most.div_ceil(USUAL_BYTES))
            .weight_capacity(u64::try_from(most).unwrap_or(u64::MAX));
        let options = options.build().ok().filter(|_| most > 0);
        let (hasher, life) = (DefaultHashBuilder::default(), Default::default());
        Self {
            guard,
            kept: options.map(|options| Cache::with_options(options, Bytes, hasher, life)),
        }
    }

    /// What has judged them.
    pub(super) fn guard(&self) -> &Guard {
        &self.guard
    }

    /// The document that a client wants.
    ///
    /// # Errors
    /// BAD_USER_INPUT where hash and text do not belong together; PERSISTED_QUERY_NOT_FOUND for a
    /// hash alone that nothing is kept by; what the guard says of a text that is new.
    pub(super) fn find(&self, wanted: Wanted) -> Result<Found, Refused> {
        let named = wanted.persisted.map(hash).transpose()?;
        let Some(text) = wanted.text else {
            return self.known(named.ok_or_else(nothing_wanted)?);
        };
        let key = match (&self.kept, named) {
            (None, None) => None,
            _ => Some(Key::from(Sha256::digest(&text))),
        };
        if named.is_some() && named != key {
            let say = "`extensions.persistedQuery.sha256Hash` is not the SHA-256 of `query`. Hash \
                       the text exactly as it is sent.";
            return Err(Refused::new(ErrorCode::BadUserInput, say));
        }
        if let Some(found) = key.and_then(|key| self.get(key)) {
            return Ok(found);
        }
        count("miss");
        Ok(Found {
            checked: Arc::new(self.guard.read(&text)?),
            key,
            is_known: false,
        })
    }

    fn known(&self, key: Key) -> Result<Found, Refused> {
        if self.kept.is_none() {
            // Clients that read this text send no hashes any more.
            let say = "PersistedQueryNotSupported";
            return Err(Refused::new(ErrorCode::BadUserInput, say));
        }
        self.get(key).ok_or_else(|| {
            count("unknown");
            // The text by which clients know that they have to send the document.
            Refused::new(ErrorCode::PersistedQueryNotFound, "PersistedQueryNotFound")
        })
    }

    fn get(&self, key: Key) -> Option<Found> {
        let kept = self.kept.as_ref()?.get(&key)?;
        count("hit");
        Some(Found {
            checked: kept.checked,
            key: Some(key),
            is_known: true,
        })
    }

    /// Keeps a document that validation has passed.
    pub(super) fn keep(&self, found: &Found) {
        let (Some(kept), Some(key)) = (&self.kept, found.key) else {
            return;
        };
        if found.is_known {
            return;
        }
        // A clone has no room to grow, which would be counted by nobody.
        let checked = Checked::clone(&found.checked);
        let bytes = u64::try_from(checked.weight()).unwrap_or(u64::MAX);
        let checked = Arc::new(checked);
        kept.insert(key, Kept { checked, bytes });
        gauge!("rookery_documents_bytes").set(kept.weight() as f64);
    }
}

/// The judge of a schema's documents, by the configured limits.
pub(super) fn guard(types: SchemaTypes, limits: &LimitsConfig) -> Guard {
    let limits = Limits {
        query_bytes: limits.max_query_bytes,
        tokens: limits.max_tokens,
        depth: limits.max_depth,
        aliases: limits.max_aliases,
        directives: limits.max_directives,
        selections: limits.max_selections,
        query_root_fields: limits.max_root_fields,
        mutation_root_fields: limits.max_mutation_root_fields,
        operations: limits.max_operations,
        fragments: limits.max_fragments,
        list_items: limits.max_list_items,
        cost: limits.max_cost,
        ..Limits::default()
    };
    Guard::new(types, limits)
}

/// What a document is called by.
fn hash(persisted: Persisted) -> Result<Key, Refused> {
    let refuse = |say: &str| Err(Refused::new(ErrorCode::BadUserInput, say));
    if persisted.version != VERSION {
        let version = persisted.version;
        return refuse(&format!(
            "`extensions.persistedQuery` is of version {version}; send version {VERSION}."
        ));
    }
    let digits = persisted.sha256_hash.as_bytes();
    let digit = |byte: &u8| {
        char::from(*byte)
            .to_digit(16)
            .and_then(|n| u8::try_from(n).ok())
    };
    let digits: Option<Vec<u8>> = digits.iter().map(digit).collect();
    let bytes = digits.map(|digits| digits.chunks(2).map(whole).collect::<Vec<u8>>());
    match bytes.map(Key::try_from) {
        Some(Ok(key)) if persisted.sha256_hash.len() == 2 * key.len() => Ok(key),
        _ => refuse(
            "`extensions.persistedQuery.sha256Hash` must be the SHA-256 of the query as 64 \
             hexadecimal digits.",
        ),
    }
}

/// A byte of two digits.
fn whole(digits: &[u8]) -> u8 {
    digits.iter().fold(0, |byte, digit| byte << 4 | digit)
}

fn nothing_wanted() -> Refused {
    Refused::new(ErrorCode::BadUserInput, "`query` is missing.")
}

fn count(result: &'static str) {
    counter!("rookery_documents_total", "result" => result).increment(1);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn documents(most: usize) -> Documents {
        let types = SchemaTypes::from_sdl("type Query { a(b: String): Query }").unwrap();
        Documents::new(Guard::new(types, Limits::default()), most)
    }

    fn text(text: &str) -> Wanted {
        Wanted {
            text: Some(text.to_owned()),
            persisted: None,
        }
    }

    fn by_hash(text: &str) -> Wanted {
        let digest = Sha256::digest(text);
        let digits = digest.iter().map(|byte| format!("{byte:02x}"));
        Wanted {
            text: None,
            persisted: Some(Persisted {
                version: VERSION,
                sha256_hash: digits.collect(),
            }),
        }
    }

    /// Runs a document as the executor does.
    fn run(documents: &Documents, query: &str) -> bool {
        let found = documents.find(text(query)).ok().unwrap();
        documents.keep(&found);
        found.is_known
    }

    #[test]
    fn garbage_makes_it_no_larger_than_its_bound_and_does_not_push_out_what_is_asked_often() {
        let most = 256 * 1024;
        let documents = documents(most);
        let weight = || documents.kept.as_ref().map_or(0, Cache::weight);
        let often = "{ a { often: a { __typename } } }";
        for _ in 0..3 {
            run(&documents, often);
        }
        let mut lost = 0;
        for n in 0..5_000 {
            // Each a little larger than the one before, up to some that fill a quarter.
            let fields = "a ".repeat(1 + n % 300);
            run(&documents, &format!("{{ a {{ n{n}: a {{ {fields} }} }} }}"));
            assert!(weight() <= most as u64, "{} bytes", weight());
            if n % 20 == 0 {
                lost += usize::from(!run(&documents, often));
            }
        }
        assert!(weight() > most as u64 / 2, "{} bytes", weight());
        assert_eq!(lost, 0);
        assert!(documents.find(by_hash(often)).is_ok());
    }

    #[test]
    fn what_is_larger_than_the_cache_is_read_each_time_and_pushes_nothing_out() {
        let documents = documents(8 * 1024);
        run(&documents, "{ a { __typename } }");
        let large = format!("{{ a {{ {} }} }}", "a ".repeat(1_000));
        assert!(!run(&documents, &large));
        assert!(!run(&documents, &large));
        assert!(run(&documents, "{ a { __typename } }"));
    }

    #[test]
    fn without_room_nothing_is_kept() {
        let documents = documents(0);
        assert!(!run(&documents, "{ a }"));
        assert!(!run(&documents, "{ a }"));
        let refused = documents.find(by_hash("{ a }")).err().unwrap();
        assert_eq!(refused.code, ErrorCode::BadUserInput);
    }

    #[test]
    fn a_document_takes_more_memory_than_its_text() {
        let documents = documents(0);
        let small = documents.find(text("{ a { a } }")).ok().unwrap();
        let large = documents.find(text("{ a { a(b: \"c\") { a } ... { a } } }"));
        let large = large.ok().unwrap();
        assert!(small.checked.weight() > 500, "{}", small.checked.weight());
        assert!(large.checked.weight() > small.checked.weight() + 500);
    }
}
