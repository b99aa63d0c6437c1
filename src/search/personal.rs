//! What search holds about people.

use crate::personal::{Copied, DERIVED, Held, PersonalData};

/// What search holds about people.
pub struct Words;

impl PersonalData for Words {
    fn held(&self) -> &'static [Held] {
        HELD
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
