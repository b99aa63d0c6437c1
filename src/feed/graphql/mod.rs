//! The home feed in the schema.

pub mod of_viewer;
pub mod subscriptions;

pub use self::{of_viewer::ViewersFeed, subscriptions::FeedSubscription};
