//! What home feeds hold about people.

use super::erase;
use crate::{
    error::Result,
    personal::{Copied, DERIVED, Erasure, Held, Leaving, PersonalData},
    platform::Platform,
};
use futures_util::future::{BoxFuture, FutureExt};

/// What home feeds hold about people.
pub struct Feeds;

impl PersonalData for Feeds {
    fn held(&self) -> &'static [Held] {
        HELD
    }

    fn erase<'a>(&'a self, p: &'a Platform, who: Leaving) -> BoxFuture<'a, Result<Erasure>> {
        erase::erase(p, who).boxed()
    }
}

const HELD: &[Held] = &[
    Held {
        table: "feed_reader",
        people: &["person_id"],
        what: "For whom posts lie ready, and how far back.",
        why: "To show the home feed quickly.",
        kept: "30 days after the person was here last; erased with the account before.",
        copy: Copied::No(DERIVED),
    },
    Held {
        table: "feed_entry",
        people: &["reader_id"],
        what: "Which posts lie ready for the person.",
        why: "To show the home feed quickly.",
        kept: "The newest 800, as long as the person was here in the last 30 days; erased with the \
             account before.",
        copy: Copied::No(DERIVED),
    },
    Held {
        table: "feed_fan_out",
        people: &["reached_id"],
        what: "Up to which follower a post has been put into feeds.",
        why: "To go on there.",
        kept: "Until it has reached all.",
        copy: Copied::No(DERIVED),
    },
    Held {
        table: "feed_author",
        people: &["author_id", "reached_id"],
        what: "Whose posts are looked for when feeds are read, and up to which follower that is \
             noted.",
        why: "To show the home feed of many followers quickly.",
        kept: "As long as the person has so many followers; erased with the account before.",
        copy: Copied::No(DERIVED),
    },
];
