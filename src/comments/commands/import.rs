//! Comments by the thousand.

use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel};

use super::{create::created, write_mentions};
use crate::{
    activity::{By, record},
    comments::{entity::comment, policy::Text},
    error::{Error, Result},
    ids::PostId,
    people,
    platform::db::{Txn, Viewer},
    posts,
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
    let under: Vec<PostId> = comments.iter().map(|comment| comment.post_id).collect();
    let exposures = posts::queries::exposures(txn, &under).await?;
    for comment in comments {
        let exposure = exposures.get(&comment.post_id);
        let exposure = exposure.ok_or_else(|| Error::internal("a comment without a post"))?;
        let text = Text::check(&comment.body)?;
        let author = Viewer::person(comment.author_id, false, comment.created_at);
        let people = people::queries::mentioned(txn, author, &text.mentions).await?;
        write_mentions(txn, comment.id, &people).await?;
        let by = By::person(comment.author_id, comment.created_at);
        record(
            txn,
            by,
            &created(comment, &people, exposure.visibility()),
            [],
        )?;
    }
    Ok(())
}
