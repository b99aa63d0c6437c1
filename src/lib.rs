//! rookery: a GraphQL backend for a social app.
//!
//! # The map
//! Modules in import order: each names only those further down (a test checks it). The `graphql.rs`
//! files of the domains count as `graphql`.
//!
//! - [`cli`], [`app`]: the commands, and what puts the parts together
//! - [`http`]: the endpoint, the playground, health
//! - [`worker`]: the loops that run beside requests: consumers of the log, retention, figures
//! - [`graphql`]: the schema and the one executor that runs it
//! - [`privacy`]: a copy of what is held about oneself
//! - [`trends`]: which posts and hashtags people take up
//! - [`search`]: posts, people and hashtags found by words
//! - [`feed`]: what those post whom somebody follows
//! - [`notifications`]: what a person is told that others did
//! - [`moderation`]: reports, what staff does about them, and the log of that
//! - [`messaging`], [`comments`], [`posts`]: what people write
//! - [`people`]: profiles; the readers' door to `User`
//! - [`media`]: pictures and films, and what they hang on
//! - [`reactions`], [`social`]: emojis on things; follows, requests, blocks and mutes between people
//! - [`accounts`]: identity, credentials, sessions, settings
//! - [`realtime`]: who listens to what, and hints that something changed
//! - [`counters`]: public numbers
//! - [`activity`]: the log of what happened, and what follows it: consumers, the relay to Kafka
//! - [`personal`]: what is held about people, for their copy of it and their erasure
//! - [`idempotency`]: keys that make a repeated create answer with what the first one made
//! - [`platform`]: ports to the outside: configuration, database, object store, tokens, passwords
//! - [`page`], [`seal`], [`text`], [`ids`], [`error`], [`clock`]: words that everything is said in
//!
//! A domain has the same files everywhere: `entity` (tables), `policy` (rules without a database),
//! `queries` (reads; every one starts at `visible_to(viewer)`), `commands` (writes; one function per
//! user action is one transaction), `loaders` (batched reads), `graphql` (translates only).
//!
//! # One lock order
//! 1. pairs of people (`social::locks`), ascending by key; a person's state (private, suspended,
//!    deleted) is their pair with themselves
//! 2. accounts of staff, and of whom they act on; people, conversations, posts, comments, in this
//!    order, ids ascending
//! 3. relations and other leaf rows, ascending by key; then media, ascending by id, and with them
//!    what they hang on; then reports, ascending by id
//! 4. positions of consumers, ascending by name and shard, and with them a consumer's own lock
//!    (`activity::positions::alone`); consumers alone take rows of 2 and 3 behind these
//! 5. counters, ascending by key: consumers alone write them
//! 6. shards of the log, ascending: the commit itself takes them
//!
//! The return from a provider of identities (`accounts::commands::hold_return`) is held before all
//! of these: nobody who holds it waits for another one.
//!
//! Whoever takes locks in another order makes deadlocks; PostgreSQL's are counted, and tests fail
//! above zero.

pub mod accounts;
pub mod activity;
pub mod app;
pub mod cli;
pub mod clock;
pub mod comments;
pub mod counters;
pub mod error;
pub mod feed;
pub mod graphql;
pub mod http;
pub mod idempotency;
pub mod ids;
pub mod media;
pub mod messaging;
pub mod moderation;
pub mod notifications;
pub mod page;
pub mod people;
pub mod personal;
pub mod platform;
pub mod posts;
pub mod privacy;
pub mod reactions;
pub mod realtime;
pub mod seal;
pub mod search;
pub mod social;
pub mod text;
pub mod trends;
pub mod worker;
