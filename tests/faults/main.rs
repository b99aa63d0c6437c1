//! What fails around the program, and how it lives through it: the binary from outside.
//!
//! Each test starts servers of its own, lets many clients ask and write, breaks something, and looks
//! in the end whether everything that was acknowledged is there, once, in order. FAULT_SECONDS
//! makes those longer that repeat what they do. `tests/run` runs them as a pass of their own.

#![expect(
    unreachable_pub,
    reason = "a test binary exports nothing, and `pub` reads as in the app"
)]
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test ends where what it takes for granted is not so"
)]

mod clocks;
mod disk;
mod kills;
mod load;
mod outside;
mod pools;
mod postgres;
mod rolling;
mod signals;
mod slow;
mod stage;
mod support;
