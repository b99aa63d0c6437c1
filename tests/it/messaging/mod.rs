//! Conversations: as their members read them, and what people do in them.

mod costs;
mod delete;
mod edit;
mod listing;
mod members;
mod races;
mod reactions;
mod read_marker;
mod receipts;
mod requests;
mod roles;
mod send;
pub mod stage;
mod start;
mod tombstones;
mod unread;
mod windows;
