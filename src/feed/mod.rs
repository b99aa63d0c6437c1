//! The home feed: what the people whom somebody follows post, and what they post themselves.
//!
//! Owns `feed_reader`, `feed_entry`, `feed_fan_out` and `feed_author`, and keeps two marks of rows
//! below it: `post.is_fanned_out` and `following.is_pulled`.
//!
//! # Pushed and pulled
//! A post is published to be pushed or pulled, by how many followers its author has then. What is
//! pushed is written into the feeds of the followers who were here in the last 30 days
//! ([`fan_out`]); what is pulled is looked for when they read. Entries are hints that save work: a
//! page is right without them, and whether a post stands in a feed is decided when it is read, by
//! who follows whom then and by the door of posts.
//!
//! # Why no page depends on how far the consumer has come
//! A reader's entries are complete above their floor (`feed_reader.floor_at`), with two exceptions
//! that rows themselves name: posts not fanned out yet, and follows not taken in yet
//! (`is_pulled`). A page looks for those beside the entries ([`lists`]), and for everything below
//! the floor. Whatever changes entries changes the floor and these marks in the same transaction,
//! and a page is one statement. So what is published stands in every follower's feed at once, and
//! a walk meets every post once, whatever the consumer does meanwhile.
//!
//! Every change of marks is safe beside any other because of the order of things:
//! - a reader's row is committed before their entries are first gathered, and a follow before it is
//!   taken in: a post published after that gathering meets both when it is fanned out;
//! - gatherings of one reader wait for each other at the reader's row;
//! - that a follow is not pulled any more is written under its lock, and only where its followed
//!   one is not among `feed_author`, which is written before anybody is marked for them.

pub mod consumers;
pub mod crowd;
pub mod entity;
pub mod erase;
pub mod fan_out;
pub mod graphql;
pub mod lists;
pub mod live;
pub mod loaders;
pub mod personal;
pub mod readers;
pub mod rebuild;
mod sql;
pub mod sweep;
