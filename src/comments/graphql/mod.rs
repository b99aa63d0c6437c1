//! Comments in the schema.

pub mod mutations;
pub mod types;

pub use self::{
    mutations::CommentsMutation,
    types::{Comment, TombstoneReason},
};
