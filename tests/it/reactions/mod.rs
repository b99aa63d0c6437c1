//! Reactions to posts and comments.

mod beyond;
mod emojis;
mod subjects;
