//! What notifications hold about people.

use futures_util::future::{BoxFuture, FutureExt};
use sea_orm::ColumnTrait;

use super::{commands, entity::notification_marker};
use crate::{
    error::Result,
    personal::{Copied, Erasure, Held, Leaving, PersonalData, WITH_ACCOUNT, read},
    platform::Platform,
};

/// What notifications hold about people.
pub struct Told;

impl PersonalData for Told {
    fn held(&self) -> &'static [Held] {
        HELD
    }

    fn erase<'a>(&'a self, p: &'a Platform, who: Leaving) -> BoxFuture<'a, Result<Erasure>> {
        commands::erase(p, who).boxed()
    }
}

const HELD: &[Held] = &[
    Held {
        table: "notification",
        people: &["recipient_id", "latest_actor_id", "subject_id"],
        what: "What others did of which the person is told: of what kind, to what, by whom last, \
             and when.",
        why: "To tell them.",
        kept: "As long as what was done, at most as long as the account.",
        copy: Copied::No("It is made from what others did, which is in their copies."),
    },
    Held {
        table: "notification_marker",
        people: &["person_id"],
        what: "How far the person has read their notifications.",
        why: "To show what is new.",
        kept: WITH_ACCOUNT,
        copy: Copied::By(
            |db, who, after| {
                read::<notification_marker::Entity>(
                    db,
                    notification_marker::Column::PersonId.eq(who),
                    after,
                )
            },
            &[],
        ),
    },
];
