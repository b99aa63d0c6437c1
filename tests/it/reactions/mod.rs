//! Reactions to posts and comments.

mod emojis;
mod subjects;
