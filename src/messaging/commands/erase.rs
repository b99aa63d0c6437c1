//! Takes somebody out of all conversations.

use sea_orm::{
    ActiveValue::{Set, Unchanged},
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Statement,
};

use crate::{
    activity::{By, record},
    clock::Timestamp,
    error::Result,
    ids::{ConversationId, PersonId},
    media::{ParentKind, commands::take_off},
    messaging::{
        entity::{
            conversation::{self, Kind},
            conversation_member::{self, Column as Member, Role},
            message,
        },
        events::{End, MemberRemoved, MessageDeleted, RoleChanged},
        queries,
    },
    personal::{Erasure, Leaving},
    platform::{
        Platform,
        db::{Lane, Txn},
    },
};

/// Messages of one transaction.
const CHUNK: u64 = 50;

/// See [`PersonalData::erase`](crate::personal::PersonalData::erase). Groups that they owned go on
/// with another owner.
pub async fn erase(p: &Platform, leaving: Leaving) -> Result<Erasure> {
    while messages(p, leaving).await? {}
    while leave(p, leaving.person).await? {}
    let (person, nobody) = (leaving.person.0.into(), PersonId::NOBODY.0.into());
    p.db.drain(&OWN, &[person, nobody]).await?;
    Ok(Erasure::Done)
}

/// What is left of somebody (`$1`) beside messages that stand; `$2` is nobody.
const OWN: [&str; 3] = [
    "UPDATE message SET sender_id = $2, idempotency_key = NULL, request_hash = NULL WHERE id IN \
     (SELECT id FROM message WHERE sender_id = $1 ORDER BY id LIMIT {step})",
    "UPDATE conversation SET creator_id = $2, idempotency_key = NULL, request_hash = NULL \
     WHERE id IN (SELECT id FROM conversation WHERE creator_id = $1 LIMIT {step})",
    "UPDATE conversation_member SET added_by_id = $2 WHERE id IN \
     (SELECT id FROM conversation_member WHERE added_by_id = $1 LIMIT {step})",
];

/// Deletes the next messages of one conversation, unless they are kept, and says whether there were
/// any.
async fn messages(p: &Platform, leaving: Leaving) -> Result<bool> {
    if leaving.is_kept {
        return Ok(false);
    }
    let living = || {
        message::Entity::find()
            .filter(message::Column::SenderId.eq(leaving.person))
            .filter(message::Column::DeletedAt.is_null())
            .order_by_asc(message::Column::Id)
    };
    let Some(first) = living().one(p.db.background()).await? else {
        return Ok(false);
    };
    let (home, now) = (first.conversation_id, p.now());
    let living = &living;
    p.db.write_txn(Lane::Background, |txn| async move {
        let Some(conversation) = queries::lock(&txn, home).await? else {
            return Ok(());
        };
        let next = living().filter(message::Column::ConversationId.eq(home));
        for message in next.limit(CHUNK).all(&*txn).await? {
            let erased = message::ActiveModel {
                id: Unchanged(message.id),
                body: Set(String::new()),
                reply_to_id: Set(None),
                shared_post_id: Set(None),
                deleted_at: Set(Some(now)),
                ..Default::default()
            };
            message::Entity::update(erased).exec(&*txn).await?;
            take_off(&txn, (ParentKind::Message, message.id.0), now).await?;
            let fact = MessageDeleted::at(&conversation, message.id.0);
            record(&txn, By::system(now), &fact, [])?;
        }
        Ok(())
    })
    .await?;
    Ok(true)
}

/// Takes them out of the next conversation, and says whether there was one.
async fn leave(p: &Platform, person: PersonId) -> Result<bool> {
    let own = conversation_member::Entity::find().filter(Member::PersonId.eq(person));
    let Some(own) = own.one(p.db.background()).await? else {
        return Ok(false);
    };
    let (home, now) = (own.conversation_id, p.now());
    p.db.write_txn(Lane::Background, |txn| async move {
        let Some(conversation) = queries::lock(&txn, home).await? else {
            return Ok(());
        };
        let gone = conversation_member::Entity::delete_by_id((home, person))
            .exec_with_returning(&*txn)
            .await?;
        let Some(gone) = gone else { return Ok(()) };
        let fact = MemberRemoved::at(&conversation, person.into(), End::Left);
        record(&txn, By::system(now), &fact, [])?;
        if conversation.kind == Kind::Direct {
            return part(&txn, home).await;
        }
        match gone.role {
            Role::Owner => hand_over(&txn, &conversation, now).await,
            _ => Ok(()),
        }
    })
    .await?;
    Ok(true)
}

/// A direct conversation says whose it is; not any more, so that it is found by nobody.
async fn part(txn: &Txn, home: ConversationId) -> Result<()> {
    let sql = "UPDATE conversation SET pair = $2 WHERE id = $1";
    let values = [home.0.into(), format!("gone:{home}").into()];
    txn.execute_raw(Statement::from_sql_and_values(txn.backend(), sql, values))
        .await?;
    Ok(())
}

/// Whoever has been there longest owns the group from now on, admins first.
async fn hand_over(txn: &Txn, group: &conversation::Model, now: Timestamp) -> Result<()> {
    let members = conversation_member::Entity::find()
        .filter(Member::ConversationId.eq(group.id))
        .filter(Member::Standing.eq(conversation_member::Standing::Active))
        .order_by_asc(Member::JoinedAt)
        .order_by_asc(Member::Id)
        .all(&**txn)
        .await?;
    let admin = members.iter().find(|member| member.role == Role::Admin);
    let Some(next) = admin.or(members.first()) else {
        return Ok(());
    };
    let owner = conversation_member::ActiveModel {
        conversation_id: Unchanged(next.conversation_id),
        person_id: Unchanged(next.person_id),
        role: Set(Role::Owner),
        ..Default::default()
    };
    conversation_member::Entity::update(owner)
        .exec(&**txn)
        .await?;
    let fact = RoleChanged::at(group, next.person_id.into(), Role::Owner);
    record(txn, By::system(now), &fact, [])
}
