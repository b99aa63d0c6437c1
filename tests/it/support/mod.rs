//! What tests are written with: an app with a database of its own, and callers as values.

mod app;
mod caller;
mod database;

pub use self::{
    app::TestApp,
    caller::{Caller, Reply},
    database::on_postgres,
};
