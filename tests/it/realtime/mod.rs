//! What is told as it happens: over real sockets, against a server on the loopback.

mod comments;
mod conversations;
mod event_streams;
mod feed;
mod instances;
mod limits;
mod messages;
mod protocol;
mod sessions;
pub mod stage;
mod tail;
