//! Posts in the schema.

pub mod mutations;
pub mod queries;
pub mod types;

pub use self::{
    mutations::PostsMutation,
    queries::PostsQuery,
    types::{Hashtag, Post, PostEdit},
};
