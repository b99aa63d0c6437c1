//! Realtime: who listens to what, and hints that something changed.
//!
//! A hint says where to look and never what is there: whoever listens reads again, with the sight
//! they have now. Hints come from the log ([`Tail`]), so they travel between instances; what is
//! ephemeral (typing) is told in process, and between instances by `NOTIFY`.
//!
//! Nothing here is ever lost silently: a listener that cannot follow is told to fetch again
//! ([`News::Resync`]). Nothing here waits for a listener either.

mod bus;
mod hub;
mod pace;
mod source;
mod tail;
mod topic;
mod typing;

pub use self::{
    bus::carry_typing,
    hub::{Hub, Listener, Listening, News},
    source::{Hint, Source},
    tail::Tail,
    topic::Topic,
    typing::TypingSignal,
};
