//! What tests/it has for tests in other languages.

#[path = "../../it/support/npm.rs"]
pub mod npm;
