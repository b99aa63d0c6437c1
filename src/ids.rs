//! Typed ids and the global node ids that clients see.
//!
//! Ids are UUIDv7 made by the app, so that they sort by creation on both engines.

use std::{
    fmt,
    sync::{Mutex, PoisonError},
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sea_orm::DeriveValueType;
use uuid::{ContextV7, Uuid};

use crate::clock::Timestamp;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, DeriveValueType)]
        pub struct $name(pub Uuid);

        impl sea_orm::TryFromU64 for $name {
            fn try_from_u64(_: u64) -> Result<Self, sea_orm::DbErr> {
                Err(sea_orm::DbErr::ConvertFromU64(stringify!($name)))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}

ids! {
    /// A person: their account, profile and everything they wrote hang on it.
    PersonId;
    /// A signed-in device.
    SessionId;
    /// A post; also the home of all that hangs below it.
    PostId;
    /// One earlier text of a post.
    PostEditId;
    /// Something that may become a post.
    DraftId;
    /// A comment under a post.
    CommentId;
    /// A hashtag.
    HashtagId;
    /// One person's emoji on one thing.
    ReactionId;
    /// A conversation; also the home of its members and messages.
    ConversationId;
    /// One person's membership in one conversation.
    MemberId;
    /// A message.
    MessageId;
    /// A picture or a film.
    MediaId;
    /// A notification of one person.
    NotificationId;
    /// That somebody told staff of something.
    ReportId;
    /// One act of staff.
    AuditEntryId;
    /// A copy of what is held about somebody, for themselves.
    DataExportId;
}

impl PersonId {
    /// Nobody: whose is what somebody wrote whose account is erased. A row in the table of people
    /// that stands, has no handle, and is found by nothing.
    pub const NOBODY: Self = Self(Uuid::nil());
}

/// A new id by which somebody or something goes outside. Random, so that nothing of the row that it
/// stands for, or of when that was made, is in it.
#[expect(
    clippy::disallowed_methods,
    reason = "the one id that must not sort by time"
)]
pub fn outside() -> Uuid {
    Uuid::new_v4()
}

/// Makes ids. Those made in one process increase, also within one millisecond.
#[derive(Debug)]
pub struct Ids(Mutex<ContextV7>);

impl Default for Ids {
    fn default() -> Self {
        Self(Mutex::new(ContextV7::new()))
    }
}

impl Ids {
    /// A new id for something that happens at `now`.
    pub fn next(&self, now: Timestamp) -> Uuid {
        let context = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let seconds = u64::try_from(now.seconds()).unwrap_or(0);
        let nanos = u32::try_from(now.0.rem_euclid(1_000_000) * 1_000).unwrap_or(0);
        Uuid::new_v7(uuid::Timestamp::from_unix(&*context, seconds, nanos))
    }
}

/// The types that `node(id:)` serves, by their names in the schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NodeKind {
    User,
    Viewer,
    Post,
    PostEdit,
    Poll,
    PollOption,
    Draft,
    Comment,
    Hashtag,
    Reaction,
    Session,
    Conversation,
    ConversationMember,
    Message,
    Media,
    Notification,
    Report,
    AuditEntry,
    DataExport,
}

impl NodeKind {
    const ALL: [Self; 19] = [
        Self::User,
        Self::Viewer,
        Self::Post,
        Self::PostEdit,
        Self::Poll,
        Self::PollOption,
        Self::Draft,
        Self::Comment,
        Self::Hashtag,
        Self::Reaction,
        Self::Session,
        Self::Conversation,
        Self::ConversationMember,
        Self::Message,
        Self::Media,
        Self::Notification,
        Self::Report,
        Self::AuditEntry,
        Self::DataExport,
    ];

    /// The type's name in the schema.
    pub fn name(self) -> &'static str {
        match self {
            Self::User => "User",
            Self::Viewer => "Viewer",
            Self::Post => "Post",
            Self::PostEdit => "PostEdit",
            Self::Poll => "Poll",
            Self::PollOption => "PollOption",
            Self::Draft => "Draft",
            Self::Comment => "Comment",
            Self::Hashtag => "Hashtag",
            Self::Reaction => "Reaction",
            Self::Session => "Session",
            Self::Conversation => "Conversation",
            Self::ConversationMember => "ConversationMember",
            Self::Message => "Message",
            Self::Media => "Media",
            Self::Notification => "Notification",
            Self::Report => "Report",
            Self::AuditEntry => "AuditEntry",
            Self::DataExport => "DataExport",
        }
    }

    /// Whether an id of this type carries its home (the post it hangs below, the conversation, or
    /// the person whose it is) before itself.
    fn has_home(self) -> bool {
        matches!(
            self,
            Self::PostEdit
                | Self::PollOption
                | Self::Comment
                | Self::Reaction
                | Self::ConversationMember
                | Self::Message
                | Self::Notification
        )
    }
}

/// A global id: `Type_` and the url-safe base64 of the uuid, with the home's uuid before it where
/// the row lives with something else (so that a sharded database can find it by id alone).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NodeId {
    pub kind: NodeKind,
    pub home: Option<Uuid>,
    pub id: Uuid,
}

impl NodeId {
    /// The id of something that is its own home.
    pub fn new(kind: NodeKind, id: Uuid) -> Self {
        Self {
            kind,
            home: None,
            id,
        }
    }

    /// The id of something that lives with `home`.
    pub fn within(kind: NodeKind, home: Uuid, id: Uuid) -> Self {
        Self {
            kind,
            home: Some(home),
            id,
        }
    }

    /// Reads an id that a client sent. `None` for anything this server could not have made.
    pub fn parse(text: &str) -> Option<Self> {
        let (name, rest) = text.split_once('_')?;
        let kind = NodeKind::ALL.into_iter().find(|kind| kind.name() == name)?;
        let bytes = URL_SAFE_NO_PAD.decode(rest).ok()?;
        match (kind.has_home(), bytes.len()) {
            (false, 16) => Some(Self::new(kind, Uuid::from_slice(&bytes).ok()?)),
            (true, 32) => {
                let (home, id) = bytes.split_at(16);
                let home = Uuid::from_slice(home).ok()?;
                Some(Self::within(kind, home, Uuid::from_slice(id).ok()?))
            }
            _ => None,
        }
    }
}

impl fmt::Display for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = Vec::with_capacity(32);
        bytes.extend(self.home.iter().flat_map(|home| home.as_bytes()));
        bytes.extend_from_slice(self.id.as_bytes());
        write!(f, "{}_{}", self.kind.name(), URL_SAFE_NO_PAD.encode(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_id_survives_its_text_and_nothing_else_is_one() {
        let (home, id) = (Uuid::from_u128(7), Uuid::from_u128(9));
        for node in [
            NodeId::new(NodeKind::Post, id),
            NodeId::within(NodeKind::Comment, home, id),
        ] {
            assert_eq!(NodeId::parse(&node.to_string()), Some(node));
        }
        let post = NodeId::new(NodeKind::Post, id).to_string();
        for wrong in [
            "",
            "Post",
            "Post_",
            "post_AAA",
            "Nope_AAAA",
            &post.replace("Post", "Comment"),
        ] {
            assert_eq!(NodeId::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn ids_made_in_one_microsecond_still_increase() {
        let ids = Ids::default();
        let made: Vec<_> = (0..1_000)
            .map(|_| ids.next(Timestamp(1_700_000_000_000_000)))
            .collect();
        assert!(made.is_sorted());
    }
}
