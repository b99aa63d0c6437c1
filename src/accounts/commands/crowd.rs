//! The accounts of a crowd.

use serde_json::json;

use crate::{crowd::Crowd, error::Result, platform::db::Txn};

/// Adds the accounts of these people of a crowd, verified and with one password for all, of which
/// this is the hash. `people` are their rows of `n`, `id`, `handle` and `created_at`, as SQL.
pub async fn add_crowd(txn: &Txn, crowd: &Crowd, people: &str, password_hash: &str) -> Result<()> {
    let accounts = format!(
        "INSERT INTO account (person_id, email, email_key, email_verified_at, password_hash, role) \
         SELECT id, handle || '@example.org', handle || '@example.org', created_at, hash, 'MEMBER' \
         FROM {people}, {}",
        crowd.listed(&["hash"])
    );
    let hash = json!([[password_hash]]);
    crowd.write(txn, &accounts, Some(hash)).await?;
    let addresses = format!(
        "INSERT INTO email_address (key, person_id) \
         SELECT handle || '@example.org', id FROM {people}"
    );
    crowd.write(txn, &addresses, None).await?;
    let outside = format!(
        "INSERT INTO personid (person_id, personid) SELECT id, {} FROM {people}",
        crowd.outside("n", 40)
    );
    crowd.write(txn, &outside, None).await?;
    Ok(())
}
