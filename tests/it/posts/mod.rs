//! Posts: publishing, editing, deleting; quotes, reposts, bookmarks; who may comment.

mod bookmarks;
mod costs;
mod create;
mod delete;
mod drafts;
mod edit;
mod idempotency;
mod labels;
mod marks;
mod pins;
mod polls;
mod privacy;
mod quotes;
mod replies;
mod reposts;
mod scheduled;
mod votes;
