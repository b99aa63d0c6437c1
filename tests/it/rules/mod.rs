//! The rules of the code base, as tests.

mod advisories;
mod architecture;
mod auth;
mod contracts;
mod documents;
mod figures;
mod files;
mod mutants;
mod schema;
mod security;
pub mod sources;
mod sql;
