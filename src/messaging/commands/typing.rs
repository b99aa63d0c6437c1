//! Who may say that they type. Who hears of it is decided where it is heard
//! ([`crate::messaging::queries::hears_typing`]).

use super::rows_of;
use crate::{
    accounts::Me,
    error::{Error, Result},
    ids::ConversationId,
    messaging::{entity::conversation_member, policy::may_write},
    platform::{Platform, db::one},
};

const PATH: &str = "conversationId";

/// Proves that the caller may say that they type. One statement; nothing is written.
///
/// # Errors
/// NOT_FOUND; FORBIDDEN before the caller has accepted the conversation.
pub async fn may_type(p: &Platform, me: &Me, id: ConversationId) -> Result<()> {
    let reader = p.db.reader(me.viewer());
    let own = one::<conversation_member::Entity>(reader.connection(), rows_of(me, id)).await?;
    may_write(&own.ok_or_else(|| Error::not_found(PATH))?, PATH)
}
