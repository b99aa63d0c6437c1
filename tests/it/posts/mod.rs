//! Posts: publishing, editing, deleting.

mod create;
mod delete;
mod edit;
mod idempotency;
mod marks;
