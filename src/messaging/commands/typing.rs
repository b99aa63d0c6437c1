//! Who types where, and who hears of it.

use sea_orm::sea_query::{Expr, ExprTrait};

use crate::{
    accounts::Me,
    error::{Error, Result},
    ids::{ConversationId, PersonId},
    messaging::{
        entity::conversation_member::{self, Standing},
        policy::may_write,
        queries::visible_members,
    },
    platform::{Platform, db::all},
    social,
};

const PATH: &str = "conversationId";

/// Somebody types. Nothing is written of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Typing {
    pub conversation: ConversationId,
    /// Who types.
    pub person: PersonId,
    /// The others who may hear of it now: who have accepted the conversation, without a block
    /// between (R17, R28, R29). Nobody else may, and nobody in a direct conversation across a
    /// block, which the typing person is not told.
    pub heard_by: Vec<PersonId>,
}

/// Whether the caller may say that they type, and who may hear of it. One statement.
///
/// # Errors
/// NOT_FOUND; FORBIDDEN before the caller has accepted the conversation.
pub async fn may_type(p: &Platform, me: &Me, id: ConversationId) -> Result<Typing> {
    let at = |column| (conversation_member::Entity, column);
    let column = |column| Expr::col(at(column));
    let hears = column(conversation_member::Column::Standing)
        .eq(Standing::Active)
        .and(social::sql::is_severed(me.id(), at(conversation_member::Column::PersonId)).not());
    let rows = visible_members(me.viewer())
        .and_where(column(conversation_member::Column::ConversationId).eq(id))
        .and_where(
            column(conversation_member::Column::PersonId)
                .eq(me.id())
                .or(hears),
        )
        .take();
    let reader = p.db.reader(me.viewer());
    let members = all::<conversation_member::Entity>(reader.connection(), rows).await?;
    let is_own = |member: &&conversation_member::Model| member.person_id == me.id();
    let own = members.iter().find(is_own);
    may_write(own.ok_or_else(|| Error::not_found(PATH))?, PATH)?;
    let others = members.iter().filter(|member| !is_own(member));
    Ok(Typing {
        conversation: id,
        person: me.id(),
        heard_by: others.map(|member| member.person_id).collect(),
    })
}
