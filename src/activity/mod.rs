//! The activity log: every change as an event, written by the transaction that made it.
//!
//! Commands [`record`] facts; the commit writes them ([`log`]), densely numbered in one of 64
//! shards. Consumers follow the log from checkpoints: counters, and the relay to Kafka. Owns
//! `activity` and the tables beside it, and `personid`, who a person is outside.

mod desk;
pub mod effect;
pub mod envelope;
pub mod event;
pub mod handler;
pub mod heads;
pub mod log;
pub mod parking;
pub mod personal;
pub mod personid;
pub mod positions;
pub mod reading;
pub mod rebuild;
pub mod relay;
pub mod retention;
pub mod runner;
pub mod schema;
pub mod since;
pub mod status;

pub use self::{
    desk::Desk,
    effect::{Applied, Consumer, Effect},
    envelope::Kinds,
    event::{By, Event, Key, Kind, Person, Topic, Visibility, record},
    handler::{Handler, Outcome, Run},
    heads::Heads,
    log::{Entry, Log, SHARDS, shard_of},
    reading::{Interest, Known},
    rebuild::Rebuild,
    relay::Stream,
    runner::Runner,
    schema::Described,
    status::{Status, status},
};
