//! Comments: threads under posts.
//!
//! Owns `comment`, `comment_edit` and `comment_mention`. Whoever sees the post sees its comments
//! (R14). A deleted comment that holds replies stays as a tombstone, its text erased; one without
//! is gone, and so is a tombstone whose last reply goes (R32).

pub mod commands;
pub mod entity;
pub mod events;
pub mod graphql;
pub mod live;
pub mod loaders;
pub mod marks;
pub mod personal;
pub mod policy;
pub mod queries;
pub mod recount;
pub mod standing;
pub mod subject;
mod thread;
