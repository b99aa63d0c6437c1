//! The words by which a crowd and what it says are found.

use serde_json::{Value, json};
use uuid::Uuid;

use super::{align::align, tokens};
use crate::{
    crowd::{Crowd, Numbers},
    error::Result,
    people,
    platform::db::{Db, Lane, Txn},
    posts,
};

/// How many people's names are taken in at once: each has some 25 rows.
const NAMES: u64 = 200;

/// Makes the rows of the names of all people of a crowd, and tells after each part of them of how
/// many: they are the first `many` by their ids.
pub async fn name_crowd(db: &Db, many: i64, told: impl Fn(u64)) -> Result<()> {
    let (mut after, mut left) = (Uuid::nil(), many.unsigned_abs());
    while left > 0 {
        let ids = db.write_txn(Lane::Background, |txn| async move {
            let ids = people::index::next(&*txn, after, NAMES.min(left)).await?;
            align(&txn, &ids, usize::MAX).await?;
            Ok(ids)
        });
        let ids = ids.await?;
        let Some(last) = ids.last() else { break };
        after = *last;
        left -= ids.len() as u64;
        told(ids.len() as u64);
    }
    Ok(())
}

/// Makes the rows of what these posts of a crowd say, whose texts are among `lines`, and says how many:
/// every text is read once.
pub async fn word_crowd(
    txn: &Txn,
    crowd: &Crowd,
    numbers: &Numbers,
    lines: &[posts::commands::Line],
) -> Result<u64> {
    let words = lines.iter().enumerate().flat_map(|(n, (body, _))| {
        let row = move |word| json!([n, word]);
        tokens::of_text(body).into_iter().map(row)
    });
    let listed = Value::from_iter(words);
    let sql = format!(
        "INSERT INTO search_word (kind, term, place, subject_id) \
         SELECT level, listed.term, at, id FROM {} JOIN {} ON listed.line = posts.line \
         ORDER BY 1, 2, 3, 4",
        posts::commands::worded(crowd, numbers, lines.len()),
        crowd.listed(&["#line", "term"])
    );
    crowd.write(txn, &sql, Some(listed)).await
}
