//! Comments in the schema.

pub mod mutations;
pub mod subscriptions;
pub mod types;

pub use self::{
    mutations::CommentsMutation,
    subscriptions::CommentsSubscription,
    types::{Comment, TombstoneReason, ordered_args},
};
