//! Signing up, in and out, and what a session is worth.

mod codes;
mod guests;
mod oidc;
mod sessions;
mod settings;
mod sign_in;
mod sign_up;
mod suspended;
mod totp;
