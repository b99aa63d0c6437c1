//! Many clients from outside: what they ask, what they are told, and what holds of it later.
//!
//! A town is founded by the schema's own mutations. Clients then ask and write at a rate or as fast
//! as they are answered, listeners hear the messages of its conversations over WebSockets, and the
//! ledger holds what was acknowledged, to be looked for when all is well again.

pub mod answer;
pub mod asks;
pub mod clients;
pub mod http;
pub mod ledger;
pub mod listeners;
pub mod meter;
pub mod process;
pub mod socket;
pub mod town;

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Whatever became of others who held it.
fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}
