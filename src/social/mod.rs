//! How people stand to each other: follows, requests to follow, blocks and mutes.
//!
//! Owns `following` and `follower`, `blocking` and `blocked_by` (one row for each of the two
//! people, so that either side's lists are read where that person lives), `follow_request` with
//! the one who is asked, and `mute` with the one who mutes. A block stands beside neither a follow
//! nor a request, and a follow not beside a request of the same direction.

pub mod commands;
pub mod crowd;
pub mod entity;
pub mod erase;
pub mod events;
pub mod loaders;
pub mod locks;
pub mod marks;
pub mod personal;
pub mod sql;
