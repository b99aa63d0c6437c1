//! Publishing a post, which may quote another one.

use super::{count_hashtags, first_made, insert};
use crate::{
    accounts::Me,
    activity::{By, record},
    counters::{Counter, Deltas},
    error::{Error, Result},
    idempotency::Key,
    ids::{HashtagId, MediaId, PersonId, PostId},
    media::{self, ParentKind},
    platform::{
        Platform,
        db::{Gate, Lane, Txn},
    },
    posts::{
        aim::Aim,
        entity::post::{self, FanOut, ReplyPolicy, Visibility},
        events::{Published, many},
        policy::{self, Exposure, Text},
        queries, relations,
        towards::lock_towards,
    },
};

const CREATE: &str = "createPost";
const MEDIA: &str = "mediaIds";

/// What a new post is made of.
pub struct NewPost<'a> {
    pub body: &'a str,
    pub visibility: Visibility,
    pub reply_policy: ReplyPolicy,
    /// The post that it quotes; of a plain repost the original.
    pub quote_of: Option<PostId>,
    /// What hangs on it, in this order.
    pub media: &'a [MediaId],
    pub idempotency_key: Option<&'a str>,
}

impl NewPost<'_> {
    fn key(&self, text: &Text) -> Result<Option<Key>> {
        let (level, replies) = (
            format!("{:?}", self.visibility),
            format!("{:?}", self.reply_policy),
        );
        let quote_of = self.quote_of.map(|id| id.to_string()).unwrap_or_default();
        let media: Vec<_> = self.media.iter().map(MediaId::to_string).collect();
        let media = media.join(" ");
        let request = [text.body.as_str(), &level, &replies, &quote_of, &media];
        Key::check(self.idempotency_key, &request)
    }
}

/// Publishes a post. With a key that was used before: the post that it made, as it is now.
///
/// # Errors
/// BAD_USER_INPUT, IDEMPOTENCY_MISMATCH, NOT_FOUND (made by this key and deleted since; or nothing
/// to quote, or media of somebody else), FORBIDDEN (staff has hidden what it quotes, R32), CONFLICT
/// (media that are not uploaded, or failed).
pub async fn create(p: &Platform, me: &Me, new: NewPost<'_>) -> Result<post::Model> {
    let media = &media::policy::check_attached(new.media, MEDIA)?;
    let text = Text::check(new.body, !media.is_empty())?;
    let key = new.key(&text)?;
    let _flight = match &key {
        Some(key) => Some(p.db.gate(key.gate(me.id(), CREATE)).await?),
        None => None,
    };
    let _pass = match new.quote_of {
        Some(quoted) => Some(p.db.gate(Gate::Hot(quoted.0)).await?),
        None => None,
    };
    let now = p.now();
    let post = post::Model {
        id: PostId(p.new_id(now)),
        author_id: me.id(),
        body: text.body.clone(),
        visibility: new.visibility,
        created_at: now,
        edited_at: None,
        deleted_at: None,
        created_by: CREATE.to_owned(),
        idempotency_key: key.as_ref().map(|key| key.key.clone()),
        request_hash: key.as_ref().map(|key| key.request_hash.clone()),
        reply_policy: new.reply_policy,
        is_locked: false,
        hidden_at: None,
        quote_of_id: new.quote_of,
        repost_of_id: None,
        fan_out: FanOut::Push,
        is_fanned_out: false,
    };
    let (key, text) = (key.as_ref(), &text);
    p.db.write_txn(Lane::Request, |txn| {
        let post = post.clone();
        async move { publish(p, &txn, me, post, (text, media, key)).await }
    })
    .await
}

async fn publish(
    p: &Platform,
    txn: &Txn,
    me: &Me,
    mut post: post::Model,
    (text, media, key): (&Text, &[MediaId], Option<&Key>),
) -> Result<post::Model> {
    let quoted = match post.quote_of_id {
        Some(id) => Some(Aim::at(txn, id, "quoteOfId").await?),
        None => None,
    };
    let towards = quoted.iter().flat_map(Aim::people);
    let people = lock_towards(txn, me, &text.mentions, towards).await?;
    if let Some(quoted) = quoted {
        // Before it is judged: a repeat answers with its post whatever became of what it quotes.
        if let Some(first) = first_made(txn, &post, key).await? {
            return Ok(first);
        }
        policy::may_quote(&quoted.lock(txn, me, "quoteOfId").await?)?;
        post.quote_of_id = Some(quoted.id);
    }
    post.fan_out = queries::fan_out(p, txn, me.id()).await?;
    if !insert(txn, &post).await? {
        return first_made(txn, &post, key)
            .await?
            .ok_or_else(|| Error::internal("a post met another one without an idempotency key"));
    }
    relations::write_mentions(txn, &post, &people).await?;
    let now = post.created_at;
    let exposure = queries::exposure(txn, post.id).await?;
    let counted = (exposure.is_counted(), now);
    let tags = relations::write_hashtags(p, txn, &post, &text.hashtags, counted).await?;
    if !media.is_empty() {
        let parent = (ParentKind::Post, post.id.0);
        media::commands::hang(txn, me, parent, media, (MEDIA, now)).await?;
    }
    let mut deltas = Deltas::default();
    deltas.add(me.id().0, Counter::Posts, 1);
    if let Some(quoted) = post.quote_of_id {
        deltas.add(quoted.0, Counter::Quotes, 1);
    }
    if exposure.is_counted() {
        count_hashtags(&mut deltas, &tags, 1);
    }
    let fact = published(&post, (&people, &tags), (exposure, media.len()));
    record(txn, By::person(me.id(), now), &fact, deltas.counts())?;
    Ok(post)
}

/// The fact that `post` was published, with whom it mentions, its hashtags, and how much hangs on it.
pub(super) fn published(
    post: &post::Model,
    (people, tags): (&[PersonId], &[HashtagId]),
    (exposure, attachments): (Exposure, usize),
) -> Published {
    Published {
        postid: post.id.0,
        authorid: post.author_id.into(),
        level: post.visibility,
        replypolicy: post.reply_policy,
        length: many(post.body.chars().count()),
        mentions: many(people.len()),
        hashtagids: tags.iter().map(|tag| tag.0).collect(),
        quoteofid: post.quote_of_id.map(|id| id.0),
        attachments: (attachments > 0).then(|| many(attachments)),
        visibility: exposure.visibility(),
    }
}
