//! Conversations by the thousand.

use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel};

use super::{insert_members, rules, send::sent};
use crate::{
    activity::{By, record},
    error::Result,
    messaging::{
        entity::{conversation, conversation_member, message},
        events::Started,
    },
    platform::db::Txn,
    posts::events::many,
};

/// A conversation that is ready to be written, whole.
#[derive(Clone, Debug)]
pub struct Imported {
    pub conversation: conversation::Model,
    pub members: Vec<conversation_member::Model>,
    /// As they were sent.
    pub messages: Vec<message::Model>,
}

/// Adds conversations with all that is in them: for seeding.
///
/// # Errors
/// BAD_USER_INPUT, for a text that nobody could send.
pub async fn import(txn: &Txn, conversations: &[Imported]) -> Result<()> {
    for Imported {
        conversation,
        members,
        messages,
    } in conversations
    {
        let row = conversation.clone().into_active_model().reset_all();
        conversation::Entity::insert(row)
            .exec_without_returning(&**txn)
            .await?;
        insert_members(txn, members).await?;
        let by = By::person(conversation.creator_id, conversation.created_at);
        let fact = Started::at(conversation, conversation.kind, many(members.len()));
        record(txn, by, &fact, [])?;
        for message in messages {
            rules::body(Some(&message.body), message.shared_post_id.is_some())?;
            let by = By::person(message.sender_id, message.created_at);
            record(txn, by, &sent(conversation, message, 0), [])?;
        }
        if messages.is_empty() {
            continue;
        }
        let rows = messages
            .iter()
            .map(|message| message.clone().into_active_model().reset_all());
        message::Entity::insert_many(rows)
            .exec_without_returning(&**txn)
            .await?;
    }
    Ok(())
}
