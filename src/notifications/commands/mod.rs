//! What changes notifications: what happens to people, and their reading.

mod read;
mod settle;

pub use self::{
    read::mark_read,
    settle::{News, groups_of, settle},
};
