//! Media in the schema.

pub mod by_id;
pub mod media;
pub mod mutations;
pub mod parents;

pub use self::{
    by_id::MediaById,
    media::{Media, media_of, one_of},
    mutations::{MediaMutation, media_id, media_ids},
    parents::PARENTS,
};
