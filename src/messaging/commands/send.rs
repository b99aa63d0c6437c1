//! Sending a message.

use sea_orm::{
    ActiveModelTrait,
    ActiveValue::{Set, Unchanged},
    ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter,
};

use super::{Held, hold, rules, within};
use crate::{
    accounts::Me,
    activity::{By, record},
    error::{Error, Result},
    idempotency::Key,
    ids::{ConversationId, MediaId, MessageId, PersonId, PostId},
    media::{ParentKind, commands::hang, policy::check_attached},
    messaging::{
        entity::{conversation, message},
        events::MessageSent,
        policy::{cannot_write, may_write},
        queries::{self, MessageRef},
    },
    platform::{Platform, db::Txn},
    posts::{aim::Aim, events::many},
    social::locks::{Hold, lock_pairs},
};

const PATH: &str = "conversationId";
const MEDIA: &str = "mediaIds";

/// What a new message is made of.
pub struct NewMessage<'a> {
    pub conversation: ConversationId,
    /// May be left out where a post is shared, or something is attached.
    pub body: Option<&'a str>,
    pub reply_to: Option<MessageRef>,
    /// Of a plain repost the original is shared.
    pub shared_post: Option<PostId>,
    /// What is attached, in this order.
    pub media: &'a [MediaId],
    pub idempotency_key: Option<&'a str>,
}

impl NewMessage<'_> {
    /// # Errors
    /// BAD_USER_INPUT.
    fn check(&self) -> Result<(String, Vec<MediaId>, Option<Key>)> {
        let media = check_attached(self.media, MEDIA)?;
        let carries = self.shared_post.is_some() || !media.is_empty();
        let body = rules::body(self.body, carries)?;
        let reply = self.reply_to.map(|to| to.id.to_string());
        let post = self.shared_post.map(|post| post.to_string());
        let (reply, post) = (reply.unwrap_or_default(), post.unwrap_or_default());
        let hangs: Vec<_> = media.iter().map(MediaId::to_string).collect();
        let request = [body.as_str(), &reply, &post, &hangs.join(" ")];
        let key = Key::check(self.idempotency_key, &request)?;
        Ok((body, media, key))
    }
}

/// Sends a message. With a key that was used before in this conversation: the message that it
/// made, as it is now.
///
/// # Errors
/// BAD_USER_INPUT, IDEMPOTENCY_MISMATCH; NOT_FOUND (of the conversation, of what it replies to or
/// shares, and of what the key made where that was deleted since); FORBIDDEN before the caller has
/// accepted the conversation, and across a block; CONFLICT (media that are not uploaded, or failed).
pub async fn send(p: &Platform, me: &Me, new: NewMessage<'_>) -> Result<message::Model> {
    let (body, media, key) = new.check()?;
    let id = new.conversation;
    let _flight = match &key {
        Some(key) => Some(
            p.db.gate(key.gate(me.id(), &format!("sendMessage {id}")))
                .await?,
        ),
        None => None,
    };
    let now = p.now();
    let message = message::Model {
        id: MessageId(p.new_id(now)),
        conversation_id: id,
        sequence: 0,
        sender_id: me.id(),
        body,
        reply_to_id: new.reply_to.map(|to| to.id),
        shared_post_id: new.shared_post,
        created_at: now,
        edited_at: None,
        deleted_at: None,
        hidden_at: None,
        idempotency_key: key.as_ref().map(|key| key.key.clone()),
        request_hash: key.as_ref().map(|key| key.request_hash.clone()),
    };
    let (key, reply_to, media) = (key.as_ref(), new.reply_to, media.as_slice());
    within(p, id, |txn| {
        let message = message.clone();
        async move { post(&txn, me, message, (reply_to, media, key)).await }
    })
    .await
}

