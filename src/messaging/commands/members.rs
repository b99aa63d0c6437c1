//! Adding people to a group, and removing them.

use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};

use super::{
    Held,
    admit::{Asking, admit},
    hold_group, insert_members, other_member, rules, within,
};
use crate::{
    accounts::Me,
    activity::{By, record},
    clock::Timestamp,
    error::{Error, Result},
    ids::{ConversationId, MemberId, PersonId},
    messaging::{
        entity::conversation_member::{self, Role, Standing},
        events::{End, MemberAdded, MemberRemoved},
    },
    platform::{Platform, db::Txn},
    social::locks::{Hold, lock_pairs},
};

/// Adds people to a group, all or none of them. They read what is written from now on (R27).
/// Whoever is a member already stays as they are.
///
/// # Errors
/// BAD_USER_INPUT; NOT_FOUND (of the conversation, or of somebody who cannot be put into it);
/// FORBIDDEN in a direct conversation and for all but the owner and admins; CONFLICT where the
/// group has no room; RATE_LIMITED where the caller asked too many people lately.
pub async fn add(p: &Platform, me: &Me, id: ConversationId, people: &[PersonId]) -> Result<()> {
    rules::check_named(me.id(), people, "userIds")?;
    if people.is_empty() {
        return Err(Error::bad_input("userIds", "Name whom to add."));
    }
    let now = p.now();
    let seats: Vec<_> = people.iter().map(|_| MemberId(p.new_id(now))).collect();
    let seats = seats.as_slice();
    let asking = &Asking::new(p, me);
    within(p, id, |txn| async move {
        lock_pairs(&txn, Hold::Shared, me.id(), people.iter().copied()).await?;
        let held = hold_group(&txn, me, id).await?;
        rules::may_manage(held.own.role)?;
        let standings = admit(&txn, me, people, "userIds").await?;
        let present = present(&txn, id, people).await?;
        let new: Vec<_> = (people.iter().zip(seats).zip(standings))
            .filter(|((person, _), _)| !present.contains(person))
            .map(|((person, seat), standing)| newcomer(&held, (*person, *seat), standing, now))
            .collect();
        let members = conversation_member::Entity::find()
            .filter(conversation_member::Column::ConversationId.eq(id))
            .count(&*txn)
            .await?;
        rules::has_room(usize::try_from(members).unwrap_or(usize::MAX), new.len())?;
        if new.is_empty() {
            return Ok(());
        }
        asking.throttle(new.iter().map(|member| member.standing))?;
        insert_members(&txn, &new).await?;
        for member in &new {
            let fact = MemberAdded::at(&held.conversation, member.person_id.into());
            record(&txn, By::person(me.id(), now), &fact, [])?;
        }
        Ok(())
    })
    .await
}

/// Those of `people` who are members already, whether or not they declined.
async fn present(txn: &Txn, id: ConversationId, people: &[PersonId]) -> Result<Vec<PersonId>> {
    let found = conversation_member::Entity::find()
        .filter(conversation_member::Column::ConversationId.eq(id))
        .filter(conversation_member::Column::PersonId.is_in(people.iter().copied()))
        .all(&**txn)
        .await?;
    Ok(found.into_iter().map(|member| member.person_id).collect())
}

/// Somebody whose window opens behind the last message.
fn newcomer(
    held: &Held,
    (person, id): (PersonId, MemberId),
    standing: Standing,
    now: Timestamp,
) -> conversation_member::Model {
    let last = held.conversation.last_sequence;
    conversation_member::Model {
        conversation_id: held.conversation.id,
        person_id: person,
        id,
        role: Role::Member,
        standing,
        joined_at: now,
        reads_after: last,
        read_up_to: last,
        is_muted: false,
        muted_until: None,
        added_by_id: held.own.person_id,
        was_asked: standing == Standing::Request,
    }
}

/// Removes somebody from a group, and returns what their membership was.
///
/// # Errors
/// NOT_FOUND (of the conversation, or of the member); BAD_USER_INPUT for oneself; FORBIDDEN in a
/// direct conversation, for members, and for an admin who is to remove another one or the owner.
pub async fn remove(
    p: &Platform,
    me: &Me,
    id: ConversationId,
    person: PersonId,
) -> Result<conversation_member::Model> {
    let now = p.now();
    within(p, id, |txn| async move {
        let held = hold_group(&txn, me, id).await?;
        rules::may_manage(held.own.role)?;
        let instead = "To go yourself, leave the conversation.";
        let other = other_member(&txn, &held, person, instead).await?;
        rules::may_remove(held.own.role, other.role)?;
        take_out(&txn, &held, &other, (End::Removed, now)).await?;
        Ok(other)
    })
    .await
}

/// Ends a membership in a conversation that is held: with its row goes all access (R27).
pub(super) async fn take_out(
    txn: &Txn,
    held: &Held,
    member: &conversation_member::Model,
    (cause, now): (End, Timestamp),
) -> Result<()> {
    conversation_member::Entity::delete_by_id((member.conversation_id, member.person_id))
        .exec(&**txn)
        .await?;
    let fact = MemberRemoved::at(&held.conversation, member.person_id.into(), cause);
    record(txn, By::person(held.own.person_id, now), &fact, [])
}
