//! What analysts and operators see of the log: schemas, commands, and a consumer to learn from.

mod commands;
mod daily;
mod schemas;
mod status;
pub mod stream;
pub mod support;
