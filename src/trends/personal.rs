//! What trends hold about people.

use crate::personal::{Copied, DERIVED, Held, PersonalData};

/// What trends hold about people.
pub struct Trends;

impl PersonalData for Trends {
    fn held(&self) -> &'static [Held] {
        HELD
    }
}

const HELD: &[Held] = &[
    Held {
        table: "trend_score",
        people: &[],
        what: "How much a post or a hashtag is talked about.",
        why: "To list what is talked about.",
        kept: "As long as it is talked about and the post stands.",
        copy: Copied::No(DERIVED),
    },
    Held {
        table: "trend_place",
        people: &[],
        what: "Where a post or a hashtag stands in a list of what is talked about.",
        why: "To show such a list.",
        kept: "Until newer lists take its place.",
        copy: Copied::No(DERIVED),
    },
];
