//! Reads of conversations; every one starts at [`visible_to`], [`visible_members`] or
//! [`visible_messages`].

use sea_orm::{
    ConnectionTrait, EntityTrait, FromQueryResult,
    sea_query::{Expr, ExprTrait, IntoColumnRef, LockType, Order, Query, SelectStatement},
};

use super::{
    entity::{
        conversation,
        conversation_member::{self, Column as Member, Standing},
        message,
    },
    policy::Sight,
    sight::{SightedMessage, is_beyond_block, is_whole, own},
};
use crate::{
    error::Result,
    ids::{ConversationId, MessageId, PersonId},
    platform::db::{Reader, Txn, Viewer},
    social,
};

/// The membership of `viewer` in the conversation in `column`, unless they declined it: FROM and
/// WHERE, without a row for everybody else (R26).
pub(super) fn own_row(viewer: Viewer, column: impl IntoColumnRef) -> SelectStatement {
    let mut rows = Query::select();
    rows.from_as(conversation_member::Entity, own())
        .and_where(Expr::col((own(), Member::ConversationId)).eq(Expr::col(column)));
    match viewer.id() {
        None => rows.and_where(Expr::val(false)),
        Some(me) => rows
            .and_where(Expr::col((own(), Member::PersonId)).eq(me))
            .and_where(Expr::col((own(), Member::Standing)).ne(Standing::Declined)),
    };
    rows
}

/// `viewer` is a member of the conversation in `column`, and has not declined it (R26).
pub fn is_member(viewer: Viewer, column: impl IntoColumnRef) -> Expr {
    Expr::exists(own_row(viewer, column).expr(Expr::val(1)).take())
}

/// The conversations that `viewer` may see: FROM and WHERE.
pub fn visible_to(viewer: Viewer) -> SelectStatement {
    let id = (conversation::Entity, conversation::Column::Id);
    Query::select()
        .from(conversation::Entity)
        .and_where(is_member(viewer, id))
        .take()
}

/// The memberships that `viewer` may see, those who have silently declined included: FROM and
/// WHERE.
pub fn visible_members(viewer: Viewer) -> SelectStatement {
    let conversation = (conversation_member::Entity, Member::ConversationId);
    Query::select()
        .from(conversation_member::Entity)
        .and_where(is_member(viewer, conversation))
        .take()
}

/// The messages of which `viewer` may see a tombstone at least, those inside their window (R27):
/// FROM and WHERE.
pub fn visible_messages(viewer: Viewer) -> SelectStatement {
    let conversation = (message::Entity, message::Column::ConversationId);
    let sequence = Expr::col((message::Entity, message::Column::Sequence));
    let window = own_row(viewer, conversation)
        .expr(Expr::val(1))
        .and_where(sequence.gt(Expr::col((own(), Member::ReadsAfter))))
        .take();
    Query::select()
        .from(message::Entity)
        .and_where(Expr::exists(window))
        .take()
}

/// `viewer` gets all of the message in `other`.
pub fn is_readable(viewer: Viewer, other: impl IntoColumnRef) -> Expr {
    let id = Expr::col((message::Entity, message::Column::Id));
    let rows = visible_messages(viewer)
        .expr(Expr::val(1))
        .and_where(id.eq(Expr::col(other)))
        .and_where(is_whole(viewer))
        .take();
    Expr::exists(rows)
}

/// The conversation in `other` is among many.
pub fn is_among_many(other: impl IntoColumnRef) -> Expr {
    let column = |column| Expr::col((conversation::Entity, column));
    let rows = Query::select()
        .expr(Expr::val(1))
        .from(conversation::Entity)
        .and_where(column(conversation::Column::Id).eq(Expr::col(other)))
        .and_where(column(conversation::Column::Kind).eq(conversation::Kind::Group))
        .take();
    Expr::exists(rows)
}

/// A message by its global id: its conversation, and itself. A home that is not its own finds
/// nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MessageRef {
    pub conversation: ConversationId,
    pub id: MessageId,
}

/// What `viewer` gets of a message; `None` where it is not there, or outside their window.
pub async fn sighted(txn: &Txn, viewer: Viewer, at: MessageRef) -> Result<Option<SightedMessage>> {
    let column = |column| Expr::col((message::Entity, column));
    let mut rows = visible_messages(viewer)
        .and_where(column(message::Column::Id).eq(at.id))
        .and_where(column(message::Column::ConversationId).eq(at.conversation))
        .take();
    SightedMessage::select(viewer, &mut rows);
    let row = txn.query_one(&rows).await?;
    let seen = row.map(|row| SightedMessage::from_query_result(&row, ""));
    Ok(seen.transpose()?)
}

/// The message, if `viewer` gets all of it.
pub async fn whole(txn: &Txn, viewer: Viewer, at: MessageRef) -> Result<Option<message::Model>> {
    let seen = sighted(txn, viewer, at).await?;
    let whole = seen.filter(|seen| seen.sight == Sight::Whole);
    Ok(whole.map(|seen| seen.message))
}

