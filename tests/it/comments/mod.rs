//! Comments: threads, edits, tombstones.

mod create;
mod edit;
mod idempotency;
mod tombstones;
