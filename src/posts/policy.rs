//! Rules of posts that need no database.

use super::entity::post;
use crate::{
    accounts::Me,
    error::{Code, Error, Result},
    text,
};

/// Longest body, in characters.
const MAX_BODY: usize = 5_000;

/// A post's text with what is read from it.
#[derive(Clone, Debug)]
pub struct Text {
    pub body: String,
    /// Handles it mentions, folded, in order of appearance.
    pub mentions: Vec<String>,
    /// Hashtags it carries, folded, in order of appearance.
    pub hashtags: Vec<String>,
}

impl Text {
    /// Checks a body.
    ///
    /// # Errors
    /// BAD_USER_INPUT at `body`.
    pub fn check(body: &str) -> Result<Self> {
        let body = text::check("body", body, 1, MAX_BODY)?;
        let mentions = text::mentions("body", &body)?;
        let hashtags = text::hashtags("body", &body)?;
        Ok(Self {
            body,
            mentions,
            hashtags,
        })
    }
}

/// Only the author changes a post. Whoever may not even see it was answered NOT_FOUND before.
///
/// # Errors
/// FORBIDDEN.
pub fn may_change(me: &Me, post: &post::Model) -> Result<()> {
    if post.author_id == me.id() {
        return Ok(());
    }
    let say = "Only its author may change or delete a post.";
    Err(Error::refused(Code::Forbidden, say).at("postId"))
}
