//! Signing up, in and out, and what a session is worth.

mod audit;
mod codes;
mod email;
mod guests;
mod listed;
mod oidc;
mod password;
mod sessions;
mod settings;
mod sign_in;
mod sign_up;
mod suspended;
mod totp;
mod unverified;
