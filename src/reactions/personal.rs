//! What reactions hold about people.

use futures_util::future::{BoxFuture, FutureExt};
use sea_orm::ColumnTrait;

use super::{entity::reaction, erase};
use crate::{
    error::Result,
    personal::{Copied, DERIVED, Erasure, Held, Leaving, PersonalData, read},
    platform::Platform,
};

/// What reactions hold about people.
pub struct Reactions;

impl PersonalData for Reactions {
    fn held(&self) -> &'static [Held] {
        HELD
    }

    fn erase<'a>(&'a self, p: &'a Platform, who: Leaving) -> BoxFuture<'a, Result<Erasure>> {
        erase::erase(p, who).boxed()
    }
}

const HELD: &[Held] = &[
    Held {
        table: "reaction",
        people: &["person_id"],
        what: "With what emoji the person reacted to what, and when.",
        why: "To show it to those who see the subject.",
        kept: "Until it is taken back or its subject goes, at most as long as the account.",
        copy: Copied::By(
            |db, who, after| {
                read::<reaction::Entity>(db, reaction::Column::PersonId.eq(who), after)
            },
            &[],
        ),
    },
    Held {
        table: "reaction_group",
        people: &[],
        what: "How often an emoji stands on something.",
        why: "To show these numbers without counting.",
        kept: "As long as the subject has such reactions.",
        copy: Copied::No(DERIVED),
    },
];
