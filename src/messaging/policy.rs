//! Rules of conversations that need no database.

use super::entity::conversation_member::{self, Standing};
use crate::error::{Code, Error, Result};

/// The highest unread count that is told: it means at least that many (R30).
pub const MAX_UNREAD: u64 = 1_000;

/// What a member gets of a message inside their window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    /// All of it.
    Whole,
    /// A tombstone: deleted, hidden by staff, or in a group by somebody who blocks the reader; not
    /// to be told apart.
    Unavailable,
    /// A tombstone: in a group, by somebody whom the reader blocks.
    BlockedByViewer,
}

impl Sight {
    const ALL: [Self; 3] = [Self::Whole, Self::Unavailable, Self::BlockedByViewer];

    /// Its word in SQL.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Whole => "WHOLE",
            Self::Unavailable => "UNAVAILABLE",
            Self::BlockedByViewer => "BLOCKED_BY_VIEWER",
        }
    }

    pub(super) fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sight| sight.name() == name)
    }
}

/// Only members to whom the conversation is ACTIVE write into it: a request is accepted first.
///
/// # Errors
/// FORBIDDEN at `path`; NOT_FOUND for those who have declined, as if they were no members (R1).
pub fn may_write(member: &conversation_member::Model, path: &str) -> Result<()> {
    match member.standing {
        Standing::Active => Ok(()),
        Standing::Declined => Err(Error::not_found(path)),
        Standing::Request => {
            let say = "This conversation is a request. Accept it first.";
            Err(Error::refused(Code::Forbidden, say).at(path))
        }
    }
}

/// Nobody writes to somebody beyond a block (R28). The words do not tell whose it is.
pub fn cannot_write(path: &str) -> Error {
    Error::refused(Code::Forbidden, "You cannot write to this person.").at(path)
}
