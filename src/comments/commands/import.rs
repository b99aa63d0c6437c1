//! Comments by the thousand.

use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel};

use super::write_mentions;
use crate::{
    comments::{entity::comment, policy::Text},
    error::Result,
    people,
    platform::db::{Txn, Viewer},
};

/// Adds many comments at once, parents before replies, without counting them: for seeding.
///
/// # Errors
/// BAD_USER_INPUT, for a text that nobody could publish.
pub async fn import(txn: &Txn, comments: &[comment::Model]) -> Result<()> {
    let rows = comments
        .iter()
        .map(|comment| comment.clone().into_active_model().reset_all());
    comment::Entity::insert_many(rows)
        .exec_without_returning(&**txn)
        .await?;
    for comment in comments {
        let text = Text::check(&comment.body)?;
        let author = Viewer::person(comment.author_id, false, comment.created_at);
        let people = people::queries::mentioned(txn, author, &text.mentions).await?;
        write_mentions(txn, comment.id, &people).await?;
    }
    Ok(())
}
