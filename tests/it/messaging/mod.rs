//! Conversations, as their members read them.

mod costs;
mod listing;
mod reactions;
mod receipts;
pub mod stage;
mod tombstones;
mod unread;
mod windows;
