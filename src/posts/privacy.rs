//! What a person's privacy means for their posts.

use sea_orm::{ConnectionTrait, Statement};

use crate::{
    accounts::Me,
    counters::{Counter, Deltas},
    error::Result,
    ids::PersonId,
    people::{self, commands::ProfileChanges},
    platform::{
        Platform,
        db::{Lane, Txn},
    },
};

/// Changes the caller's own profile; with their privacy the numbers of their hashtags. Requests to
/// follow stay when an account becomes public again.
///
/// # Errors
/// BAD_USER_INPUT.
pub async fn update_profile(p: &Platform, me: &Me, changes: ProfileChanges) -> Result<()> {
    let changes = &changes.check()?;
    p.db.write_txn(Lane::Request, |txn| async move {
        let written = people::commands::write_profile(&txn, me, changes).await?;
        match written.privacy_changed {
            Some(is_private) => moved(&txn, me.id(), is_private).await,
            None => Ok(()),
        }
    })
    .await
}

/// After a person's account became private or public: takes their posts out of the numbers of
/// their hashtags, or puts them back (R11). Their state is locked exclusively, so that no post of
/// theirs comes or goes meanwhile.
async fn moved(txn: &Txn, author: PersonId, is_private: bool) -> Result<()> {
    let sql = "SELECT h.hashtag_id AS id, COUNT(*) AS posts FROM post_hashtag h \
               JOIN post p ON p.id = h.post_id WHERE p.author_id = $1 AND p.visibility = 'PUBLIC' \
               AND p.deleted_at IS NULL GROUP BY h.hashtag_id";
    let statement = Statement::from_sql_and_values(txn.backend(), sql, [author.into()]);
    let mut deltas = Deltas::default();
    for row in txn.query_all_raw(statement).await? {
        let posts: i64 = row.try_get("", "posts")?;
        let delta = if is_private { -posts } else { posts };
        deltas.add(row.try_get("", "id")?, Counter::Posts, delta);
    }
    deltas.write(txn).await
}
