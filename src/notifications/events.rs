//! What is told to people, as the log tells it: lets a gateway push it, which then asks whether it
//! may be seen still. The log has no word of what was said.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Kind as NotificationKind, entity::notification::SubjectKind};
use crate::activity::{Described, Event, Key, Kind, Person, Topic, Visibility};

/// The kinds of facts about notifications.
pub const EVENTS: &[Described] = &[Described::of::<Created>(), Described::of::<Read>()];

/// Somebody is told of something. The system does, so that nobody acts in it: a group that others
/// join while it is unread is not told again, one that was read is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Created {
    /// Who is told.
    pub recipientid: Person,
    /// What others did.
    pub kind: NotificationKind,
    /// What sort of thing it is about.
    pub subjectkind: SubjectKind,
    /// The thing; of a conversation what stands for it. Absent where it is about the recipient.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subjectid: Option<Uuid>,
}

/// Somebody has read their notifications further than before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Read {
    /// Who has read.
    pub recipientid: Person,
}

macro_rules! of_recipient {
    ($name:ident, $kind:literal, $meaning:literal) => {
        impl Event for $name {
            const KIND: Kind = Kind {
                name: $kind,
                topic: Topic::Notifications,
                key: Key::Person,
                meaning: $meaning,
            };

            fn aggregate(&self) -> Uuid {
                self.recipientid.id_or(Uuid::nil())
            }

            fn visibility(&self) -> Visibility {
                Visibility::Private
            }
        }
    };
}

of_recipient!(
    Created,
    "notification.created.v1",
    "Somebody is told of something that others did, for the first time or since they have read of it."
);
of_recipient!(
    Read,
    "notification.read.v1",
    "Somebody has read their notifications further than before."
);
