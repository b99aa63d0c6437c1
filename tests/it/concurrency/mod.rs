//! Many at once, and what must hold afterwards. SQLite has one writer, so these prove most on
//! PostgreSQL.

mod counters;
mod crowds;
mod full;
pub mod invariants;
mod living;
pub mod order;
mod pairs;
mod races;
mod relations;
mod threads;
mod tokens;
pub mod town;
