//! What search holds about people.

use super::erase;
use crate::{
    error::Result,
    personal::{Copied, DERIVED, Erasure, Held, Leaving, PersonalData},
    platform::Platform,
};
use futures_util::future::{BoxFuture, FutureExt};

/// What search holds about people.
pub struct Words;

impl PersonalData for Words {
    fn held(&self) -> &'static [Held] {
        HELD
    }

    fn erase<'a>(&'a self, p: &'a Platform, who: Leaving) -> BoxFuture<'a, Result<Erasure>> {
        erase::erase(p, who).boxed()
    }
}

const HELD: &[Held] = &[
    Held {
        table: "search_word",
        people: &[],
        what: "Which words stand in a post.",
        why: "To find posts by words.",
        kept: "As long as the text of the post.",
        copy: Copied::No(DERIVED),
    },
    Held {
        table: "search_prefix",
        people: &["subject_id"],
        what: "With which letters the handle and the name of somebody begin.",
        why: "To find people by the beginnings of names.",
        kept: "As long as the account has this name.",
        copy: Copied::No(DERIVED),
    },
];
