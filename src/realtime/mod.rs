//! Realtime: who listens to what, and hints that something changed.
//!
//! A hint says where to look and never what is there: whoever listens reads again, with the sight
//! they have now. Hints come from the log, so they travel between instances; what is ephemeral
//! (typing) is told in process, and between instances by `NOTIFY`.
