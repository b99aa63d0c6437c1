//! Conversations: starting them, writing, members, requests, roles, and what happens at once.

mod delete;
mod edit;
mod members;
mod races;
mod read_marker;
mod requests;
mod roles;
mod send;
mod start;
