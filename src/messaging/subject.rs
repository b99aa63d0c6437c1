//! Messages as something to react to.

use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter,
    sea_query::{ColumnRef, Expr},
};
use uuid::Uuid;

use super::{
    commands::direct_other,
    entity::{conversation, message},
    policy,
    queries::{self, MessageRef},
};
use crate::{
    accounts::Me,
    activity::Visibility,
    error::{Error, Result},
    ids::{ConversationId, MessageId, NodeId},
    people,
    platform::db::{Txn, Viewer},
    reactions::{Outside, Place, Subject, SubjectKind},
    social::locks::{Hold, lock_pairs},
};

const PATH: &str = "subjectId";

/// See [`Subject`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct MessageSubject;

fn message_ref(subject: NodeId) -> Result<MessageRef> {
    let conversation = subject.home.map(ConversationId);
    Ok(MessageRef {
        conversation: conversation.ok_or_else(|| Error::not_found(PATH))?,
        id: MessageId(subject.id),
    })
}

fn place(at: MessageRef) -> Place {
    Place {
        home: at.conversation.0,
        id: at.id.0,
    }
}

/// The message, deleted or not, whoever asks.
async fn found(txn: &Txn, at: MessageRef) -> Result<message::Model> {
    let message = message::Entity::find_by_id(at.id)
        .filter(message::Column::ConversationId.eq(at.conversation))
        .one(&**txn)
        .await?;
    message.ok_or_else(|| Error::not_found(PATH))
}

impl Subject for MessageSubject {
    const KIND: SubjectKind = SubjectKind::Message;

    /// Sequences of sends and reactions wait for one row: the conversation's.
    fn crowd(subject: NodeId) -> Uuid {
        subject.home.unwrap_or(subject.id)
    }

    /// As for sending: members to whom the conversation is ACTIVE, and nobody towards somebody
    /// beyond a block (R20, R28).
    async fn lock(txn: &Txn, me: &Me, subject: NodeId) -> Result<Place> {
        let at = message_ref(subject)?;
        let sender = found(txn, at).await?.sender_id;
        // Also to one's own message: it is towards the other one of a direct conversation.
        let other = direct_other(txn, me, at.conversation).await?;
        let people = [sender].into_iter().chain(other);
        lock_pairs(txn, Hold::Shared, me.id(), people).await?;
        let conversation = queries::lock(txn, at.conversation).await?;
        let conversation = conversation.ok_or_else(|| Error::not_found(PATH))?;
        Self::prove_visible(txn, me, subject).await?;
        let member = queries::member(&**txn, at.conversation, me.id()).await?;
        let member = member.ok_or_else(|| Error::not_found(PATH))?;
        policy::may_write(&member, PATH)?;
        match queries::is_severed(txn, &conversation, me.id()).await? {
            true => Err(policy::cannot_write(PATH)),
            false => Ok(place(at)),
        }
    }

    async fn lock_any(txn: &Txn, _: &Me, subject: NodeId) -> Result<Place> {
        let at = message_ref(subject)?;
        queries::lock(txn, at.conversation).await?;
        match found(txn, at).await?.deleted_at {
            None => Ok(place(at)),
            Some(_) => Err(Error::not_found(PATH)),
        }
    }

    async fn prove_visible(txn: &Txn, me: &Me, subject: NodeId) -> Result<()> {
        let seen = queries::whole(txn, me.viewer(), message_ref(subject)?).await?;
        seen.map(|_| ()).ok_or_else(|| Error::not_found(PATH))
    }

    fn is_heard(viewer: Viewer, column: ColumnRef) -> Expr {
        people::queries::is_heard(viewer, column)
    }

    async fn outside(txn: &Txn, place: Place) -> Result<Outside> {
        let conversation = conversation::Entity::find_by_id(ConversationId(place.home))
            .one(&**txn)
            .await?;
        let gone = || Error::internal("a conversation that was just there is gone");
        Ok(Outside {
            home: conversation.ok_or_else(gone)?.outside_id,
            visibility: Visibility::Private,
        })
    }
}
