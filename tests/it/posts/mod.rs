//! Posts: publishing, editing, deleting; quotes, reposts, bookmarks; who may comment.

mod bookmarks;
mod costs;
mod create;
mod delete;
mod edit;
mod idempotency;
mod marks;
mod privacy;
mod quotes;
mod replies;
mod reposts;
