//! Who is in a group, and what they may do.

use async_graphql::{Context, ID, InputObject, Object};

use super::{answer, conversation, people, person};
use crate::{
    accounts::Me,
    error::Result,
    graphql::{
        context::Ask,
        errors::{Nullable, Payload, nullable, payload},
    },
    ids::{ConversationId, MemberId, NodeId, NodeKind},
    messaging::{
        commands,
        entity::conversation_member::Role,
        graphql::{Conversation, ConversationMember},
        loaders::MembersById,
    },
    platform::Platform,
};

/// Whom to add to a group.
#[derive(InputObject)]
pub struct AddConversationMembersInput {
    /// The group.
    conversation_id: ID,
    /// The people, 1 to 50, each once. All of them are added, or nobody.
    user_ids: Vec<ID>,
}

payload! {
    /// What `addConversationMembers` answers.
    AddConversationMembersPayload {
        /// The group with its new members.
        conversation: Conversation,
    }
}

/// Whom to remove from a group.
#[derive(InputObject)]
pub struct RemoveConversationMemberInput {
    /// The group.
    conversation_id: ID,
    /// The person.
    user_id: ID,
}

payload! {
    /// What `removeConversationMember` answers.
    RemoveConversationMemberPayload {
        /// The group without them.
        conversation: Conversation,
        /// The `ConversationMember`, to drop from lists.
        removed_member_id: ID,
    }
}

/// Which role to give to whom.
#[derive(InputObject)]
pub struct ChangeMemberRoleInput {
    /// The group.
    conversation_id: ID,
    /// A member of it other than the viewer.
    user_id: ID,
    /// Their new role. OWNER hands the group over: the viewer becomes an ADMIN.
    role: Role,
}

payload! {
    /// What `changeMemberRole` answers.
    ChangeMemberRolePayload {
        /// The member with the new role.
        member: ConversationMember,
    }
}

async fn add(p: &Platform, me: &Me, input: &AddConversationMembersInput) -> Result<ConversationId> {
    let id = conversation(&input.conversation_id)?;
    let people = people(&input.user_ids, "userIds")?;
    commands::add(p, me, id, &people).await?;
    Ok(id)
}

async fn remove(
    p: &Platform,
    me: &Me,
    input: &RemoveConversationMemberInput,
) -> Result<(ConversationId, ID)> {
    let id = conversation(&input.conversation_id)?;
    let member = commands::remove(p, me, id, person(&input.user_id, "userId")?).await?;
    let member = NodeId::within(NodeKind::ConversationMember, id.0, member.id.0);
    Ok((id, member.into()))
}

async fn change(p: &Platform, me: &Me, input: &ChangeMemberRoleInput) -> Result<MemberId> {
    let id = conversation(&input.conversation_id)?;
    let person = person(&input.user_id, "userId")?;
    commands::change_role(p, me, id, (person, input.role)).await
}

#[derive(Default)]
pub struct MembersMutation;

#[Object]
impl MembersMutation {
    /// Adds people to a group, at most 256 in all. They read what is written from now on; whoever
    /// is in it already stays as they are. Its owner and admins may. NOT_FOUND at their place for
    /// whoever takes no messages and for those who are not there for the viewer. Needs a session.
    async fn add_conversation_members(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom to add to a group.")] input: AddConversationMembersInput,
    ) -> Nullable<AddConversationMembersPayload> {
        nullable(async move {
            let me = ctx.me()?;
            let done = add(ctx.platform()?, me, &input).await;
            answer(ctx, done, |conversation| AddConversationMembersPayload {
                conversation,
                ..Default::default()
            })
            .await
        })
        .await
    }

    /// Removes somebody from a group: nothing of it is there for them any more. Its owner and
    /// admins may; only the owner removes admins. Needs a session.
    async fn remove_conversation_member(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom to remove from a group.")] input: RemoveConversationMemberInput,
    ) -> Nullable<RemoveConversationMemberPayload> {
        nullable(async move {
            let me = ctx.me()?;
            let (done, member) = match remove(ctx.platform()?, me, &input).await {
                Ok((id, member)) => (Ok(id), Some(member)),
                Err(error) => (Err(error), None),
            };
            answer(ctx, done, |conversation| RemoveConversationMemberPayload {
                conversation,
                removed_member_id: member,
                ..Default::default()
            })
            .await
        })
        .await
    }

    /// Gives a member of a group another role, or hands the group over. Its owner may. CONFLICT for
    /// handing over to somebody who has not accepted it. Needs a session.
    async fn change_member_role(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which role to give to whom.")] input: ChangeMemberRoleInput,
    ) -> Nullable<ChangeMemberRolePayload> {
        nullable(async move {
            let me = ctx.me()?;
            let done = change(ctx.platform()?, me, &input).await;
            match ctx.settle(Some(*me), done)? {
                Err(errors) => Ok(Some(ChangeMemberRolePayload::refused(errors))),
                Ok(id) => {
                    let member = ctx.loaders()?.one::<MembersById>(id).await?;
                    Ok(Some(ChangeMemberRolePayload {
                        member: member.map(ConversationMember),
                        ..Default::default()
                    }))
                }
            }
        })
        .await
    }
}
