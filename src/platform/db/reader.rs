//! Who reads, and from where: every query starts from a [`Reader`].

use std::sync::Arc;

use sea_orm::{DatabaseConnection, DbBackend};

use super::journal::Written;
use crate::{clock::Timestamp, ids::PersonId};

/// Who looks, with which power, and when: all that visibility depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Viewer {
    id: Option<PersonId>,
    is_staff: bool,
    now: Timestamp,
}

impl Viewer {
    /// Somebody without a session.
    pub fn guest(now: Timestamp) -> Self {
        Self {
            id: None,
            is_staff: false,
            now,
        }
    }

    /// A signed-in person. `Me::viewer` makes it.
    pub fn person(id: PersonId, is_staff: bool, now: Timestamp) -> Self {
        Self {
            id: Some(id),
            is_staff,
            now,
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

    /// Whether this is a moderator or an admin, who see what staff has hidden (R32, R33).
    pub fn is_staff(&self) -> bool {
        self.is_staff
    }

    /// The one present of this request.
    pub fn now(&self) -> Timestamp {
        self.now
    }
}

/// A pool to read from, and the eyes to read with.
#[derive(Clone)]
pub struct Reader {
    connection: DatabaseConnection,
    viewer: Viewer,
    written: Arc<[Written]>,
}

impl Reader {
    pub(super) fn new(connection: DatabaseConnection, viewer: Viewer) -> Self {
        Self {
            connection,
            viewer,
            written: Arc::default(),
        }
    }

    pub(super) fn having_written(self, written: Arc<[Written]>) -> Self {
        Self { written, ..self }
    }

    /// What the request of this reader has written. Public numbers may not hold it yet.
    pub fn written(&self) -> &[Written] {
        &self.written
    }

    /// The pool to run statements on.
    pub fn connection(&self) -> &DatabaseConnection {
        &self.connection
    }

    /// Who reads.
    pub fn viewer(&self) -> Viewer {
        self.viewer
    }

    /// The engine behind the pool.
    pub fn backend(&self) -> DbBackend {
        self.connection.get_database_backend()
    }
}
