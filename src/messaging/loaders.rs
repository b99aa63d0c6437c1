//! Batched reads of conversations.

use std::{collections::HashMap, hash::Hash, sync::Arc};

use sea_orm::{
    ConnectionTrait, FromQueryResult,
    sea_query::{Alias, Expr, ExprTrait, Query, SelectStatement},
};
use uuid::Uuid;

use super::{
    entity::{
        conversation::{self, Column as Conversation},
        conversation_member::{self, Column as Member, Standing},
        message::{self, Column as Message},
    },
    queries::{for_staff, visible_members, visible_messages, visible_to},
    sight::{SightedConversation, SightedMessage},
};
use crate::{
    accounts,
    error::Result,
    ids::{ConversationId, MemberId, MessageId, PersonId},
    platform::db::{Batch, Db, Reader, all, by_key, is_one_of},
    social,
};

/// Conversations by id.
pub struct ConversationsById;

impl Batch for ConversationsById {
    type Key = ConversationId;
    type Value = Arc<SightedConversation>;

    async fn load(
        reader: &Reader,
        keys: &[ConversationId],
    ) -> Result<HashMap<ConversationId, Self::Value>> {
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let column = (conversation::Entity, Conversation::Id);
        let mut rows = visible_to(reader.viewer())
            .and_where(is_one_of(reader.backend(), column, &ids))
            .take();
        SightedConversation::select(reader.viewer(), &mut rows);
        let rows = reader.connection().query_all(&rows).await?;
        let seen = rows
            .iter()
            .map(|row| SightedConversation::from_query_result(row, "").map(Arc::new));
        let seen = seen.collect::<Result<Vec<_>, _>>()?;
        Ok(by_key(seen, |seen| seen.conversation.id))
    }
}

/// Memberships by id.
pub struct MembersById;

impl Batch for MembersById {
    type Key = MemberId;
    type Value = Arc<conversation_member::Model>;

    async fn load(reader: &Reader, keys: &[MemberId]) -> Result<HashMap<MemberId, Self::Value>> {
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let column = (conversation_member::Entity, Member::Id);
        let rows = visible_members(reader.viewer())
            .and_where(is_one_of(reader.backend(), column, &ids))
            .take();
        let members = all::<conversation_member::Entity>(reader.connection(), rows).await?;
        Ok(by_key(
            members.into_iter().map(Arc::new).collect(),
            |member| member.id,
        ))
    }
}

/// Messages by id, tombstones included.
pub struct MessagesById;

impl Batch for MessagesById {
    type Key = MessageId;
    type Value = Arc<SightedMessage>;

    async fn load(reader: &Reader, keys: &[MessageId]) -> Result<HashMap<MessageId, Self::Value>> {
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let column = (message::Entity, Message::Id);
        let rows = visible_messages(reader.viewer())
            .and_where(is_one_of(reader.backend(), column, &ids))
            .take();
        messages(reader, rows, |seen, _| Ok(seen.message.id)).await
    }
}

/// Messages by id, whoever is a member: for the fields of moderation, and for staff alone (R24).
pub struct MessagesForStaff;

impl Batch for MessagesForStaff {
    type Key = MessageId;
    type Value = Arc<SightedMessage>;

    async fn load(reader: &Reader, keys: &[MessageId]) -> Result<HashMap<MessageId, Self::Value>> {
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let column = (message::Entity, Message::Id);
        let rows = for_staff(reader.viewer())
            .and_where(is_one_of(reader.backend(), column, &ids))
            .take();
        let rows = all::<message::Entity>(reader.connection(), rows).await?;
        let seen = rows.into_iter().map(SightedMessage::own).map(Arc::new);
        Ok(by_key(seen.collect(), |seen| seen.message.id))
    }
}

/// The newest message of many conversations, a tombstone included: one statement. Sequences are
/// dense, so it is the one that the conversation's row names.
pub struct LastMessages;

impl Batch for LastMessages {
    type Key = ConversationId;
    type Value = Arc<SightedMessage>;

    async fn load(
        reader: &Reader,
        keys: &[ConversationId],
    ) -> Result<HashMap<ConversationId, Self::Value>> {
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let column = |column| (conversation::Entity, column);
        let is_last = Expr::col((message::Entity, Message::ConversationId))
            .equals(column(Conversation::Id))
            .and(
                Expr::col((message::Entity, Message::Sequence))
                    .equals(column(Conversation::LastSequence)),
            );
        let rows = visible_messages(reader.viewer())
            .inner_join(conversation::Entity, is_last)
            .and_where(is_one_of(reader.backend(), column(Conversation::Id), &ids))
            .take();
        messages(reader, rows, |seen, _| Ok(seen.message.conversation_id)).await
    }
}

