//! Where a copy lies in the store, and the address by which its person fetches it.

use std::time::Duration;

use super::entity::data_export::Model;
use crate::{
    clock::Timestamp,
    error::Result,
    media::policy::{VIEW, window},
    platform::store::{Answers, Store},
};

/// What a browser is told of it: to save it, and to keep it nowhere else.
pub const TOLD: Answers<'static> = Answers {
    content_type: "application/zip",
    disposition: "attachment; filename=\"rookery-data.zip\"",
    cache_control: "private, no-store",
};

/// Where a copy lies.
pub fn key(row: &Model) -> String {
    format!("exports/{}.zip", row.object_name)
}

/// The address of a copy that is there: good for some minutes, and never beyond its end.
pub fn view(store: &Store, row: &Model, now: Timestamp) -> Result<Option<String>> {
    let start = window(now);
    let left = row.expires_at.map_or(0, |end| end.0 - start.0);
    let left = Duration::from_secs(u64::try_from(left / 1_000_000).unwrap_or_default());
    if left.is_zero() {
        return Ok(None);
    }
    let url = store.presign_get(&key(row), &TOLD, start, left.min(VIEW))?;
    Ok(Some(url))
}
