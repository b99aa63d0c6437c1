//! Conversations: who is in them, what they write, and how far each has read.
//!
//! Owns `conversation`, `conversation_member` and `message`. Current members alone read anything of
//! a conversation (R26): whoever has a row that is not DECLINED, from `reads_after` on.
//!
//! Every command here locks the conversation's row first: sequences are dense and in the order of
//! commits, and nobody writes into what they have just been removed from.

pub mod entity;
pub mod graphql;
pub mod lists;
pub mod loaders;
pub mod policy;
pub mod queries;
pub mod sight;
pub mod subject;
pub mod unread;
