//! What public numbers hold about people.

use crate::personal::{Copied, DERIVED, Held, PersonalData};

/// What public numbers hold about people.
pub struct Numbers;

impl PersonalData for Numbers {
    fn held(&self) -> &'static [Held] {
        HELD
    }
}

const HELD: &[Held] = &[Held {
    table: "counter",
    people: &["subject_id"],
    what: "How many follow somebody, whom they follow, what they posted, and what was done with \
         it.",
    why: "To show these numbers without counting.",
    kept: "As long as what is counted.",
    copy: Copied::No(DERIVED),
}];
