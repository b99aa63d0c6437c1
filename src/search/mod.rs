//! Search: posts by their words, people and hashtags by the beginnings of their names.
//!
//! Owns `search_word` and `search_prefix`, which the consumer `search` derives from the tables of
//! posts and people, and which can be made anew at any time ([`rebuild`]). A change is found once
//! the consumer has seen it, within a second. Whether somebody may see what they find, the doors of
//! posts and people decide, row by row, at the moment of asking: [`lists`].
//!
//! # One index on both engines
//! A row stands for a word of a thing, and the table's key is in the order of the results. So a
//! page of the word in half of all posts reads as many rows as a page of a rare one, on PostgreSQL
//! and on SQLite by the same statement; only [`tokens`] know what a word is. Of several words the
//! rarest is read, and the others are looked up in each of its rows.
//!
//! The text indexes of the engines cannot do that. PostgreSQL's GIN has no order: the newest 20 of
//! 170,000 posts are found by sorting all of them (measured on 200,000 posts of 20 words: 194 ms,
//! here 0.7 ms), unless the planner knows the word, which it does not in a prepared statement. And
//! SQLite's FTS5 has tokens, operators and errors of its own. The price is disk: 2.6 kB a post of
//! 20 words on PostgreSQL, where a `tsvector` with its index takes 0.4 kB.
//!
//! Names are found by a row for each of their beginnings, again in the order of the results. Typing
//! errors are not forgiven: `pg_trgm` compares likeness and SQLite's trigrams parts, so the two would
//! not find the same.
//!
//! # Who and what is found
//! - Posts of every level but UNLISTED (R12), by whoever may see them (R16), without plain reposts.
//!   Their authors' names are no part of them.
//! - People by beginnings of their handle and of the words of their name, private ones too: R11
//!   keeps their posts, not their names.
//! - Hashtags by the beginning of their name, where a post that carries them may be seen (R1).
//! - Nobody beyond a block (R17). Whom the viewer mutes is found: R25 hides them from what comes by
//!   itself, and here somebody asks.

pub mod align;
pub mod consumers;
pub mod crowd;
pub mod entity;
pub mod erase;
pub mod graphql;
pub mod lists;
pub mod personal;
pub mod rebuild;
pub mod tokens;
