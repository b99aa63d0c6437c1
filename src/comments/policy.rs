//! Rules of comments that need no database.

use super::entity::comment;
use crate::{
    accounts::Me,
    error::{Code, Error, Result},
    text,
};

/// Longest body, in characters.
const MAX_BODY: usize = 2_000;
/// Deepest reply; the top level is 0.
pub const MAX_DEPTH: i32 = 32;

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
/// NOT_FOUND for a tombstone, FORBIDDEN.
pub fn may_change(me: &Me, comment: &comment::Model) -> Result<()> {
    if comment.deleted_at.is_some() {
        return Err(Error::not_found("commentId"));
    }
    if comment.author_id == me.id() {
        return Ok(());
    }
    let say = "Only its author may change or delete a comment.";
    Err(Error::refused(Code::Forbidden, say).at("commentId"))
}
