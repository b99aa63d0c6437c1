//! What moderation holds about people.

use futures_util::future::{BoxFuture, FutureExt};
use sea_orm::ColumnTrait;

use super::{commands, entity::report};
use crate::{
    error::Result,
    personal::{Copied, Erasure, Held, Leaving, PersonalData, REQUEST_HASH, read},
    platform::Platform,
};

/// What moderation holds about people.
pub struct Moderation;

impl PersonalData for Moderation {
    fn held(&self) -> &'static [Held] {
        HELD
    }

    fn erase<'a>(&'a self, p: &'a Platform, who: Leaving) -> BoxFuture<'a, Result<Erasure>> {
        commands::erase(p, who).boxed()
    }
}

const OUTCOME: &str = "What came of a report is told to nobody but staff.";
const OWNER: &str = "Whose it is what was reported is told where that can be seen.";

const HELD: &[Held] = &[
    Held {
        table: "report",
        people: &["reporter_id", "owner_id"],
        what: "What the person reported, why, and in what words; and that others reported something \
             of theirs.",
        why: "For staff to look at.",
        kept: "As long as the accounts of both; erased with either.",
        copy: Copied::By(
            |db, who, after| read::<report::Entity>(db, report::Column::ReporterId.eq(who), after),
            &[
                ("owner_id", OWNER),
                ("resolved_at", OUTCOME),
                ("resolution", OUTCOME),
                ("request_hash", REQUEST_HASH),
            ],
        ),
    },
    Held {
        table: "audit_entry",
        people: &["actor_id", "owner_id", "subject_id"],
        what: "What staff did to whom, or to something of whom, and the reason that it gave.",
        why: "So that staff is accountable.",
        kept: "For good. With an account goes from it whom an entry names, what it is about, and its \
             reason; that something was done, and when, stays.",
        copy: Copied::No("It is the log of what others did, in their words."),
    },
];
