//! Comments: threads, edits, tombstones, hiding.

mod beyond;
mod create;
mod edit;
mod hide;
mod idempotency;
mod tombstones;
