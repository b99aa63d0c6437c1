//! The lists of conversations, members and messages.

use sea_orm::sea_query::{CaseStatement, Expr, ExprTrait, Query, SelectStatement};

use super::{
    entity::{
        conversation::{self, Column as Conversation},
        conversation_member::{self, Column as Member, Standing},
        message::{self, Column as Message},
    },
    queries::{is_member, own_row},
    sight::{SightedConversation, SightedMessage, own},
};
use crate::{
    page::Order,
    platform::db::{
        Reader,
        list::{List, parent},
    },
};

/// The order of a conversation's edge.
pub const UPDATED: Order = Order("conversation:updated");
/// The order of a member's edge.
pub const JOINED: Order = Order("member:joined");
/// The order of a message's edge.
pub const SEQUENCE: Order = Order("message:sequence");

/// The viewer's conversations of one standing, the latest news first. Read from their own
/// memberships: it costs what they are in, however much others write there.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ConversationsOf(pub Standing);

impl List for ConversationsOf {
    type Entity = conversation::Entity;
    type Row = SightedConversation;

    fn order(&self) -> Order {
        UPDATED
    }

    /// When there were news for them: nothing of what was before their joining is told (R27).
    fn key(&self) -> Expr {
        let updated = || Expr::col((conversation::Entity, Conversation::UpdatedAt));
        let joined = || Expr::col((conversation_member::Entity, Member::JoinedAt));
        CaseStatement::new()
            .case(joined().gt(updated()), joined())
            .finally(updated())
            .into()
    }

    fn id(&self) -> Expr {
        Expr::col((conversation::Entity, Conversation::Id))
    }

    fn parent(&self) -> Option<Expr> {
        Some(Expr::col((conversation_member::Entity, Member::PersonId)))
    }

    fn scans(&self, _: &Reader) -> Vec<SelectStatement> {
        let of = Expr::col((conversation_member::Entity, Member::ConversationId));
        let standing = Expr::col((conversation_member::Entity, Member::Standing));
        let rows = Query::select()
            .from(conversation_member::Entity)
            .inner_join(
                conversation::Entity,
                of.equals((conversation::Entity, Conversation::Id)),
            )
            .and_where(standing.eq(self.0))
            .take();
        vec![rows]
    }

    fn sees(&self, reader: &Reader) -> Expr {
        is_member(reader.viewer(), (conversation::Entity, Conversation::Id))
    }

    fn select(&self, reader: &Reader, rows: &mut SelectStatement) {
        SightedConversation::select(reader.viewer(), rows);
    }
}

/// Who is in a conversation, as they joined.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct MembersOf;

impl List for MembersOf {
    type Entity = conversation_member::Entity;
    type Row = conversation_member::Model;

    fn order(&self) -> Order {
        JOINED
    }

    fn is_descending(&self) -> bool {
        false
    }

    fn key(&self) -> Expr {
        Expr::col((conversation_member::Entity, Member::JoinedAt))
    }

    fn id(&self) -> Expr {
        Expr::col((conversation_member::Entity, Member::Id))
    }

    fn parent(&self) -> Option<Expr> {
        Some(Expr::col((
            conversation_member::Entity,
            Member::ConversationId,
        )))
    }

    fn scans(&self, reader: &Reader) -> Vec<SelectStatement> {
        let rows = Query::select()
            .from(conversation_member::Entity)
            .and_where(is_member(reader.viewer(), parent()))
            .take();
        vec![rows]
    }

    /// Whoever is in a conversation sees who else is.
    fn sees(&self, _: &Reader) -> Expr {
        Expr::val(true)
    }
}

/// The messages of a conversation, as they were sent.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct MessagesOf;

impl List for MessagesOf {
    type Entity = message::Entity;
    type Row = SightedMessage;

    fn order(&self) -> Order {
        SEQUENCE
    }

    fn is_descending(&self) -> bool {
        false
    }

    fn key(&self) -> Expr {
        Expr::col((message::Entity, Message::Sequence))
    }

    fn id(&self) -> Expr {
        Expr::col((message::Entity, Message::Id))
    }

    fn parent(&self) -> Option<Expr> {
        Some(Expr::col((message::Entity, Message::ConversationId)))
    }

    /// The window is where the index is entered: what was written before the reader joined is
    /// never looked at (R27).
    fn scans(&self, reader: &Reader) -> Vec<SelectStatement> {
        let reads_after = own_row(reader.viewer(), parent())
            .expr(Expr::col((own(), Member::ReadsAfter)))
            .take();
        let sequence = Expr::col((message::Entity, Message::Sequence));
        let rows = Query::select()
            .from(message::Entity)
            .and_where(sequence.gt(Expr::from(reads_after)))
            .take();
        vec![rows]
    }

    /// Inside the window everything leaves a tombstone at least.
    fn sees(&self, _: &Reader) -> Expr {
        Expr::val(true)
    }

    fn select(&self, reader: &Reader, rows: &mut SelectStatement) {
        SightedMessage::select(reader.viewer(), rows);
    }
}
