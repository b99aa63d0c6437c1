//! Changing a post.

use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, IntoActiveModel};

use super::{
    count_hashtags,
    create::{MEDIA, warning_length},
    lock,
};
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

/// What to change in a post; `None` leaves it as it is.
#[derive(Clone, Copy, Debug, Default)]
pub struct PostChanges<'a> {
    pub body: Option<&'a str>,
    pub reply_policy: Option<ReplyPolicy>,
    pub content_warning: Option<Option<&'a str>>,
    pub language: Option<Option<&'a str>>,
    /// What hangs on it from now on, in this order.
    pub media: Option<&'a [MediaId]>,
}

/// Changes that may be written.
struct Checked {
    text: Option<Text>,
    reply_policy: Option<ReplyPolicy>,
    content_warning: Option<Option<String>>,
    language: Option<Option<String>>,
    media: Option<Vec<MediaId>>,
}

impl PostChanges<'_> {
    fn check(self) -> Result<Checked> {
        let text = self.body.map(|body| Text::check(body, true));
        let media = self.media.map(|ids| check_attached(ids, MEDIA));
        let warning = self.content_warning;
        let language = self.language;
        Ok(Checked {
            text: text.transpose()?,
            reply_policy: self.reply_policy,
            content_warning: checked(warning, policy::warning)?,
            language: checked(language, policy::language)?,
            media: media.transpose()?,
        })
    }
}

/// Something new that stands the check; what is to be cleared needs none.
pub(super) fn checked(
    change: Option<Option<&str>>,
    check: fn(&str) -> Result<String>,
) -> Result<Option<Option<String>>> {
    let check = |new: Option<&str>| new.map(check).transpose();
    change.map(check).transpose()
}

impl Checked {
    /// What is different from `post`, and the row that makes it so; media aside.
    fn to(&self, post: &post::Model) -> (Vec<PostPart>, post::ActiveModel) {
        let mut changed = Vec::new();
        let mut row = post::ActiveModel {
            id: Set(post.id),
            ..Default::default()
        };
        if let Some(text) = self.text.as_ref().filter(|text| text.body != post.body) {
            row.body = Set(text.body.clone());
            changed.push(PostPart::Body);
        }
        let replies = self.reply_policy;
        if let Some(replies) = replies.filter(|new| *new != post.reply_policy) {
            row.reply_policy = Set(replies);
            changed.push(PostPart::ReplyPolicy);
        }
        let warning = self.content_warning.as_ref();
        if let Some(warning) = warning.filter(|new| **new != post.content_warning) {
            row.content_warning = Set(warning.clone());
            changed.push(PostPart::ContentWarning);
        }
        if let Some(language) = self.language.as_ref().filter(|new| **new != post.language) {
            row.language = Set(language.clone());
            changed.push(PostPart::Language);
        }
        (changed, row)
    }
}

/// What readers notice, so that a post counts as edited.
fn is_noticed(part: &PostPart) -> bool {
    use PostPart::{Body, ContentWarning, Media};
    matches!(part, Body | ContentWarning | Media)
}

/// Changes a post. A text or warning that is replaced is kept; the same ones change nothing.
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
    let (changes, now) = (&changes.check()?, p.now());
    let edit = PostEditId(p.new_id(now));
    let _pass = p.db.gate(Gate::Hot(id.0)).await?;
    p.db.write_txn(Lane::Request, |txn| async move {
        let mentions = changes.text.as_ref().map_or(&[][..], |text| &text.mentions);
        let people = lock_towards(&txn, me, mentions, []).await?;
        let mut post = lock(&txn, me, id, "postId").await?;
        policy::may_edit(me, &post)?;
        let (mut changed, mut row) = changes.to(&post);
        if changed.contains(&PostPart::Body) || changed.contains(&PostPart::ContentWarning) {
            keep(&txn, &post, edit, now).await?;
        }
        let parent = (ParentKind::Post, id.0);
        if let Some(ids) = &changes.media
            && media::commands::hang(&txn, me, parent, ids, (MEDIA, now)).await?
        {
            changed.push(PostPart::Media);
        }
        if changed.is_empty() {
            return Ok(post);
        }
        if changed.iter().any(is_noticed) {
            row.edited_at = Set(Some(now));
        }
        let text = changes.text.as_ref();
        let text = text.filter(|_| changed.contains(&PostPart::Body));
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
        language: policy::told_language(post.language.as_deref()),
        warninglength: warning_length(post),
        visibility: exposure.visibility(),
    }
}

/// Keeps the text and the warning that stood until now.
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
        content_warning: post.content_warning.clone(),
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
    // What staff has hidden does not count meanwhile.
    let is_counted = exposure.is_counted() && post.is_counted;
    let counted = (is_counted, now);
    let has = relations::write_hashtags(p, txn, post, &text.hashtags, counted).await?;
    count_hashtags(deltas, &had, -1);
    if is_counted {
        count_hashtags(deltas, &has, 1);
    }
    Ok(has)
}
