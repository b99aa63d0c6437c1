//! What people are told that others did.

pub mod anew;
mod costs;
mod crowd;
mod facts;
mod groups;
mod hidden;
mod live;
mod polls;
mod preferences;
mod races;
mod read;
pub mod stage;
mod threads;
mod walks;
