//! What people report, what staff does about it, and the log of that.

mod audit;
mod crashes;
mod hide;
mod live;
mod media;
mod queue;
mod races;
mod reporting;
mod resolve;
mod roles;
pub mod stage;
mod suspend;
mod told;
