//! People in the schema.

mod answer;
pub mod blocks;
pub mod follows;
pub mod leaving;
pub mod profile;
pub mod queries;
pub mod types;

use async_graphql::MergedObject;

use self::{
    blocks::BlocksMutation, follows::FollowsMutation, leaving::LeavingMutation,
    profile::ProfileMutation,
};
pub use self::{
    queries::PeopleQuery,
    types::{Relationship, User},
};

/// What can be done to one's profile and towards others.
#[derive(MergedObject, Default)]
pub struct PeopleMutation(
    ProfileMutation,
    FollowsMutation,
    BlocksMutation,
    LeavingMutation,
);
