//! The object store: an S3-compatible one elsewhere, or one inside this process. What the keys
//! name and who may read it belong to the caller.

mod client;
mod embedded;
mod error;
mod objects;
mod place;
mod prepare;
mod presign;
mod sweep;
mod transfer;

pub use self::{
    embedded::Embedded,
    error::{Error, Result},
    objects::{Object, Store},
    place::Place,
    prepare::Prepared,
    presign::Upload,
    sweep::{Listed, Page},
};

/// How an object is answered: what is stored with it, or what a signed URL says instead.
#[derive(Clone, Copy, Debug)]
pub struct Answers<'a> {
    /// E.g. `image/webp`.
    pub content_type: &'a str,
    /// E.g. `inline; filename="cat.webp"`.
    pub disposition: &'a str,
    /// E.g. `private, max-age=300`.
    pub cache_control: &'a str,
}
