//! Changing a post.

use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, IntoActiveModel};

use super::{count_hashtags, lock};
use crate::{
    accounts::Me,
    counters::Deltas,
    error::Result,
    ids::{PersonId, PostEditId, PostId},
    platform::{
        Platform,
        db::{Gate, Lane, Txn},
    },
    posts::{
        entity::{
            post::{self, ReplyPolicy},
            post_edit,
        },
        policy::{self, Text},
        relations,
        towards::lock_towards,
    },
};

/// What to change in a post; `None` leaves it as it is.
#[derive(Clone, Copy, Debug, Default)]
pub struct PostChanges<'a> {
    pub body: Option<&'a str>,
    pub reply_policy: Option<ReplyPolicy>,
}

/// Changes a post. A text that is replaced is kept; the same text changes nothing.
///
/// # Errors
/// BAD_USER_INPUT, NOT_FOUND, FORBIDDEN (by somebody else, or a plain repost).
pub async fn edit(
    p: &Platform,
    me: &Me,
    id: PostId,
    changes: PostChanges<'_>,
) -> Result<post::Model> {
    let text = changes.body.map(Text::check).transpose()?;
    let now = p.now();
    let (edit, text) = (PostEditId(p.new_id(now)), text.as_ref());
    let _pass = p.db.gate(Gate::Hot(id.0)).await?;
    p.db.write_txn(Lane::Request, |txn| async move {
        let mentions = text.map_or(&[][..], |text| &text.mentions);
        let people = lock_towards(&txn, me, mentions, []).await?;
        let mut post = lock(&txn, me, id, "postId").await?;
        policy::may_edit(me, &post)?;
        let text = text.filter(|text| text.body != post.body);
        let mut row = post::ActiveModel {
            id: Set(id),
            ..Default::default()
        };
        if let Some(replies) = changes.reply_policy {
            row.reply_policy = Set(replies);
        }
        if let Some(text) = text {
            keep(&txn, &post, edit, now).await?;
            row.body = Set(text.body.clone());
            row.edited_at = Set(Some(now));
        }
        if row.reply_policy.is_set() || row.body.is_set() {
            post = post::Entity::update(row).exec(&*txn).await?;
        }
        if let Some(text) = text {
            mark(p, &txn, &post, (text, &people)).await?;
        }
        Ok(post)
    })
    .await
}

/// Keeps the text that stood until now.
async fn keep(
    txn: &Txn,
    post: &post::Model,
    id: PostEditId,
    now: crate::clock::Timestamp,
) -> Result<()> {
    let before = post_edit::Model {
        id,
        post_id: post.id,
        body: post.body.clone(),
        edited_at: now,
    };
    let before = before.into_active_model().reset_all();
    post_edit::Entity::insert(before)
        .exec_without_returning(&**txn)
        .await?;
    Ok(())
}

/// Writes the mentions and hashtags of the new text in place of the old ones.
async fn mark(
    p: &Platform,
    txn: &Txn,
    post: &post::Model,
    (text, people): (&Text, &[PersonId]),
) -> Result<()> {
    let now = post.edited_at.unwrap_or(post.created_at);
    let had = relations::clear(txn, post).await?;
    relations::write_mentions(txn, post, people).await?;
    let has = relations::write_hashtags(p, txn, post, &text.hashtags, now).await?;
    let mut deltas = Deltas::default();
    count_hashtags(txn, &mut deltas, post, (&had, &has)).await?;
    deltas.write(txn).await
}
