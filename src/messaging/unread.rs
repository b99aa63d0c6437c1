//! How much there is to read (R30): living messages by others that the viewer gets whole, behind
//! their read marker and inside their window. Only conversations with news are looked at.

use std::collections::HashMap;

use sea_orm::{
    ConnectionTrait, DbBackend,
    sea_query::{Alias, Expr, ExprTrait, JoinType, Query, SelectStatement},
};
use uuid::Uuid;

use super::{
    entity::{
        conversation::{self, Column as Conversation},
        conversation_member::{self, Column as Member, Standing},
        message::{self, Column as Message},
    },
    policy::MAX_UNREAD,
    sight::{is_whole, own},
};
use crate::{
    error::Result,
    ids::{ConversationId, PersonId},
    platform::db::{Batch, Reader, Viewer, is_one_of},
};

/// The unread count of many conversations, at most [`MAX_UNREAD`]: one statement. Nothing for
/// those without news.
pub struct UnreadIn;

impl Batch for UnreadIn {
    type Key = ConversationId;
    type Value = i64;

    async fn load(
        reader: &Reader,
        keys: &[ConversationId],
    ) -> Result<HashMap<ConversationId, i64>> {
        let Some(me) = reader.viewer().id() else {
            return Ok(HashMap::new());
        };
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let conversation = (own(), Member::ConversationId);
        let statement = news(me)
            .expr_as(Expr::col(conversation.clone()), Alias::new("id"))
            .expr_as(count(messages(reader.viewer(), me)), Alias::new("unread"))
            .and_where(is_one_of(reader.backend(), conversation, &ids))
            .and_where(Expr::col((own(), Member::Standing)).ne(Standing::Declined))
            .take();
        let mut counts = HashMap::new();
        for row in reader.connection().query_all(&statement).await? {
            counts.insert(row.try_get("", "id")?, row.try_get("", "unread")?);
        }
        Ok(counts)
    }
}

/// How many messages the reader has not read in all their ACTIVE conversations, at most
/// [`MAX_UNREAD`]: one statement, which ends with the last that it counts. Nobody else's is told.
pub struct UnreadOf;

impl Batch for UnreadOf {
    type Key = PersonId;
    type Value = i64;

    async fn load(reader: &Reader, keys: &[PersonId]) -> Result<HashMap<PersonId, i64>> {
        let viewer = reader.viewer();
        let Some(me) = viewer.id().filter(|me| keys.contains(me)) else {
            return Ok(HashMap::new());
        };
        let mut rows = news(me);
        rows.expr(Expr::val(1))
            .and_where(Expr::col((own(), Member::Standing)).eq(Standing::Active))
            .limit(MAX_UNREAD);
        match reader.backend() {
            // One conversation after the other, by the index: a join could also read all messages
            // of everybody.
            DbBackend::Postgres => rows.join_lateral(
                JoinType::InnerJoin,
                messages(viewer, me),
                Alias::new("unread"),
                Expr::cust("TRUE"),
            ),
            _ => rows.inner_join(message::Entity, is_unread(viewer, me)),
        };
        let statement = Query::select()
            .expr_as(count(rows), Alias::new("unread"))
            .take();
        let row = reader.connection().query_one(&statement).await?;
        let unread = row.map(|row| row.try_get("", "unread")).transpose()?;
        Ok(unread.into_iter().map(|unread| (me, unread)).collect())
    }
}

/// The memberships of `me` in conversations with news, with these: FROM and WHERE.
fn news(me: PersonId) -> SelectStatement {
    let column = |column| Expr::col((own(), column));
    let last = || Expr::col((conversation::Entity, Conversation::LastSequence));
    let of = column(Member::ConversationId).equals((conversation::Entity, Conversation::Id));
    Query::select()
        .from_as(conversation_member::Entity, own())
        .inner_join(conversation::Entity, of)
        .and_where(column(Member::PersonId).eq(me))
        .and_where(last().gt(column(Member::ReadUpTo)))
        .and_where(last().gt(column(Member::ReadsAfter)))
        .take()
}

/// The message in its table is unread by the member in `own`.
fn is_unread(viewer: Viewer, me: PersonId) -> Expr {
    let own = |column| Expr::col((own(), column));
    let column = |column| Expr::col((message::Entity, column));
    column(Message::ConversationId)
        .eq(own(Member::ConversationId))
        .and(column(Message::Sequence).gt(own(Member::ReadUpTo)))
        .and(column(Message::Sequence).gt(own(Member::ReadsAfter)))
        .and(column(Message::SenderId).ne(me))
        .and(is_whole(viewer))
}

/// The unread messages of the member in `own`, as far as they are counted.
fn messages(viewer: Viewer, me: PersonId) -> SelectStatement {
    Query::select()
        .expr(Expr::val(1))
        .from(message::Entity)
        .and_where(is_unread(viewer, me))
        .limit(MAX_UNREAD)
        .take()
}

fn count(rows: SelectStatement) -> Expr {
    let count = Query::select()
        .expr(Expr::cust("COUNT(*)"))
        .from_subquery(rows, Alias::new("counted"))
        .take();
    Expr::from(count)
}
