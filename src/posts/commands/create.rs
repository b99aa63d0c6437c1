//! Publishing a post, which may quote another one, ask, and carry media.

use super::{blank, count_hashtags, first_made, insert};
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
        entity::post::{self, ReplyPolicy, Visibility},
        events::{Published, many},
        policy::{self, Exposure, Text},
        polls::NewPoll,
        queries, relations,
        towards::lock_towards,
    },
};

const CREATE: &str = "createPost";
pub(super) const MEDIA: &str = "mediaIds";

/// What a new post is made of.
pub struct NewPost<'a> {
    pub body: &'a str,
    pub visibility: Visibility,
    pub reply_policy: ReplyPolicy,
    pub content_warning: Option<&'a str>,
    pub language: Option<&'a str>,
    /// The post that it quotes; of a plain repost the original.
    pub quote_of: Option<PostId>,
    /// What hangs on it, in this order.
    pub media: &'a [MediaId],
    pub poll: Option<NewPoll>,
    pub idempotency_key: Option<&'a str>,
}

/// What a post carries beside its row.
#[derive(Clone, Copy)]
pub(super) struct Load<'a> {
    pub text: &'a Text,
    pub media: &'a [MediaId],
    pub poll: Option<&'a NewPoll>,
    pub key: Option<&'a Key>,
}

/// The key with the hash of all that is asked for. Parts that came later are hashed where they are
/// given, so that requests without them hash as ever.
fn key(new: &NewPost<'_>, row: &post::Model, poll: Option<&NewPoll>) -> Result<Option<Key>> {
    let (level, replies) = (
        format!("{:?}", row.visibility),
        format!("{:?}", row.reply_policy),
    );
    let quote_of = row.quote_of_id.map(|id| id.to_string()).unwrap_or_default();
    let media: Vec<_> = new.media.iter().map(MediaId::to_string).collect();
    let media = media.join(" ");
    let mut request = vec![row.body.as_str(), &level, &replies, &quote_of, &media];
    let warning = row.content_warning.as_ref();
    let later = [
        warning.map(|warning| format!("warning {warning}")),
        row.language.as_ref().map(|tag| format!("language {tag}")),
        poll.map(|poll| format!("poll {}", poll.told())),
    ];
    request.extend(later.iter().flatten().map(String::as_str));
    Key::check(new.idempotency_key, &request)
}

/// Publishes a post. With a key that was used before: the post that it made, as it is now.
///
/// # Errors
/// BAD_USER_INPUT, IDEMPOTENCY_MISMATCH, NOT_FOUND (made by this key and deleted since; or nothing
/// to quote, or media of somebody else), FORBIDDEN (staff has hidden what it quotes, R32), CONFLICT
/// (media that are not uploaded, or failed).
pub async fn create(p: &Platform, me: &Me, new: NewPost<'_>) -> Result<post::Model> {
    let media = &media::policy::check_attached(new.media, MEDIA)?;
    let text = &Text::check(new.body, !media.is_empty())?;
    let poll = new.poll.clone().map(NewPoll::check).transpose()?;
    let now = p.now();
    let mut post = post::Model {
        body: text.body.clone(),
        visibility: new.visibility,
        reply_policy: new.reply_policy,
        content_warning: new.content_warning.map(policy::warning).transpose()?,
        language: new.language.map(policy::language).transpose()?,
        quote_of_id: new.quote_of,
        ..blank(PostId(p.new_id(now)), (me.id(), now), CREATE)
    };
    let key = key(&new, &post, poll.as_ref())?;
    if let Some(key) = &key {
        post.idempotency_key = Some(key.key.clone());
        post.request_hash = Some(key.request_hash.clone());
    }
    let _flight = match &key {
        Some(key) => Some(p.db.gate(key.gate(me.id(), CREATE)).await?),
        None => None,
    };
    let _pass = match new.quote_of {
        Some(quoted) => Some(p.db.gate(Gate::Hot(quoted.0)).await?),
        None => None,
    };
    let load = Load {
        text,
        media,
        poll: poll.as_ref(),
        key: key.as_ref(),
    };
    p.db.write_txn(Lane::Request, |txn| {
        let post = post.clone();
        async move { publish(p, &txn, me, post, load).await }
    })
    .await
}

async fn publish(
    p: &Platform,
    txn: &Txn,
    me: &Me,
    mut post: post::Model,
    load: Load<'_>,
) -> Result<post::Model> {
    let quoted = match post.quote_of_id {
        Some(id) => Some(Aim::at(txn, id, "quoteOfId").await?),
        None => None,
    };
    let towards = quoted.iter().flat_map(Aim::people);
    let people = lock_towards(txn, me, &load.text.mentions, towards).await?;
    if quoted.is_some() || load.poll.is_some() {
        // Before they are judged: a repeat answers with its post whatever became of what it quotes,
        // and however near the end of its poll is.
        if let Some(first) = first_made(txn, &post, load.key).await? {
            return Ok(first);
        }
    }
    if let Some(poll) = load.poll {
        poll.closes_in_time(post.created_at)?;
    }
    if let Some(quoted) = quoted {
        policy::may_quote(&quoted.lock(txn, me, "quoteOfId").await?)?;
        post.quote_of_id = Some(quoted.id);
    }
    write(p, txn, me, post, (&people, load)).await
}

/// Writes a post with all that it carries and says so: whatever is published goes through here. The
/// caller holds the locks towards `people`, whom it mentions.
pub(super) async fn write(
    p: &Platform,
    txn: &Txn,
    me: &Me,
    mut post: post::Model,
    (people, load): (&[PersonId], Load<'_>),
) -> Result<post::Model> {
    post.fan_out = queries::fan_out(p, txn, me.id()).await?;
    if !insert(txn, &post).await? {
        return first_made(txn, &post, load.key)
            .await?
            .ok_or_else(|| Error::internal("a post met another one without an idempotency key"));
    }
    relations::write_mentions(txn, &post, people).await?;
    let now = post.created_at;
    let exposure = queries::exposure(txn, post.id).await?;
    let counted = (exposure.is_counted(), now);
    let tags = relations::write_hashtags(p, txn, &post, &load.text.hashtags, counted).await?;
    if !load.media.is_empty() {
        let parent = (ParentKind::Post, post.id.0);
        media::commands::hang(txn, me, parent, load.media, (MEDIA, now)).await?;
    }
    if let Some(poll) = load.poll {
        relations::write_poll(p, txn, &post, poll).await?;
    }
    let mut deltas = Deltas::default();
    deltas.add(me.id().0, Counter::Posts, 1);
    if let Some(quoted) = post.quote_of_id {
        deltas.add(quoted.0, Counter::Quotes, 1);
    }
    if exposure.is_counted() {
        count_hashtags(&mut deltas, &tags, 1);
    }
    let mut fact = published(&post, (people, &tags), (exposure, load.media.len()));
    fact.polloptions = load.poll.map(|poll| many(poll.options.len()));
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
        language: policy::told_language(post.language.as_deref()),
        warninglength: warning_length(post),
        polloptions: None,
        visibility: exposure.visibility(),
    }
}

/// How long the warning before a post is, as facts tell it.
pub(super) fn warning_length(post: &post::Model) -> Option<u32> {
    let warning = post.content_warning.as_ref();
    warning.map(|warning| many(warning.chars().count()))
}
