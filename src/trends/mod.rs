//! Trends: which posts and hashtags people take up right now.
//!
//! Owns `trend_score`, `trend_list` and `trend_place`. The consumer [`Trending`] keeps one whole
//! number for each PUBLIC post that others took up and each hashtag in use ([`score`] says how it
//! is made). Once a minute the best 500 of each are written down as a list ([`commands::list`]), which is
//! read for an hour. A cursor carries the moment of its list, so a walk stays in one list however
//! the scores move meanwhile.
//!
//! Only PUBLIC posts by public accounts count (R11, R12). A list says in which order to look; who
//! may see what stands in it is decided when it is read, as everywhere.

pub mod commands;
pub mod consumers;
pub mod entity;
pub mod graphql;
pub mod lists;
pub mod loaders;
pub mod personal;
mod queries;
pub mod score;

pub use self::consumers::{Rescoring, Trending};
