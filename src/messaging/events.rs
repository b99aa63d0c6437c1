//! What happens in conversations, as the log tells it. Whatever happens in one lives with it.
//!
//! Analysts never see a conversation's own id, only one that stands for it; the log finds the
//! conversation by its home.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::entity::{conversation, conversation_member::Role};
use crate::{
    activity::{Described, Event, Key, Kind, Person, Topic, Visibility},
    clock::Timestamp,
};

/// The kinds of facts about conversations.
pub const EVENTS: &[Described] = &[
    Described::of::<Started>(),
    Described::of::<Renamed>(),
    Described::of::<MemberAdded>(),
    Described::of::<MemberRemoved>(),
    Described::of::<RoleChanged>(),
    Described::of::<Accepted>(),
    Described::of::<Declined>(),
    Described::of::<Muted>(),
    Described::of::<Unmuted>(),
    Described::of::<Read>(),
    Described::of::<MessageSent>(),
    Described::of::<MessageEdited>(),
    Described::of::<MessageDeleted>(),
];

/// Why somebody is no member any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", rename = "MembershipEnd")]
pub enum End {
    /// They left.
    Left,
    /// Somebody else removed them.
    Removed,
}

/// Where a fact happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The conversation.
    pub home: Uuid,
    /// What stands for it outside.
    pub outside: Uuid,
}

impl From<&conversation::Model> for Place {
    fn from(row: &conversation::Model) -> Self {
        Self {
            home: row.id.0,
            outside: row.outside_id,
        }
    }
}

/// The facts, each with its kind and what it tells beside the conversation itself.
macro_rules! facts {
    ($(
        $kind:literal, $meaning:literal, $name:ident {
            $($(#[$doc:meta])* $field:ident: $type:ty,)*
        }
    )*) => {$(
        #[doc = $meaning]
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
        pub struct $name {
            /// What stands for the conversation. It is not its id.
            pub conversationid: Uuid,
            $($(#[$doc])* pub $field: $type,)*
            /// The conversation.
            #[serde(skip)]
            home: Uuid,
        }

        impl $name {
            /// The fact that this happened in a conversation.
            pub fn at(place: impl Into<Place>, $($field: $type,)*) -> Self {
                let Place { home, outside } = place.into();
                Self { conversationid: outside, $($field,)* home }
            }
        }

        impl Event for $name {
            const KIND: Kind = Kind {
                name: $kind,
                topic: Topic::Conversations,
                key: Key::Aggregate,
                meaning: $meaning,
            };

            fn aggregate(&self) -> Uuid {
                self.conversationid
            }

            fn home(&self) -> Uuid {
                self.home
            }

            fn visibility(&self) -> Visibility {
                Visibility::Private
            }
        }
    )*};
}

facts! {
    "conversation.started.v1",
    "Somebody started a conversation. The members that it begins with are not told one by one.",
    Started {
        /// Between two people, or among many.
        kind: conversation::Kind,
        /// How many members it begins with, who started it included.
        members: u32,
    }

    "conversation.renamed.v1",
    "Somebody gave a group another title, or took its title away.",
    Renamed {}

    "conversation.member_added.v1",
    "Somebody added a person to a group.",
    MemberAdded {
        /// Who was added.
        memberid: Person,
    }

    "conversation.member_removed.v1",
    "Somebody is no member of a group any more.",
    MemberRemoved {
        /// Who is no member any more.
        memberid: Person,
        /// Whether they went by themselves.
        cause: End,
    }

    "conversation.role_changed.v1",
    "The owner of a group gave a member another role. Handing the group over is told twice: once for each of the two.",
    RoleChanged {
        /// Whose role changed.
        memberid: Person,
        /// Their role now.
        role: Role,
    }

    "conversation.accepted.v1",
    "Somebody accepted a conversation that others had put them into.",
    Accepted {}

    "conversation.declined.v1",
    "Somebody declined a conversation that others had put them into. The others are not told.",
    Declined {}

    "conversation.muted.v1",
    "Somebody muted a conversation for themselves, or gave the mute another end.",
    Muted {
        /// When the mute ends by itself, which is not told again; absent: when it is taken back.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Timestamp>,
    }

    "conversation.unmuted.v1",
    "Somebody ended a mute of a conversation before its time.",
    Unmuted {}

    "conversation.read.v1",
    "Somebody has read a conversation further than before.",
    Read {
        /// The sequence of the last message that they have read.
        upto: i64,
    }

    "conversation.message_sent.v1",
    "Somebody sent a message.",
    MessageSent {
        /// The message.
        messageid: Uuid,
        /// The length of its text in Unicode scalar values; 0 where only a post is shared, or only
        /// something attached.
        length: u32,
        /// Its place in the conversation: from 1 on, without gaps.
        sequence: i64,
        /// Whether it replies to another message.
        isreply: bool,
        /// Whether it shares a post.
        sharespost: bool,
        /// How many pictures and films are attached; absent where none is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        attachments: Option<u32>,
    }

    "conversation.message_edited.v1",
    "Somebody changed the text of a message of theirs.",
    MessageEdited {
        /// The message.
        messageid: Uuid,
        /// The length of its text now, in Unicode scalar values.
        length: u32,
    }

    "conversation.message_deleted.v1",
    "Somebody deleted a message of theirs, for everybody. Its place stays.",
    MessageDeleted {
        /// The message.
        messageid: Uuid,
    }
}
