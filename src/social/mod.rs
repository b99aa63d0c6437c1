//! Who follows whom. Owns `following` and `follower`: one row for each of the two people, so that
//! either side's lists are read where that person lives.

pub mod commands;
pub mod entity;
pub mod loaders;
pub mod locks;
pub mod sql;
