//! Copies of a database that is written to, and what is served from them.

mod drill;
mod moment;
mod postgres;
mod sqlite;
mod stream;
