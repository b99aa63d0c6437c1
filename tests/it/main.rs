//! Behaviour of rookery, seen from outside. One binary; every test has a database of its own.
//!
//! Without TEST_DATABASE_URL the tests run on SQLite, with it on PostgreSQL. `tests/run` does both.

#![expect(
    unreachable_pub,
    reason = "a test binary exports nothing, and `pub` reads as in the app"
)]

mod loading;
mod paging;
mod rules;
mod smoke;
mod support;
