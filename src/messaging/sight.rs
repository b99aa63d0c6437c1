//! Conversations and messages as one member sees them.

use sea_orm::{
    DbErr, FromQueryResult, QueryResult,
    sea_query::{Alias, CaseStatement, Expr, ExprTrait, Query, SelectStatement},
};

use super::{
    entity::{
        conversation::{self, Kind},
        conversation_member::{Column as Member, Role, Standing},
        message,
    },
    policy::Sight,
    queries::own_row,
};
use crate::{
    clock::Timestamp,
    platform::db::{Viewer, select_all},
    social,
};

/// A conversation, and how its reader stands to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SightedConversation {
    pub conversation: conversation::Model,
    pub role: Role,
    pub standing: Standing,
    /// Whether the reader mutes it now.
    pub is_muted: bool,
    joined_at: Timestamp,
}

impl SightedConversation {
    /// When there were news for the reader: the last message, or their joining after it (R27).
    pub fn updated_at(&self) -> Timestamp {
        Ord::max(self.conversation.updated_at, self.joined_at)
    }

    /// Adds the columns that it is read from, out of those of `conversation`.
    pub fn select(viewer: Viewer, rows: &mut SelectStatement) {
        select_all::<conversation::Entity>(rows);
        let until = || Expr::col((own(), Member::MutedUntil));
        let is_muted =
            Expr::col((own(), Member::IsMuted)).and(until().is_null().or(until().gt(viewer.now())));
        let facts = [
            ("own_role", Expr::col((own(), Member::Role))),
            ("own_standing", Expr::col((own(), Member::Standing))),
            ("own_mute", is_muted),
            ("own_joining", Expr::col((own(), Member::JoinedAt))),
        ];
        let id = (conversation::Entity, conversation::Column::Id);
        for (name, fact) in facts {
            let fact = own_row(viewer, id).expr(fact).take();
            rows.expr_as(Expr::from(fact), Alias::new(name));
        }
    }
}

impl FromQueryResult for SightedConversation {
    fn from_query_result(row: &QueryResult, prefix: &str) -> Result<Self, DbErr> {
        Ok(Self {
            conversation: conversation::Model::from_query_result(row, prefix)?,
            role: row.try_get(prefix, "own_role")?,
            standing: row.try_get(prefix, "own_standing")?,
            is_muted: row.try_get(prefix, "own_mute")?,
            joined_at: row.try_get(prefix, "own_joining")?,
        })
    }
}

/// A message, and what its reader gets of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SightedMessage {
    pub message: message::Model,
    pub sight: Sight,
}

impl SightedMessage {
    /// A message as its own sender sees it.
    pub fn own(message: message::Model) -> Self {
        let sight = match message.deleted_at {
            None => Sight::Whole,
            Some(_) => Sight::Unavailable,
        };
        Self { message, sight }
    }

    /// A tombstone for this reader alone: its sender is beyond a block. Nothing of it is pushed
    /// (R28).
    pub fn is_beyond_block(&self) -> bool {
        let message = &self.message;
        self.sight != Sight::Whole && message.deleted_at.is_none() && message.hidden_at.is_none()
    }

    /// Adds the columns that it is read from, out of those of `message`.
    pub fn select(viewer: Viewer, rows: &mut SelectStatement) {
        select_all::<message::Entity>(rows);
        rows.expr_as(sight(viewer), Alias::new("sight"));
    }
}

impl FromQueryResult for SightedMessage {
    fn from_query_result(row: &QueryResult, prefix: &str) -> Result<Self, DbErr> {
        let sight: String = row.try_get(prefix, "sight")?;
        Ok(Self {
            message: message::Model::from_query_result(row, prefix)?,
            sight: Sight::parse(&sight).ok_or_else(|| DbErr::Type(format!("no sight: {sight}")))?,
        })
    }
}

/// The name of the reader's own membership in conditions.
pub(super) fn own() -> Alias {
    Alias::new("own")
}

fn word(sight: Sight) -> Expr {
    Expr::Constant(sight.name().into())
}

/// What `viewer`, inside whose window it is, gets of the message in its table (R28, R32): the one
/// place that decides.
fn sight(viewer: Viewer) -> Expr {
    let Some(me) = viewer.seer() else {
        return word(Sight::Unavailable);
    };
    let column = |column| Expr::col((message::Entity, column));
    let sender = (message::Entity, message::Column::SenderId);
    let deleted = column(message::Column::DeletedAt).is_not_null();
    let hidden = column(message::Column::HiddenAt).is_not_null();
    let unavailable = match viewer.is_staff() {
        true => deleted,
        false => deleted.or(hidden.and(Expr::col(sender).ne(me.id))),
    };
    let blocked = social::sql::blocks(me, sender).and(is_in_group());
    let blocked_by = social::sql::is_blocked_by(me, sender).and(is_in_group());
    CaseStatement::new()
        .case(unavailable, word(Sight::Unavailable))
        .case(blocked, word(Sight::BlockedByViewer))
        .case(blocked_by, word(Sight::Unavailable))
        .finally(word(Sight::Whole))
        .into()
}

/// The sender of the message in its table is beyond a block, in a group (R28).
pub(super) fn is_beyond_block(viewer: Viewer) -> Expr {
    let sender = (message::Entity, message::Column::SenderId);
    match viewer.seer() {
        None => Expr::val(false),
        Some(me) => social::sql::is_severed(me, sender).and(is_in_group()),
    }
}

/// `viewer` gets all of the message in its table.
pub(super) fn is_whole(viewer: Viewer) -> Expr {
    sight(viewer).eq(word(Sight::Whole))
}

/// Between two people history stays readable, whoever blocks whom.
fn is_in_group() -> Expr {
    let rows = Query::select()
        .expr(Expr::val(1))
        .from(conversation::Entity)
        .and_where(
            Expr::col((conversation::Entity, conversation::Column::Id))
                .equals((message::Entity, message::Column::ConversationId)),
        )
        .and_where(Expr::col((conversation::Entity, conversation::Column::Kind)).eq(Kind::Group))
        .take();
    Expr::exists(rows)
}
