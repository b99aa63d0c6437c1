//! The rules of the code base, as tests.

mod advisories;
mod architecture;
mod auth;
mod files;
mod mutants;
mod schema;
pub mod sources;
mod sql;
