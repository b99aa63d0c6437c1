//! What is held about people: that all of it is known, and that they get a copy of it.

mod archive;
mod complete;
mod erased;
mod expired;
mod leaving;
mod map;
mod registry;
mod request;
mod taken_up;
