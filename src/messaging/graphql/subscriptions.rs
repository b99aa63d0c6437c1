//! What is told of conversations as it happens.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use async_graphql::{Context, ID, SimpleObject, Subscription};
use futures_util::Stream;

use super::{Conversation, Message, mutations::conversation};
use crate::{
    accounts::graphql::Viewer,
    error::{Error, Result},
    graphql::{
        connection::Edge,
        context::Ask,
        live::{Found, each, follow},
    },
    ids::{ConversationId, MemberId, MessageId, NodeId, NodeKind, PersonId},
    messaging::{
        lists::SEQUENCE,
        loaders::{ConversationsById, LastReadBy, MessagesById},
        queries,
        sight::SightedConversation,
        unread::UnreadOf,
    },
    notifications::loaders as notifications,
    page::RawPageArgs,
    people::{graphql::User, loaders::PeopleById},
    realtime::{News, Topic},
};

/// How far back `messageAdded` goes: whoever is further behind reads pages.
const MAX_REPLAY: i64 = 1_000;
/// How often somebody is told that their numbers have changed.
const PACE: Duration = Duration::from_secs(1);

/// That somebody began to type, or stopped.
#[derive(SimpleObject)]
pub struct TypingEvent {
    /// Who types; null where the viewer may not see them any more.
    user: Option<User>,
    /// Whether they type. False also when they have not been heard of for six seconds.
    is_typing: bool,
}

#[derive(Default)]
pub struct MessagingSubscription;

#[Subscription]
impl MessagingSubscription {
    /// Messages of a conversation in the order of `sequence`, each exactly once: with `after`
    /// everything behind that message, then whatever comes; without it whatever comes. Messages by
    /// somebody beyond a block are left out in groups. For members; NOT_FOUND for others, and once
    /// the viewer is out. RESUME_EXPIRED where `after` is more than 1,000 messages back: read
    /// `messages(after:)` first.
    async fn message_added<'ctx>(
        &self,
        ctx: &'ctx Context<'_>,
        #[graphql(desc = "The conversation.")] conversation_id: ID,
        #[graphql(desc = "The cursor of the last message that the client has.")] after: Option<
            String,
        >,
    ) -> Result<impl Stream<Item = Option<Edge<Message>>> + 'ctx> {
        let id = conversation(&conversation_id)?;
        // Listens first and reads afterwards: nothing falls between the two.
        let listener = ctx.listen(Topic::Messages(id))?;
        let newest = prove_member(ctx, id).await?.conversation.last_sequence;
        let args = RawPageArgs {
            after,
            ..RawPageArgs::default()
        };
        let after = args.check(SEQUENCE, &ctx.platform()?.seal)?.after;
        let begin = after.map_or(newest, |after| after.key);
        if newest.saturating_sub(begin) > MAX_REPLAY {
            return Err(Error::resume_expired());
        }
        let last = Arc::new(AtomicI64::new(begin));
        follow(ctx, listener.resync_first(), move |_| {
            let last = last.clone();
            async move { next_pushed(ctx, id, &last).await }
        })
    }

    /// Messages of a conversation that were edited, deleted, or reacted to, or whose pictures and
    /// films are ready now: the message as it is now, a tombstone too. For members; NOT_FOUND for
    /// others, and once the viewer is out. Subscribe, then fetch the first page, and both again
    /// after RESUME_EXPIRED and after every reconnect.
    async fn message_updated<'ctx>(
        &self,
        ctx: &'ctx Context<'_>,
        #[graphql(desc = "The conversation.")] conversation_id: ID,
    ) -> Result<impl Stream<Item = Option<Message>> + 'ctx> {
        let id = conversation(&conversation_id)?;
        let listener = ctx.listen(Topic::ChangedMessages(id))?;
        prove_member(ctx, id).await?;
        each(ctx, listener, move |changed| async move {
            let message = ctx
                .loaders()?
                .one::<MessagesById>(MessageId(changed))
                .await?;
            match message {
                Some(message) => Ok(Some(message).filter(|m| !m.is_beyond_block()).map(Message)),
                None => prove_member(ctx, id).await.map(|_| None),
            }
        })
    }

    /// The viewer's conversations that are new or not what they were: a new message, a read
    /// marker, members, the title, a mute. Needs a session. Subscribe, then fetch the first page,
    /// and both again after RESUME_EXPIRED and after every reconnect.
    async fn conversation_updated<'ctx>(
        &self,
        ctx: &'ctx Context<'_>,
    ) -> Result<impl Stream<Item = Option<Conversation>> + 'ctx> {
        let listener = ctx.listen(Topic::Conversations(ctx.me()?.id()))?;
        each(ctx, listener, move |id| async move {
            let loaders = ctx.loaders()?;
            let found = loaders.one::<ConversationsById>(ConversationId(id)).await?;
            if found.is_some() {
                return Ok(found.map(Conversation));
            }
            // Somebody has read, if the viewer may know it.
            let Some(read) = loaders.one::<LastReadBy>(MemberId(id)).await? else {
                return Ok(None);
            };
            let id = read.message.conversation_id;
            let found = loaders.one::<ConversationsById>(id).await?;
            Ok(found.map(Conversation))
        })
    }

    /// Conversations that the viewer no longer has: left, declined, or removed from. Needs a
    /// session. Subscribe, then fetch the first page, and both again after RESUME_EXPIRED and
    /// after every reconnect.
    async fn conversation_removed<'ctx>(
        &self,
        ctx: &'ctx Context<'_>,
    ) -> Result<impl Stream<Item = Option<ID>> + 'ctx> {
        let listener = ctx.listen(Topic::LeftConversations(ctx.me()?.id()))?;
        each(ctx, listener, move |id| async move {
            let found = ctx
                .loaders()?
                .one::<ConversationsById>(ConversationId(id))
                .await?;
            // Somebody may have put them back meanwhile.
            let is_gone = found.is_none();
            Ok(is_gone.then(|| NodeId::new(NodeKind::Conversation, id).into()))
        })
    }

    /// Who types in a conversation and who stops, the viewer left out. For members who have
    /// accepted it; NOT_FOUND for others, and once the viewer is out. Never across a block. May
    /// be lost; nobody types for longer than six seconds after they were last heard of.
    async fn typing<'ctx>(
        &self,
        ctx: &'ctx Context<'_>,
        #[graphql(desc = "The conversation.")] conversation_id: ID,
    ) -> Result<impl Stream<Item = Option<TypingEvent>> + 'ctx> {
        let me = ctx.me()?.id();
        let id = conversation(&conversation_id)?;
        let listener = ctx.listen(Topic::Typing(id))?;
        prove_member(ctx, id).await?;
        follow(ctx, listener, move |news| async move {
            prove_member(ctx, id).await?;
            let News::Look(person) = news else {
                return Ok(Found::Nothing);
            };
            let person = PersonId(person);
            let loaders = ctx.loaders()?;
            if person == me || !queries::hears_typing(loaders.reader(), id, person).await? {
                return Ok(Found::Nothing);
            }
            let user = loaders.one::<PeopleById>(person).await?;
            Ok(Found::Last(TypingEvent {
                user: user.map(User::from),
                is_typing: ctx.hub()?.is_typing(id, person),
            }))
        })
    }

    /// The viewer, when the numbers of messages or notifications that they have not read have
    /// changed; at most once a second. Needs a
    /// session.
    async fn viewer_updated<'ctx>(
        &self,
        ctx: &'ctx Context<'_>,
    ) -> Result<impl Stream<Item = Option<Viewer>> + 'ctx> {
        let me = *ctx.me()?;
        let listener = ctx.listen(Topic::Viewer(me.id()))?.paced(PACE);
        let last = Arc::new(Mutex::new(unread(ctx, me.id()).await?));
        // The same answer whatever was told, or missed; none where nothing has changed: why
        // somebody was told is nobody's business (R20).
        follow(ctx, listener, move |_| {
            let last = last.clone();
            async move {
                let unread = unread(ctx, me.id()).await?;
                let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
                Ok(match std::mem::replace(&mut *last, unread) == unread {
                    true => Found::Nothing,
                    false => Found::Last(Viewer(me)),
                })
            }
        })
    }
}

