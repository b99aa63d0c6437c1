//! What analysts and operators see of the log: schemas, commands, and a consumer to learn from.

mod schemas;
mod status;
pub mod support;
