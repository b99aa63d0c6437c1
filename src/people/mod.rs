//! People: handle, profile and state. The readers' door to `User`.
//!
//! Owns `person` and `handle`. A handle belongs to one person at a time; one that was given up
//! stays with its former owner for thirty days, so that nobody inherits their mentions at once.
//!
//! What people do to each other (`relations`) is proven here and written by `social`.

pub mod commands;
pub mod consumers;
pub mod entity;
pub mod events;
pub mod graphql;
pub mod index;
pub mod lists;
pub mod loaders;
pub mod parent;
pub mod personal;
pub mod policy;
pub mod queries;
pub mod recount;
pub mod relations;
