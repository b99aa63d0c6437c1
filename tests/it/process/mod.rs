//! The real binary: what it refuses, what it survives, and how it ends.

mod bodies;
pub mod cluster;
mod commands;
mod demo;
mod files;
mod living;
mod log;
mod nesting;
mod postgres;
pub mod server;
mod tour;
pub mod uploads;
pub mod wire;
