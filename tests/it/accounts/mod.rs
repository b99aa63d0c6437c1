//! Signing up, in and out, and what a session is worth.

mod audit;
mod guests;
mod sessions;
mod settings;
mod sign_in;
mod sign_up;
mod suspended;
