//! What relations between people hold about them.

use futures_util::future::{BoxFuture, FutureExt};
use sea_orm::{ColumnTrait, Condition};

use super::{
    entity::{blocking, follow_request, follower, following, mute},
    erase,
};
use crate::{
    error::Result,
    ids::PersonId,
    personal::{Copied, Erasure, Held, Leaving, PersonalData, read},
    platform::Platform,
};

/// What relations between people hold about them.
pub struct Social;

impl PersonalData for Social {
    fn held(&self) -> &'static [Held] {
        HELD
    }

    fn erase<'a>(&'a self, p: &'a Platform, who: Leaving) -> BoxFuture<'a, Result<Erasure>> {
        erase::erase(p, who).boxed()
    }
}

fn either(who: PersonId) -> Condition {
    Condition::any()
        .add(follow_request::Column::PersonId.eq(who))
        .add(follow_request::Column::RequesterId.eq(who))
}

const HELD: &[Held] = &[
    Held {
        table: "following",
        people: &["person_id", "followed_id"],
        what: "Whom the person follows, and since when.",
        why: "To show them what those post.",
        kept: "Until it ends, at most as long as the accounts of both.",
        copy: Copied::By(
            |db, who, after| {
                read::<following::Entity>(db, following::Column::PersonId.eq(who), after)
            },
            &[],
        ),
    },
    Held {
        table: "follower",
        people: &["person_id", "follower_id"],
        what: "Who follows the person, and since when.",
        why: "To decide who reads what they post, and to list them.",
        kept: "Until it ends, at most as long as the accounts of both.",
        copy: Copied::By(
            |db, who, after| {
                read::<follower::Entity>(db, follower::Column::PersonId.eq(who), after)
            },
            &[],
        ),
    },
    Held {
        table: "follow_request",
        people: &["person_id", "requester_id"],
        what: "Who asks to follow whom.",
        why: "So that the one who is asked can answer.",
        kept: "Until it is answered or taken back, at most as long as the accounts of both.",
        copy: Copied::By(
            |db, who, after| read::<follow_request::Entity>(db, either(who), after),
            &[],
        ),
    },
    Held {
        table: "blocking",
        people: &["person_id", "blocked_id"],
        what: "Whom the person blocks.",
        why: "To keep the two apart.",
        kept: "Until it ends, at most as long as the accounts of both.",
        copy: Copied::By(
            |db, who, after| {
                read::<blocking::Entity>(db, blocking::Column::PersonId.eq(who), after)
            },
            &[],
        ),
    },
    Held {
        table: "blocked_by",
        people: &["person_id", "blocker_id"],
        what: "Who blocks the person.",
        why: "To keep the two apart.",
        kept: "Until it ends, at most as long as the accounts of both.",
        copy: Copied::No("Who blocks somebody is known to those who do alone."),
    },
    Held {
        table: "mute",
        people: &["person_id", "muted_id"],
        what: "Whom the person does not want to read, and until when.",
        why: "To keep that from them.",
        kept: "Until it ends, at most as long as the accounts of both.",
        copy: Copied::By(
            |db, who, after| read::<mute::Entity>(db, mute::Column::PersonId.eq(who), after),
            &[],
        ),
    },
];
