//! What profiles hold about people.

use sea_orm::ColumnTrait;

use super::entity::{handle, person};
use crate::personal::{Copied, Held, PersonalData, WITH_ACCOUNT, read};

/// What profiles hold about people.
pub struct People;

impl PersonalData for People {
    fn held(&self) -> &'static [Held] {
        HELD
    }
}

const HELD: &[Held] = &[
    Held {
        table: "person",
        people: &["id"],
        what: "The profile: handle, name, some words, since when, whether it is private, and until \
             when staff suspended it.",
        why: "To show who somebody is.",
        kept: WITH_ACCOUNT,
        copy: Copied::By(
            |db, who, after| read::<person::Entity>(db, person::Column::Id.eq(who), after),
            &[],
        ),
    },
    Held {
        table: "handle",
        people: &["person_id"],
        what: "The handles that the person has and gave up.",
        why: "To find them by it, and so that nobody takes a handle that was just given up.",
        kept: "A handle that was given up, until somebody else takes it; the rest as long as the \
             account. Erased with it.",
        copy: Copied::By(
            |db, who, after| read::<handle::Entity>(db, handle::Column::PersonId.eq(who), after),
            &[],
        ),
    },
];
