//! Posts in the schema.

pub mod draft;
pub mod drafting;
pub mod hashtag;
pub mod keeping;
pub mod of_viewer;
pub mod poll;
pub mod post;
pub mod post_edit;
pub mod queries;
pub mod reference;
pub mod reposts;
pub mod writing;

use async_graphql::MergedObject;

pub use self::{
    draft::{Draft, ViewersDrafts},
    hashtag::Hashtag,
    poll::{Poll, PollOption},
    post::Post,
    post_edit::PostEdit,
    queries::PostsQuery,
    reference::{PostReference, PostTombstone},
};

/// What can be done to posts.
#[derive(MergedObject, Default)]
pub struct PostsMutation(
    writing::WritingMutation,
    reposts::RepostsMutation,
    keeping::KeepingMutation,
    poll::PollsMutation,
    drafting::DraftsMutation,
);
