//! Posts by the thousand.

use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel};

use super::{create::published, repost::reposted};
use crate::{
    activity::{By, record},
    error::{Error, Result},
    ids::PostId,
    people,
    platform::{
        Platform,
        db::{Txn, Viewer},
    },
    posts::{entity::post, policy::Text, queries, relations},
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
    let ids: Vec<PostId> = posts.iter().map(|post| post.id).collect();
    let exposures = queries::exposures(txn, &ids).await?;
    for post in posts {
        let exposure = exposures.get(&post.id).copied();
        let exposure = exposure.ok_or_else(|| Error::internal("a post was not written"))?;
        let by = By::person(post.author_id, post.created_at);
        if let Some(original) = post.repost_of_id {
            let fact = reposted(post, original, exposure);
            record(txn, by, &fact, [])?;
            continue;
        }
        let text = Text::check(&post.body, false)?;
        let author = Viewer::person(post.author_id, false, post.created_at);
        let people = people::queries::mentioned(txn, author, &text.mentions).await?;
        relations::write_mentions(txn, post, &people).await?;
        let counted = (exposure.is_counted(), post.created_at);
        let tags = relations::write_hashtags(p, txn, post, &text.hashtags, counted).await?;
        record(
            txn,
            by,
            &published(post, (&people, &tags), (exposure, 0)),
            [],
        )?;
    }
    Ok(())
}
