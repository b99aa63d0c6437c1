//! What copies of data hold about people.

use futures_util::future::{BoxFuture, FutureExt};
use sea_orm::ColumnTrait;

use super::{commands, entity::data_export};
use crate::{
    error::Result,
    personal::{Copied, Erasure, Held, Leaving, PersonalData, REQUEST_HASH, read},
    platform::Platform,
};

/// What copies of data hold about people.
pub struct Copies;

impl PersonalData for Copies {
    fn held(&self) -> &'static [Held] {
        HELD
    }

    fn erase<'a>(&'a self, p: &'a Platform, who: Leaving) -> BoxFuture<'a, Result<Erasure>> {
        commands::erase(p, who).boxed()
    }
}

const HELD: &[Held] = &[Held {
    table: "data_export",
    people: &["person_id"],
    what: "That the person asked for a copy of their data, when, and how far it has come. The copy \
         lies in the object store.",
    why: "To write it, and to let its person fetch it.",
    kept: "The row as long as the account, the copy 7 days, unless ROOKERY_EXPORT_DAYS says \
         otherwise. Both are erased with the account.",
    copy: Copied::By(
        |db, who, after| {
            read::<data_export::Entity>(db, data_export::Column::PersonId.eq(who), after)
        },
        &[
            ("object_name", "It is a part of the address of a file."),
            ("request_hash", REQUEST_HASH),
        ],
    ),
}];
