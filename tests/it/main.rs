//! Behaviour of rookery, seen from outside. One binary; every test has a database of its own.
//!
//! Without TEST_DATABASE_URL the tests run on SQLite, with it on PostgreSQL. `tests/run` does both.

#![expect(
    unreachable_pub,
    reason = "a test binary exports nothing, and `pub` reads as in the app"
)]
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test ends where what it takes for granted is not so"
)]

// As the app has it: most of what a debug build does is to allocate.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

mod accounts;
mod activity;
mod backup;
mod clients;
mod comments;
mod concurrency;
mod cost;
mod documents;
mod events;
mod exposed;
mod feed;
mod first_screen;
mod fuzz;
mod history;
mod http;
mod kafka;
mod limits;
mod loading;
mod log;
mod mail;
mod media;
mod messaging;
mod migrations;
mod moderation;
mod notifications;
mod ops;
mod paging;
mod people;
mod plans;
mod playground;
mod posts;
mod privacy;
mod process;
mod reactions;
mod realtime;
mod rules;
mod search;
mod seed;
mod store;
mod support;
mod trends;
mod versions;
mod visibility;
