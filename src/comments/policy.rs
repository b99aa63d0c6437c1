//! Rules of comments that need no database.

use super::entity::comment;
use crate::{
    accounts::Me,
    error::{Code, Error, Result},
    ids::PersonId,
    text,
};

/// Longest body, in characters.
const MAX_BODY: usize = 2_000;
/// Deepest reply; the top level is 0.
pub const MAX_DEPTH: i32 = 32;

/// What a reader gets of a comment under a post that they see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// All of it.
    Alive,
    /// A tombstone: deleted, hidden by staff, by somebody who is suspended or who blocks the
    /// reader; not to be told apart.
    Unavailable,
    /// A tombstone: by somebody whom the reader blocks.
    BlockedByViewer,
    /// A tombstone: hidden by the author of the post.
    HiddenByAuthor,
    /// The same, read by its own author or by the post's: all of it, marked.
    HiddenButShown,
}

impl Standing {
    const ALL: [Self; 5] = [
        Self::Alive,
        Self::Unavailable,
        Self::BlockedByViewer,
        Self::HiddenByAuthor,
        Self::HiddenButShown,
    ];

    /// Its word in SQL.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Alive => "ALIVE",
            Self::Unavailable => "UNAVAILABLE",
            Self::BlockedByViewer => "BLOCKED_BY_VIEWER",
            Self::HiddenByAuthor => "HIDDEN_BY_AUTHOR",
            Self::HiddenButShown => "HIDDEN_BUT_SHOWN",
        }
    }

    pub(super) fn parse(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|standing| standing.name() == name)
    }

    /// Whether the reader gets its body, author and all that hangs on them.
    pub fn is_whole(self) -> bool {
        matches!(self, Self::Alive | Self::HiddenButShown)
    }
}

/// A comment's text with the handles that it mentions.
#[derive(Clone, Debug)]
pub struct Text {
    pub body: String,
    pub mentions: Vec<String>,
}

impl Text {
    /// Checks a body.
    ///
    /// # Errors
    /// BAD_USER_INPUT at `body`.
    pub fn check(body: &str) -> Result<Self> {
        let body = text::check("body", body, 1, MAX_BODY)?;
        let mentions = text::mentions("body", &body)?;
        Ok(Self { body, mentions })
    }
}

/// Only its author changes a comment. Whoever may not see it was answered NOT_FOUND before.
///
/// # Errors
/// FORBIDDEN.
pub fn may_change(me: &Me, comment: &comment::Model) -> Result<()> {
    if comment.author_id == me.id() {
        return Ok(());
    }
    let say = "Only its author may change or delete a comment.";
    Err(Error::refused(Code::Forbidden, say).at("commentId"))
}

/// Only the post's author hides what stands under it. Whoever may not see the comment was answered
/// NOT_FOUND before.
///
/// # Errors
/// FORBIDDEN.
pub fn may_hide(person: PersonId, post_author: PersonId) -> Result<()> {
    if person == post_author {
        return Ok(());
    }
    let say = "Only the author of the post may hide comments under it.";
    Err(Error::refused(Code::Forbidden, say).at("commentId"))
}
