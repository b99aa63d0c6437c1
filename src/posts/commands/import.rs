//! Posts by the thousand.

use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel};

use crate::{
    error::Result,
    people,
    platform::{
        Platform,
        db::{Txn, Viewer},
    },
    posts::{entity::post, policy::Text, relations},
};

/// Adds many posts at once, without counting them: for seeding.
///
/// # Errors
/// BAD_USER_INPUT, for a text that nobody could publish.
pub async fn import(p: &Platform, txn: &Txn, posts: &[post::Model]) -> Result<()> {
    let rows = posts
        .iter()
        .map(|post| post.clone().into_active_model().reset_all());
    post::Entity::insert_many(rows)
        .exec_without_returning(&**txn)
        .await?;
    for post in posts.iter().filter(|post| post.repost_of_id.is_none()) {
        let text = Text::check(&post.body)?;
        let author = Viewer::person(post.author_id, false, post.created_at);
        let people = people::queries::mentioned(txn, author, &text.mentions).await?;
        relations::write_mentions(txn, post, &people).await?;
        relations::write_hashtags(p, txn, post, &text.hashtags, post.created_at).await?;
    }
    Ok(())
}
