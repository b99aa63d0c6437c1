//! Rules of notifications that need no database.

use sea_orm::ActiveEnum;
use sha2::{Digest, Sha256};
use uuid::{Builder, Uuid};

use super::{Kind, entity::notification::SubjectKind};
use crate::ids::{NotificationId, PersonId};

/// The highest numbers of unread notifications and of actors that are told: at least that many.
pub const MAX_TOLD: u64 = 1_000;

/// What is done, and to what sort of thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Shape {
    pub kind: Kind,
    pub subject: SubjectKind,
}

const fn shape(kind: Kind, subject: SubjectKind) -> Shape {
    Shape { kind, subject }
}

impl Shape {
    /// Every shape that a notification has.
    pub const ALL: [Self; 18] = [
        shape(Kind::Followed, SubjectKind::Person),
        shape(Kind::FollowRequested, SubjectKind::Person),
        shape(Kind::FollowAccepted, SubjectKind::Person),
        shape(Kind::Mentioned, SubjectKind::Post),
        shape(Kind::Mentioned, SubjectKind::Comment),
        shape(Kind::Commented, SubjectKind::Post),
        shape(Kind::Replied, SubjectKind::Comment),
        shape(Kind::Reacted, SubjectKind::Post),
        shape(Kind::Reacted, SubjectKind::Comment),
        shape(Kind::Reacted, SubjectKind::Message),
        shape(Kind::Reposted, SubjectKind::Post),
        shape(Kind::Quoted, SubjectKind::Post),
        shape(Kind::PollClosed, SubjectKind::Post),
        shape(Kind::MessageRequested, SubjectKind::Conversation),
        shape(Kind::AddedToConversation, SubjectKind::Conversation),
        shape(Kind::Moderation, SubjectKind::Post),
        shape(Kind::Moderation, SubjectKind::Comment),
        shape(Kind::Moderation, SubjectKind::Person),
    ];
}

/// What may be told of: a kind of act on one thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Matter {
    pub shape: Shape,
    pub subject: Uuid,
}

impl Matter {
    /// A kind of act on a thing.
    pub fn new(kind: Kind, of: SubjectKind, subject: Uuid) -> Self {
        Self {
            shape: shape(kind, of),
            subject,
        }
    }

    /// Everything that may be told of a thing.
    pub fn all_of(of: SubjectKind, subject: Uuid) -> impl Iterator<Item = Self> {
        let shapes = Shape::ALL
            .into_iter()
            .filter(move |shape| shape.subject == of);
        shapes.map(move |shape| Self { shape, subject })
    }
}

/// What may be told to whom: one notification, if there is anything to tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Group {
    pub recipient: PersonId,
    pub matter: Matter,
}

impl Group {
    /// The id of its notification, the same whenever it is made.
    pub fn id(&self) -> NotificationId {
        let Matter { shape, subject } = self.matter;
        let digest = Sha256::new()
            .chain_update(self.recipient.0.as_bytes())
            .chain_update(subject.as_bytes())
            .chain_update(shape.kind.to_value().as_bytes())
            .finalize();
        let bytes = digest.first_chunk::<16>().copied().unwrap_or_default();
        NotificationId(Builder::from_custom_bytes(bytes).into_uuid())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_has_one_id_for_ever_and_no_two_share_one() {
        let mut ids = std::collections::BTreeSet::new();
        for (person, subject) in [(1, 8), (1, 9), (2, 8)] {
            for shape in Shape::ALL {
                let group = Group {
                    recipient: PersonId(Uuid::from_u128(person)),
                    matter: Matter {
                        shape,
                        subject: Uuid::from_u128(subject),
                    },
                };
                assert_eq!(group.id(), group.id());
                ids.insert(group.id());
            }
        }
        // A subject is of one sort: kinds that have several share the id of one.
        assert_eq!(ids.len(), 3 * 13);
    }
}