/// What many members have read last, as far as it is told: one statement. One's own always;
/// another's where they share receipts, have accepted, and no block stands between (R28, R29).
/// Nobody's before they have read anything inside both windows.
pub struct LastReadBy;

impl Batch for LastReadBy {
    type Key = MemberId;
    type Value = Arc<SightedMessage>;

    async fn load(reader: &Reader, keys: &[MemberId]) -> Result<HashMap<MemberId, Self::Value>> {
        let Some(me) = reader.viewer().id() else {
            return Ok(HashMap::new());
        };
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let at = |column| (conversation_member::Entity, column);
        let column = |column| Expr::col(at(column));
        let is_read = column(Member::ConversationId)
            .equals((message::Entity, Message::ConversationId))
            .and(column(Member::ReadUpTo).equals((message::Entity, Message::Sequence)));
        let told = shows_reading().and(social::sql::is_severed(me, at(Member::PersonId)).not());
        let rows = visible_messages(reader.viewer())
            .expr_as(column(Member::Id), Alias::new("member_id"))
            .inner_join(conversation_member::Entity, is_read)
            .and_where(is_one_of(reader.backend(), at(Member::Id), &ids))
            .and_where(column(Member::ReadUpTo).gt(column(Member::ReadsAfter)))
            .and_where(column(Member::PersonId).eq(me).or(told))
            .take();
        messages(reader, rows, |_, row| Ok(row.try_get("", "member_id")?)).await
    }
}

/// The messages that `rows` finds, by a key of each.
async fn messages<K: Eq + Hash>(
    reader: &Reader,
    mut rows: SelectStatement,
    key: impl Fn(&SightedMessage, &sea_orm::QueryResult) -> Result<K>,
) -> Result<HashMap<K, Arc<SightedMessage>>> {
    SightedMessage::select(reader.viewer(), &mut rows);
    let rows = reader.connection().query_all(&rows).await?;
    let mut found = HashMap::with_capacity(rows.len());
    for row in &rows {
        let seen = SightedMessage::from_query_result(row, "")?;
        found.insert(key(&seen, row)?, Arc::new(seen));
    }
    Ok(found)
}

/// Somebody in a conversation, as those need it who tell others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Membership {
    pub conversation: ConversationId,
    pub person: PersonId,
    pub id: MemberId,
    /// Others may know how far they have read, unless a block stands between (R28, R29).
    pub shows_reading: bool,
}

/// Who of `people` has which of `conversations`, for whoever tells them: one statement.
pub async fn members_among(
    db: &Db,
    conversations: &[ConversationId],
    people: &[PersonId],
) -> Result<Vec<Membership>> {
    if conversations.is_empty() || people.is_empty() {
        return Ok(Vec::new());
    }
    let homes: Vec<Uuid> = conversations.iter().map(|id| id.0).collect();
    let people: Vec<Uuid> = people.iter().map(|id| id.0).collect();
    let at = |column| (conversation_member::Entity, column);
    let column = |column| Expr::col(at(column));
    let statement = Query::select()
        .expr_as(column(Member::ConversationId), Alias::new("conversation"))
        .expr_as(column(Member::PersonId), Alias::new("person"))
        .expr_as(column(Member::Id), Alias::new("id"))
        .expr_as(shows_reading(), Alias::new("shows_reading"))
        .from(conversation_member::Entity)
        .and_where(is_one_of(db.backend(), at(Member::ConversationId), &homes))
        .and_where(is_one_of(db.backend(), at(Member::PersonId), &people))
        .and_where(column(Member::Standing).ne(Standing::Declined))
        .take();
    let rows = db.background().query_all(&statement).await?;
    let members = rows
        .iter()
        .map(|row| Membership::from_query_result(row, ""));
    Ok(members.collect::<Result<_, _>>()?)
}

/// Where messages stand, whoever asks: for whoever tells others to look.
pub async fn places_of(db: &Db, messages: &[Uuid]) -> Result<Vec<(ConversationId, Uuid)>> {
    if messages.is_empty() {
        return Ok(Vec::new());
    }
    let statement = Query::select()
        .columns([Message::ConversationId, Message::Id])
        .from(message::Entity)
        .and_where(is_one_of(db.backend(), Message::Id, messages))
        .take();
    let rows = db.background().query_all(&statement).await?;
    let place = |row: &sea_orm::QueryResult| {
        Ok((row.try_get("", "conversation_id")?, row.try_get("", "id")?))
    };
    rows.iter().map(place).collect()
}

/// Who is in its row has accepted the conversation, and shares how far they have read.
fn shows_reading() -> Expr {
    let at = |column| (conversation_member::Entity, column);
    Expr::col(at(Member::Standing))
        .eq(Standing::Active)
        .and(accounts::queries::shares_receipts(at(Member::PersonId)))
}
