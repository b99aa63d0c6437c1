//! Profiles, handles and follows.

mod follows;
mod handles;
mod profile;
