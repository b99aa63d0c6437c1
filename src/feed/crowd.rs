//! Whose posts of a crowd are looked for by those who read.

use uuid::Uuid;

use super::sql::change;
use crate::{error::Result, platform::db::Txn};

/// Notes everybody whose posts are pulled. All follows of a crowd are marked to pull from the
/// beginning: nothing lies ready for anybody before they first sign in.
pub async fn note_crowd(txn: &Txn) -> Result<()> {
    let sql = "INSERT INTO feed_author (author_id, reached_id, is_marked) \
               SELECT DISTINCT author_id, $1, TRUE FROM post \
               WHERE fan_out = 'PULL' AND deleted_at IS NULL AND is_fanned_out \
               ON CONFLICT (author_id) DO NOTHING";
    change(txn, sql, [Uuid::max().into()]).await?;
    Ok(())
}
