//! What is told as it happens: over real sockets, against a server on the loopback. The tests have
//! several threads, so that a connection of the server is not stuck half open where a test ends:
//! PostgreSQL would wait a minute for it before it drops the test's database.

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
