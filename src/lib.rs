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
//! - [`crowd`]: how the database itself draws many people and what they say, for seeding
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
//!
//! # Every queue, and where it ends
//! What is asked faster than it is done waits somewhere. Each of these places has an end, and says
//! what becomes of whoever finds it full.
//!
//! | what waits | where | at most | then |
//! |---|---|---|---|
//! | connections | [`http::Admission`] | 20,000, 1,000 of an address | closed |
//! | requests of a connection | HTTP/2 streams | 100 | the client waits |
//! | operations | [`graphql::lanes`] | four for each that runs, for 100 ms | UNAVAILABLE, 503 |
//! | subscriptions that begin | [`graphql::lanes`] | 4,096, for 10 s | UNAVAILABLE |
//! | events of subscriptions | [`graphql::lanes`] | one a subscription, two that are read | read later, as one |
//! | what happened, for subscriptions | the tail of [`realtime`] | 10,000 events | all is fetched again |
//! | operations of a socket | `http::socket` | 20 | RATE_LIMITED |
//! | frames to a socket | `http::socket` | 64, for 10 s | the socket is cut |
//! | hints to a subscription | [`realtime`] | 64 things | all is fetched again |
//! | who wants a connection to the database | the pools of [`platform::db`] | those above, for 2 s | UNAVAILABLE |
//! | writers of one row | [`platform::db::Gates`] | those above, for 2 s | RATE_LIMITED |
//! | transactions to be tried again | `platform::db` | 5 times each, one in ten of all | UNAVAILABLE |
//! | passwords to be hashed | [`platform::passwords`] | 64 | RATE_LIMITED |
//! | events for consumers | the log, in the database | none: nothing is lost | an alarm by lag |
//! | events on the way to Kafka | [`platform::kafka`] | a batch of each shard | they wait in the log |
//! | uploads to be made ready | the log, three at a time | a person's quota | they wait in the log |
//! | letters | the table of letters | three an hour for an address | they wait in the table |
//! | who types, for other servers | [`realtime`] | 256 | dropped |
//! | spans to a collector | [`platform::telemetry`] | 2,048 | dropped |
//!
//! No channel in here is without a bound; a test looks for them.

pub mod accounts;
pub mod activity;
pub mod app;
pub mod cli;
pub mod clock;
pub mod comments;
pub mod counters;
pub mod crowd;
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