/// What the viewer has not read: messages, and notifications.
async fn unread(ctx: &Context<'_>, me: PersonId) -> Result<(Option<i64>, Option<i64>)> {
    let loaders = ctx.loaders()?;
    let messages = loaders.one::<UnreadOf>(me).await?;
    Ok((messages, loaders.one::<notifications::UnreadOf>(me).await?))
}

/// The next message behind `last` that is pushed to the viewer.
async fn next_pushed(
    ctx: &Context<'_>,
    id: ConversationId,
    last: &AtomicI64,
) -> Result<Found<Edge<Message>>> {
    let (loaders, behind) = (ctx.loaders()?, last.load(Ordering::Relaxed));
    let next = async || queries::next_message(loaders.reader(), id, behind).await;
    let mut found = next().await?;
    if found.is_none() {
        // Nothing new, or nothing any more.
        let newest = prove_member(ctx, id).await?.conversation.last_sequence;
        if newest <= behind {
            return Ok(Found::Nothing);
        }
        // What is there by now is either found, or by somebody beyond a block and passed over.
        found = next().await?;
        if found.is_none() {
            last.store(newest, Ordering::Relaxed);
        }
    }
    Ok(found.map_or(Found::Nothing, |next| {
        last.store(next.message.sequence, Ordering::Relaxed);
        Found::More(Message(Arc::new(next)).edge())
    }))
}

/// The conversation, if the viewer is in it now.
async fn prove_member(ctx: &Context<'_>, id: ConversationId) -> Result<Arc<SightedConversation>> {
    ctx.me()?;
    let found = ctx.loaders()?.one::<ConversationsById>(id).await?;
    found.ok_or_else(|| Error::not_found("conversationId"))
}
