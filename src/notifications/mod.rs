//! Notifications: what happened to a person that others did.
//!
//! Owns `notification` and `notification_marker`. A notification is a group: all that people did of
//! one kind to one thing, in one row for its recipient, however many they are. Who they are is read
//! from where they did it ([`acts`]); the row holds only what the list is sorted by: when it was
//! done last, and by whom.
//!
//! A consumer keeps the rows ([`consumers`]): an event says which groups to look at, and
//! [`commands::settle`] makes them agree with the tables. A group that nobody is left in has no row.
//! What may be told is judged when the row is made and again at every reading
//! ([`queries::visible_to`], R36): both moments ask the same conditions.
//!
//! # One action tells one person at most once
//! - A reply is REPLIED for the author of the comment that it answers, COMMENTED for the author of
//!   the post if that is somebody else.
//! - A mention is MENTIONED unless the same post or comment is COMMENTED, REPLIED or QUOTED for the
//!   same person; where that is switched off, or the thread is muted, the mention is told.
//!
//! # What comes back
//! What a block, a mute, a suspension or a switch hides is hidden at once. Where it ends, what was
//! hidden stands among the actors again, at its own time; a notification that had vanished comes
//! back only when somebody acts again, or when the rows are made anew.

pub mod about;
pub mod acts;
pub mod commands;
pub mod consumers;
pub mod entity;
pub mod events;
pub mod graphql;
pub mod lists;
pub mod live;
pub mod loaders;
pub mod personal;
pub mod policy;
pub mod queries;
pub mod rebuild;

pub use crate::accounts::NotificationKind as Kind;
