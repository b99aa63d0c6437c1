//! What tests are written with: an app with a database of its own, and callers as values.

mod app;
mod ask;
pub mod bulk;
mod caller;
pub mod chat;
mod database;
mod followers;
mod letters;
pub mod log;
pub mod npm;
mod plan;
pub mod raw;
mod rebuild;
pub mod socket;
pub mod states;
pub mod store;
mod template;

pub use self::{
    app::{NOON, PASSWORD, TestApp},
    ask::{attempt, fields, missing, missing_within, node, number, outcome, sign_in},
    caller::{Caller, Reply, text as text_of},
    database::{TestDatabase, on_postgres},
    rebuild::rebuild,
    template::Template,
};
