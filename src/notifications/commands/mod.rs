//! What changes notifications: what happens to people, and their reading.

mod erase;
mod read;
mod settle;

pub use self::{
    erase::erase,
    read::mark_read,
    settle::{News, groups_of, settle},
};
