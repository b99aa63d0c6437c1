//! Giving members of a group other roles, and handing it over.

use sea_orm::{ActiveValue::Set, EntityTrait};

use super::{Held, change, hold_group, other_member, rules, within};
use crate::{
    accounts::Me,
    activity::{By, record},
    error::{Code, Error, Result},
    ids::{ConversationId, MemberId, PersonId},
    messaging::{
        entity::conversation_member::{self, Role, Standing},
        events::RoleChanged,
    },
    platform::{Platform, db::Txn},
};

/// Gives another member a role, and returns their membership's id. OWNER hands the group over: the
/// caller becomes an admin. The same role changes nothing.
///
/// # Errors
/// NOT_FOUND (of the conversation, or of the member); BAD_USER_INPUT for oneself; FORBIDDEN in a
/// direct conversation and for all but the owner; CONFLICT for handing over to somebody who has
/// not accepted.
pub async fn change_role(
    p: &Platform,
    me: &Me,
    id: ConversationId,
    (person, role): (PersonId, Role),
) -> Result<MemberId> {
    let by = By::person(me.id(), p.now());
    within(p, id, |txn| async move {
        let held = hold_group(&txn, me, id).await?;
        rules::may_give_roles(held.own.role)?;
        let instead = "Make another member the owner; your own role follows.";
        let other = other_member(&txn, &held, person, instead).await?;
        if other.role == role {
            return Ok(other.id);
        }
        if role == Role::Owner {
            if other.standing != Standing::Active {
                let say = "They have to accept the conversation before they can own it.";
                return Err(Error::refused(Code::Conflict, say).at("userId"));
            }
            // First: a group never has two owners.
            give(&txn, &held, &held.own, (Role::Admin, by)).await?;
        }
        give(&txn, &held, &other, (role, by)).await?;
        Ok(other.id)
    })
    .await
}

async fn give(
    txn: &Txn,
    held: &Held,
    member: &conversation_member::Model,
    (role, by): (Role, By),
) -> Result<()> {
    let changed = conversation_member::ActiveModel {
        role: Set(role),
        ..change(member)
    };
    conversation_member::Entity::update(changed)
        .exec(&**txn)
        .await?;
    let fact = RoleChanged::at(&held.conversation, member.person_id.into(), role);
    record(txn, by, &fact, [])
}
