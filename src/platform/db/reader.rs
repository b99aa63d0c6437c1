//! Who reads, and from where: every query starts from a [`Reader`].

use std::sync::Arc;

use sea_orm::{ConnectionTrait, DbBackend};

use super::{journal::Written, session::Session};
use crate::{clock::Timestamp, ids::PersonId};

/// Who looks, with which power, and when: all that visibility depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Viewer {
    id: Option<PersonId>,
    is_staff: bool,
    has_few_ties: bool,
    now: Timestamp,
}

/// A signed-in person, for what is asked about them and others.
#[derive(Clone, Copy, Debug)]
pub struct Seer {
    pub id: PersonId,
    /// Whether few enough block them, and are blocked and muted by them, to be read all at once. It
    /// decides how something is found, not what.
    pub has_few_ties: bool,
}

impl From<PersonId> for Seer {
    fn from(id: PersonId) -> Self {
        let has_few_ties = false;
        Self { id, has_few_ties }
    }
}

impl Viewer {
    /// Somebody without a session.
    pub fn guest(now: Timestamp) -> Self {
        Self {
            id: None,
            is_staff: false,
            has_few_ties: false,
            now,
        }
    }

    /// A signed-in person. `Me::viewer` makes it.
    pub fn person(id: PersonId, is_staff: bool, now: Timestamp) -> Self {
        Self {
            id: Some(id),
            is_staff,
            has_few_ties: false,
            now,
        }
    }

    /// The same, of whom it is known whether they have few ties ([`Seer::has_few_ties`]).
    #[must_use]
    pub fn with_few_ties(self, has_few_ties: bool) -> Self {
        Self {
            has_few_ties,
            ..self
        }
    }

    /// Somebody else of the same kind.
    pub(super) fn stranger(self, id: PersonId, now: Timestamp) -> Self {
        Self {
            id: self.id.map(|_| id),
            now,
            ..self
        }
    }

    /// The same eyes at another time.
    #[must_use]
    pub fn at(self, now: Timestamp) -> Self {
        Self { now, ..self }
    }

    /// The same eyes without what staff sees more.
    #[must_use]
    pub fn off_duty(self) -> Self {
        Self {
            is_staff: false,
            ..self
        }
    }

    /// The signed-in person; `None` for a guest.
    pub fn id(&self) -> Option<PersonId> {
        self.id
    }

    /// The same, for what is asked about them and others.
    pub fn seer(&self) -> Option<Seer> {
        self.id.map(|id| Seer {
            id,
            has_few_ties: self.has_few_ties,
        })
    }

    /// Whether this is a moderator or an admin, who see what staff has hidden (R32, R33).
    pub fn is_staff(&self) -> bool {
        self.is_staff
    }

    /// The one present of this request.
    pub fn now(&self) -> Timestamp {
        self.now
    }
}

/// What to read by, and the eyes to read with.
#[derive(Clone)]
pub struct Reader {
    connection: Session,
    viewer: Viewer,
    written: Arc<[Written]>,
}

impl Reader {
    pub(super) fn new(connection: Session, viewer: Viewer) -> Self {
        Self {
            connection,
            viewer,
            written: Arc::default(),
        }
    }

    pub(super) fn having_written(self, written: Arc<[Written]>) -> Self {
        Self { written, ..self }
    }

    /// The same with the eyes of somebody else.
    pub(super) fn seeing_as(&self, viewer: Viewer) -> Self {
        Self {
            viewer,
            ..self.clone()
        }
    }

    /// What the request of this reader has written. Public numbers may not hold it yet.
    pub fn written(&self) -> &[Written] {
        &self.written
    }

    /// What statements run on.
    pub fn connection(&self) -> &Session {
        &self.connection
    }

    /// Who reads.
    pub fn viewer(&self) -> Viewer {
        self.viewer
    }

    /// The engine behind it.
    pub fn backend(&self) -> DbBackend {
        self.connection.get_database_backend()
    }
}
