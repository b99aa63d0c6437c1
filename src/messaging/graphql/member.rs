//! Who is in a conversation.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};

use super::{conversation::Conversation, message::Message};
use crate::{
    graphql::{
        connection::Listed,
        context::Ask,
        errors::{Nullable, nullable},
        level::{Column, Level, plain},
        scalars::DateTime,
    },
    ids::{NodeId, NodeKind},
    messaging::{
        entity::conversation_member::{self, Role},
        lists::MembersOf,
        loaders::{ConversationsById, LastReadBy},
    },
    people::{graphql::User, loaders::PeopleById},
};

/// One person in one conversation.
#[derive(Clone)]
pub struct ConversationMember(pub Arc<conversation_member::Model>);

impl From<Arc<conversation_member::Model>> for ConversationMember {
    fn from(row: Arc<conversation_member::Model>) -> Self {
        Self(row)
    }
}

impl Level for ConversationMember {
    fn column(field: &str) -> Option<Column<Self>> {
        Some(match field {
            "role" => Column::Ready(|member, ctx| plain(member.role(ctx))),
            "joinedAt" => Column::Ready(|member, ctx| plain(member.joined_at(ctx))),
            "user" => Column::Loaded(|members| {
                members.one::<PeopleById, User>(|member| Some(member.0.person_id))
            }),
            _ => return None,
        })
    }
}

impl Listed for MembersOf {
    type Node = ConversationMember;
}

/// One person in one conversation, for as long as they are in it. Seen by its members.
#[Object]
impl ConversationMember {
    /// The global id. Whoever comes back has another one.
    pub async fn id(&self) -> ID {
        let home = self.0.conversation_id.0;
        NodeId::within(NodeKind::ConversationMember, home, self.0.id.0).into()
    }

    /// What they are in.
    async fn conversation(&self, ctx: &Context<'_>) -> Nullable<Conversation> {
        nullable(async move {
            let id = self.0.conversation_id;
            let seen = ctx.loaders()?.one::<ConversationsById>(id).await?;
            Ok(seen.map(Conversation))
        })
        .await
    }

    /// Who it is; null where the viewer may not see them.
    async fn user(&self, ctx: &Context<'_>) -> Nullable<User> {
        nullable(async move {
            let person = ctx.loaders()?.one::<PeopleById>(self.0.person_id).await?;
            Ok(person.map(User::from))
        })
        .await
    }

    /// What they may do in it.
    fn role(&self) -> Role {
        self.0.role
    }

    /// When they joined, or the conversation began with them.
    fn joined_at(&self) -> DateTime {
        DateTime(self.0.joined_at)
    }

    /// The message up to which they have read. Null before they read anything, and where it is not
    /// told: others' is not while they keep it to themselves, have not accepted the conversation,
    /// or a block stands between them and the viewer; nor where it was written before the viewer
    /// joined.
    async fn last_read_message(&self, ctx: &Context<'_>) -> Nullable<Message> {
        nullable(async move {
            let message = ctx.loaders()?.one::<LastReadBy>(self.0.id).await?;
            Ok(message.map(Message))
        })
        .await
    }
}
