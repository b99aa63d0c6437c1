//! Changing a post.

use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, IntoActiveModel};

use super::{count_hashtags, lock};
use crate::{
    accounts::Me,
    activity::{By, record},
    counters::Deltas,
    error::Result,
    ids::{HashtagId, MediaId, PersonId, PostEditId, PostId},
    media::{self, ParentKind, policy::check_attached},
    platform::{
        Platform,
        db::{Gate, Lane, Txn},
    },
    posts::{
        entity::{
            post::{self, ReplyPolicy},
            post_edit,
        },
        events::{Edited, PostPart, many},
        policy::{self, Exposure, Text},
        queries, relations,
        towards::lock_towards,
    },
};

const MEDIA: &str = "mediaIds";

/// What to change in a post; `None` leaves it as it is.
#[derive(Clone, Copy, Debug, Default)]
pub struct PostChanges<'a> {
    pub body: Option<&'a str>,
    pub reply_policy: Option<ReplyPolicy>,
    /// What hangs on it from now on, in this order.
    pub media: Option<&'a [MediaId]>,
}

/// Changes a post. A text that is replaced is kept; the same text changes nothing.
///
/// # Errors
/// BAD_USER_INPUT (nothing would be left of it, too), NOT_FOUND, FORBIDDEN (by somebody else, or a
/// plain repost), CONFLICT (media that are not uploaded, or failed).
pub async fn edit(
    p: &Platform,
    me: &Me,
    id: PostId,
    changes: PostChanges<'_>,
) -> Result<post::Model> {
    let text = changes.body.map(|body| Text::check(body, true));
    let media = changes.media.map(|ids| check_attached(ids, MEDIA));
    let (text, media) = (text.transpose()?, media.transpose()?);
    let (text, media, now) = (text.as_ref(), media.as_deref(), p.now());
    let edit = PostEditId(p.new_id(now));
    let _pass = p.db.gate(Gate::Hot(id.0)).await?;
    p.db.write_txn(Lane::Request, |txn| async move {
        let mentions = text.map_or(&[][..], |text| &text.mentions);
        let people = lock_towards(&txn, me, mentions, []).await?;
        let mut post = lock(&txn, me, id, "postId").await?;
        policy::may_edit(me, &post)?;
        let text = text.filter(|text| text.body != post.body);
        let mut changed = Vec::new();
        let mut row = post::ActiveModel {
            id: Set(id),
            ..Default::default()
        };
        if let Some(text) = text {
            keep(&txn, &post, edit, now).await?;
            row.body = Set(text.body.clone());
            changed.push(PostPart::Body);
        }
        let replies = changes.reply_policy;
        if let Some(replies) = replies.filter(|new| *new != post.reply_policy) {
            row.reply_policy = Set(replies);
            changed.push(PostPart::ReplyPolicy);
        }
        let parent = (ParentKind::Post, id.0);
        if let Some(ids) = media
            && media::commands::hang(&txn, me, parent, ids, (MEDIA, now)).await?
        {
            changed.push(PostPart::Media);
        }
        if changed.is_empty() {
            return Ok(post);
        }
        if changed.contains(&PostPart::Body) || changed.contains(&PostPart::Media) {
            row.edited_at = Set(Some(now));
        }
        post = post::Entity::update(row).exec(&*txn).await?;
        let attachments = attached(&txn, &post, &changed).await?;
        let exposure = queries::exposure(&txn, id).await?;
        let mut fact = edited(&post, changed, exposure);
        fact.attachments = attachments;
        let mut deltas = Deltas::default();
        if let Some(text) = text {
            let tags = mark(p, &txn, &post, (text, &people, exposure), &mut deltas).await?;
            fact.mentions = Some(many(people.len()));
            fact.hashtagids = Some(tags.iter().map(|tag| tag.0).collect());
        }
        record(&txn, By::person(me.id(), now), &fact, deltas.counts())?;
        Ok(post)
    })
    .await
}

/// How much hangs on an edited post, where that changed.
///
/// # Errors
/// BAD_USER_INPUT where nothing would be left of it.
async fn attached(txn: &Txn, post: &post::Model, changed: &[PostPart]) -> Result<Option<u32>> {
    let has_changed = changed.contains(&PostPart::Media);
    if !has_changed && !post.body.is_empty() {
        return Ok(None);
    }
    let count = media::queries::count(&**txn, (ParentKind::Post, post.id.0)).await?;
    policy::says_something(&post.body, count)?;
    Ok(has_changed.then_some(count))
}

/// The fact that something of `post` is different now, the text aside.
pub(super) fn edited(post: &post::Model, changed: Vec<PostPart>, exposure: Exposure) -> Edited {
    Edited {
        postid: post.id.0,
        authorid: post.author_id.into(),
        changed,
        length: many(post.body.chars().count()),
        replypolicy: post.reply_policy,
        islocked: post.is_locked,
        mentions: None,
        hashtagids: None,
        attachments: None,
        visibility: exposure.visibility(),
    }
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

/// Writes the mentions and hashtags of the new text in place of the old ones, and returns the
/// hashtags.
async fn mark(
    p: &Platform,
    txn: &Txn,
    post: &post::Model,
    (text, people, exposure): (&Text, &[PersonId], Exposure),
    deltas: &mut Deltas,
) -> Result<Vec<HashtagId>> {
    let now = post.edited_at.unwrap_or(post.created_at);
    let had = relations::clear(txn, post).await?;
    relations::write_mentions(txn, post, people).await?;
    let counted = (exposure.is_counted(), now);
    let has = relations::write_hashtags(p, txn, post, &text.hashtags, counted).await?;
    count_hashtags(deltas, &had, -1);
    if exposure.is_counted() {
        count_hashtags(deltas, &has, 1);
    }
    Ok(has)
}
