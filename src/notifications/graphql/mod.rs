//! Notifications in the schema.

pub mod mutations;
pub mod notification;
pub mod of_viewer;
pub mod subscriptions;

pub use self::{
    mutations::NotificationsMutation, notification::Notification,
    subscriptions::NotificationsSubscription,
};