async fn post(
    txn: &Txn,
    me: &Me,
    mut message: message::Model,
    (reply_to, media, key): (Option<MessageRef>, &[MediaId], Option<&Key>),
) -> Result<message::Model> {
    lock_other(txn, me, message.conversation_id).await?;
    let held = hold(txn, me, message.conversation_id, PATH).await?;
    // Before anything is judged: a repeat answers with its message whatever has changed since.
    if let Some(first) = first_made(txn, &held, key).await? {
        return Ok(first);
    }
    may_write(&held.own, PATH)?;
    if queries::is_severed(txn, &held.conversation, me.id()).await? {
        return Err(cannot_write(PATH));
    }
    if let Some(to) = reply_to {
        let is_here = to.conversation == message.conversation_id;
        let seen = queries::whole(txn, me.viewer(), to).await?;
        if seen.is_none() || !is_here {
            return Err(Error::not_found("replyToId"));
        }
    }
    if let Some(post) = message.shared_post_id {
        let aim = Aim::at(txn, post, "sharedPostId").await?;
        aim.prove_visible(txn, me, "sharedPostId").await?;
        message.shared_post_id = Some(aim.id);
    }
    number(txn, &held, &mut message).await?;
    message::Entity::insert(message.clone().into_active_model().reset_all())
        .exec_without_returning(&**txn)
        .await?;
    if !media.is_empty() {
        let parent = (ParentKind::Message, message.id.0);
        hang(txn, me, parent, media, (MEDIA, message.created_at)).await?;
    }
    let by = By::person(me.id(), message.created_at);
    let fact = sent(&held.conversation, &message, media.len());
    record(txn, by, &fact, [])?;
    Ok(message)
}

/// Locks the caller's pair with the other one of a direct conversation, and their own state: a
/// block or a suspension comes before the message or after it (R40).
pub(super) async fn lock_other(txn: &Txn, me: &Me, id: ConversationId) -> Result<()> {
    let other = direct_other(txn, me, id).await?;
    lock_pairs(txn, Hold::Shared, me.id(), other).await
}

/// The other one of a direct conversation, who never changes; `None` for a group.
pub(in crate::messaging) async fn direct_other(
    txn: &Txn,
    me: &Me,
    id: ConversationId,
) -> Result<Option<PersonId>> {
    let known = conversation::Entity::find_by_id(id).one(&**txn).await?;
    let pair = known.and_then(|known| known.pair);
    Ok(pair.and_then(|pair| rules::other_of(&pair, me.id())))
}

/// Gives the message the next place in the conversation, which is held.
async fn number(txn: &Txn, held: &Held, message: &mut message::Model) -> Result<()> {
    message.sequence = held.conversation.last_sequence + 1;
    let news = conversation::ActiveModel {
        id: Unchanged(held.conversation.id),
        last_sequence: Set(message.sequence),
        // Servers' clocks differ, and whoever waits for the lock has an earlier time.
        updated_at: Set(message.created_at.max(held.conversation.updated_at)),
        ..Default::default()
    };
    conversation::Entity::update(news).exec(&**txn).await?;
    Ok(())
}

/// The fact that `message` was sent, with how much is attached.
pub(super) fn sent(
    conversation: &conversation::Model,
    message: &message::Model,
    attachments: usize,
) -> MessageSent {
    MessageSent::at(
        conversation,
        message.id.0,
        many(message.body.chars().count()),
        message.sequence,
        message.reply_to_id.is_some(),
        message.shared_post_id.is_some(),
        (attachments > 0).then(|| many(attachments)),
    )
}

/// The message that this key made before in the conversation, which is held.
///
/// # Errors
/// IDEMPOTENCY_MISMATCH, NOT_FOUND.
async fn first_made(txn: &Txn, held: &Held, key: Option<&Key>) -> Result<Option<message::Model>> {
    let Some(key) = key else { return Ok(None) };
    let first = message::Entity::find()
        .filter(message::Column::ConversationId.eq(held.conversation.id))
        .filter(message::Column::SenderId.eq(held.own.person_id))
        .filter(message::Column::IdempotencyKey.eq(key.key.as_str()))
        .one(&**txn)
        .await?;
    if let Some(first) = &first {
        // Whoever left and came back does not see what they wrote before.
        let is_gone = first.deleted_at.is_some() || first.sequence <= held.own.reads_after;
        key.repeat(first.request_hash.as_deref(), is_gone)?;
    }
    Ok(first)
}
