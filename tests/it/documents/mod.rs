//! Documents that are known: called by their hashes, and read once.

mod kept;
mod persisted;
mod streams;

use rookery::platform::config::Config;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// The hash that a document is called by.
pub fn hash(text: &str) -> String {
    let digest = Sha256::digest(text);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What clients send of a document by its hash: Apollo's add who they are.
pub fn extensions(text: &str) -> Value {
    json!({
        "clientLibrary": { "name": "@apollo/client", "version": "4.3.8" },
        "persistedQuery": { "version": 1, "sha256Hash": hash(text) },
    })
}

/// A request by the hash alone.
pub fn by_hash(text: &str, variables: Value) -> Value {
    json!({ "variables": variables, "extensions": extensions(text) })
}

/// A request by the hash that sends the document along.
pub fn with_text(text: &str, variables: Value) -> Value {
    json!({ "query": text, "variables": variables, "extensions": extensions(text) })
}

/// An app that keeps no documents.
pub fn without(config: &mut Config) {
    config.documents.document_cache_bytes = 0;
}
