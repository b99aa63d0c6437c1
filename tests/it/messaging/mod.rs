//! Conversations: who reads what, what people do in them, and what happens at once.

mod costs;
mod crowd;
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
