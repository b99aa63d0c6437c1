//! Conversations: who is in them, what they write, and how far each has read.
//!
//! Owns `conversation`, `conversation_member` and `message`. Current members alone read anything of
//! a conversation (R26): whoever has a row that is not DECLINED, from `reads_after` on.
//!
//! Whoever writes below a conversation locks its row first: sequences are dense and in the order of
//! commits, and nobody writes into what they have just been removed from.

pub mod commands;
pub mod entity;
pub mod events;
pub mod graphql;
pub mod lists;
pub mod live;
pub mod loaders;
pub mod parent;
pub mod personal;
pub mod pictures;
pub mod policy;
pub mod queries;
pub mod sight;
pub mod subject;
pub mod unread;