/// Where a message was sent, and by whom, whoever asks.
pub async fn place(txn: &Txn, id: MessageId) -> Result<Option<(ConversationId, PersonId)>> {
    let message = message::Entity::find_by_id(id).one(&**txn).await?;
    Ok(message.map(|message| (message.conversation_id, message.sender_id)))
}

/// Staff has hidden the message in `other`, and it is not deleted.
pub fn is_hidden(other: impl IntoColumnRef) -> Expr {
    let column = |column| Expr::col((message::Entity, column));
    let rows = Query::select()
        .expr(Expr::val(1))
        .from(message::Entity)
        .and_where(column(message::Column::Id).eq(Expr::col(other)))
        .and_where(column(message::Column::DeletedAt).is_null())
        .and_where(column(message::Column::HiddenAt).is_not_null())
        .take();
    Expr::exists(rows)
}

/// Messages that are not deleted, whoever is a member: for what staff reads of reports (R24). None
/// for everybody else. FROM and WHERE.
pub(super) fn for_staff(viewer: Viewer) -> SelectStatement {
    Query::select()
        .from(message::Entity)
        .and_where(Expr::val(viewer.is_staff()))
        .and_where(Expr::col((message::Entity, message::Column::DeletedAt)).is_null())
        .take()
}

/// How `person` stands to a conversation, whoever asks; `None` where they are not in it (any
/// more). Who declined it is to be answered like those who are not in it (R1).
pub async fn member(
    connection: &impl ConnectionTrait,
    conversation: ConversationId,
    person: PersonId,
) -> Result<Option<conversation_member::Model>> {
    let member = conversation_member::Entity::find_by_id((conversation, person));
    Ok(member.one(connection).await?)
}

/// Locks a conversation, whoever asks: what is written below it is serial. `None` where there is
/// none.
pub async fn lock(txn: &Txn, id: ConversationId) -> Result<Option<conversation::Model>> {
    use sea_orm::QuerySelect;
    let conversation = conversation::Entity::find_by_id(id).lock(LockType::NoKeyUpdate);
    Ok(conversation.one(&**txn).await?)
}

/// Whether somebody is in the direct conversation with `person` beyond a block, whoever made it
/// (R28). Never so of a group.
pub async fn is_severed(
    txn: &Txn,
    conversation: &conversation::Model,
    person: PersonId,
) -> Result<bool> {
    if conversation.kind == conversation::Kind::Group {
        return Ok(false);
    }
    let other = (conversation_member::Entity, Member::PersonId);
    let id = (conversation_member::Entity, Member::ConversationId);
    let rows = Query::select()
        .expr(Expr::val(1))
        .from(conversation_member::Entity)
        .and_where(Expr::col(id).eq(conversation.id))
        .and_where(Expr::col(other).ne(person))
        .and_where(social::sql::is_severed(person, other))
        .take();
    Ok(txn.query_one(&rows).await?.is_some())
}

/// The first message behind a sequence that is pushed to the reader: a tombstone too, but nothing
/// by somebody beyond a block (R28).
pub async fn next_message(
    reader: &Reader,
    conversation: ConversationId,
    behind: i64,
) -> Result<Option<SightedMessage>> {
    let column = |column| Expr::col((message::Entity, column));
    let mut rows = visible_messages(reader.viewer())
        .and_where(column(message::Column::ConversationId).eq(conversation))
        .and_where(column(message::Column::Sequence).gt(behind))
        .and_where(is_beyond_block(reader.viewer()).not())
        .order_by((message::Entity, message::Column::Sequence), Order::Asc)
        .limit(1)
        .take();
    SightedMessage::select(reader.viewer(), &mut rows);
    let row = reader.connection().query_one(&rows).await?;
    let seen = row.map(|row| SightedMessage::from_query_result(&row, ""));
    Ok(seen.transpose()?)
}

/// Whether the reader hears that `person` types: both have accepted the conversation, and no block
/// stands between them (R28, R29).
pub async fn hears_typing(
    reader: &Reader,
    conversation: ConversationId,
    person: PersonId,
) -> Result<bool> {
    let Some(me) = reader.viewer().id() else {
        return Ok(false);
    };
    let at = |column| (conversation_member::Entity, column);
    let accepted = own_row(reader.viewer(), at(Member::ConversationId))
        .expr(Expr::val(1))
        .and_where(Expr::col((own(), Member::Standing)).eq(Standing::Active))
        .take();
    let rows = Query::select()
        .expr(Expr::val(1))
        .from(conversation_member::Entity)
        .and_where(Expr::col(at(Member::ConversationId)).eq(conversation))
        .and_where(Expr::col(at(Member::PersonId)).eq(person))
        .and_where(Expr::col(at(Member::Standing)).eq(Standing::Active))
        .and_where(Expr::exists(accepted))
        .and_where(social::sql::is_severed(me, at(Member::PersonId)).not())
        .take();
    Ok(reader.connection().query_one(&rows).await?.is_some())
}
