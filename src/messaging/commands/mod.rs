//! What people do in conversations. One public function per action, one transaction each.
//!
//! Whoever writes below a conversation locks its row, so that sends, removals and changes of roles
//! follow each other, and proves under that lock that the caller is a member. Only what somebody
//! keeps for themselves (how far they have read, a mute) leaves it alone and locks their own
//! membership: a busy conversation does not wait for its readers.

mod admit;
mod answer;
mod crowd;
mod delete;
mod edit;
mod erase;
mod import;
mod leave;
mod members;
mod mute;
mod read_marker;
mod rename;
mod role;
pub mod rules;
mod send;
mod staff;
mod start;
mod typing;

use std::future::Future;

use sea_orm::{
    ActiveModelTrait, EntityTrait, IntoActiveModel,
    sea_query::{Expr, ExprTrait, LockType, SelectStatement},
};

pub(super) use self::send::direct_other;
pub use self::{
    answer::{accept, decline},
    crowd::add_crowd,
    delete::delete,
    edit::edit,
    erase::erase,
    import::{Imported, import},
    leave::leave,
    members::{add, remove},
    mute::set_muted,
    read_marker::mark_read,
    rename::rename,
    role::change_role,
    send::{NewMessage, send},
    staff::set_hidden,
    start::{NewConversation, start},
    typing::may_type,
};
use super::{
    entity::{conversation, conversation_member},
    events::Place,
    policy::may_write,
    queries::{self, visible_members},
};
use crate::{
    accounts::Me,
    error::{Error, Result},
    ids::{ConversationId, PersonId},
    platform::{
        Platform,
        db::{Gate, Lane, Txn, one},
    },
};

/// A conversation that is locked, and the caller's membership as it is under the lock.
struct Held {
    conversation: conversation::Model,
    own: conversation_member::Model,
}

/// Runs `work` in a transaction that is to write below a conversation: a crowd at one waits
/// before it takes connections.
async fn within<T, Fut>(
    p: &Platform,
    id: ConversationId,
    work: impl Fn(Txn) -> Fut + Send + Sync,
) -> Result<T>
where
    T: Send,
    Fut: Future<Output = Result<T>> + Send,
{
    let _pass = p.db.gate(Gate::Hot(id.0)).await?;
    p.db.write_txn(Lane::Request, work).await
}

/// The conversation, locked, if the caller is a member.
///
/// # Errors
/// NOT_FOUND at `path`.
async fn hold(txn: &Txn, me: &Me, id: ConversationId, path: &str) -> Result<Held> {
    let conversation = queries::lock(txn, id).await?;
    // Read under the lock: whoever was removed before it came finds nothing any more.
    let own = own_membership(txn, me, id).await?;
    match (conversation, own) {
        (Some(conversation), Some(own)) => Ok(Held { conversation, own }),
        _ => Err(Error::not_found(path)),
    }
}

/// The same, for what changes a group and is open to those only who have accepted it.
///
/// # Errors
/// NOT_FOUND and FORBIDDEN at `conversationId`.
async fn hold_group(txn: &Txn, me: &Me, id: ConversationId) -> Result<Held> {
    const PATH: &str = "conversationId";
    let held = hold(txn, me, id, PATH).await?;
    rules::is_group(held.conversation.kind)?;
    may_write(&held.own, PATH)?;
    Ok(held)
}

/// The caller's membership, unless they declined.
async fn own_membership(
    txn: &Txn,
    me: &Me,
    id: ConversationId,
) -> Result<Option<conversation_member::Model>> {
    one::<conversation_member::Entity>(&**txn, rows_of(me, id)).await
}

fn rows_of(me: &Me, id: ConversationId) -> SelectStatement {
    let column = |column| Expr::col((conversation_member::Entity, column));
    visible_members(me.viewer())
        .and_where(column(conversation_member::Column::ConversationId).eq(id))
        .and_where(column(conversation_member::Column::PersonId).eq(me.id()))
        .take()
}

/// The caller's membership, locked: for what they keep there for themselves.
///
/// # Errors
/// NOT_FOUND at `path`.
async fn hold_own(
    txn: &Txn,
    me: &Me,
    id: ConversationId,
    path: &str,
) -> Result<conversation_member::Model> {
    let rows = rows_of(me, id)
        .lock_with_tables(LockType::NoKeyUpdate, [conversation_member::Entity])
        .take();
    one::<conversation_member::Entity>(&**txn, rows)
        .await?
        .ok_or_else(|| Error::not_found(path))
}

/// Somebody else's membership in a conversation that is held, also of those who declined: the
/// others are not told.
///
/// # Errors
/// NOT_FOUND at `userId`; BAD_USER_INPUT for the caller themselves, with what to do instead.
async fn other_member(
    txn: &Txn,
    held: &Held,
    person: PersonId,
    instead: &str,
) -> Result<conversation_member::Model> {
    const PATH: &str = "userId";
    if person == held.own.person_id {
        return Err(Error::bad_input(PATH, instead));
    }
    queries::member(&**txn, held.conversation.id, person)
        .await?
        .ok_or_else(|| Error::not_found(PATH))
}

/// Where something happened: a conversation that is not held, what stands for it never changes.
async fn place(txn: &Txn, id: ConversationId) -> Result<Place> {
    let conversation = conversation::Entity::find_by_id(id).one(&**txn).await?;
    let conversation = conversation.as_ref().map(Place::from);
    conversation.ok_or_else(|| Error::internal("a membership without a conversation"))
}

async fn insert_members(txn: &Txn, members: &[conversation_member::Model]) -> Result<()> {
    let rows = members
        .iter()
        .map(|member| member.clone().into_active_model().reset_all());
    conversation_member::Entity::insert_many(rows)
        .exec_without_returning(&**txn)
        .await?;
    Ok(())
}

/// A membership by its key, to be changed.
fn change(of: &conversation_member::Model) -> conversation_member::ActiveModel {
    use sea_orm::ActiveValue::Unchanged;
    conversation_member::ActiveModel {
        conversation_id: Unchanged(of.conversation_id),
        person_id: Unchanged(of.person_id),
        ..Default::default()
    }
}
