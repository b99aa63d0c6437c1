//! What uploads hold about people.

use futures_util::future::{BoxFuture, FutureExt};
use sea_orm::{
    ColumnTrait,
    sea_query::{Query, SelectStatement},
};

use super::{
    commands,
    entity::{media, media_attachment},
};
use crate::{
    error::Result,
    ids::PersonId,
    personal::{Copied, Erasure, Held, Leaving, PersonalData, REQUEST_HASH, read},
    platform::Platform,
};

/// What uploads hold about people.
pub struct Uploads;

impl PersonalData for Uploads {
    fn held(&self) -> &'static [Held] {
        HELD
    }

    fn erase<'a>(&'a self, p: &'a Platform, who: Leaving) -> BoxFuture<'a, Result<Erasure>> {
        commands::erase(p, who).boxed()
    }
}

const OBJECT_NAME: &str =
    "It is a part of the address of a file, which is told to whoever may see it.";

fn uploads(who: PersonId) -> SelectStatement {
    Query::select()
        .column(media::Column::Id)
        .from(media::Entity)
        .and_where(media::Column::UploaderId.eq(who))
        .take()
}

const HELD: &[Held] = &[
    Held {
        table: "media",
        people: &["uploader_id"],
        what: "Pictures and films: their type, size, description and state. The files lie in the \
             object store.",
        why: "To show them where they hang.",
        kept: "Until it is deleted or hangs on nothing for a day, at most as long as the account. \
             Its files go with it.",
        copy: Copied::By(
            |db, who, after| read::<media::Entity>(db, media::Column::UploaderId.eq(who), after),
            &[
                ("raw_name", OBJECT_NAME),
                ("private_name", OBJECT_NAME),
                ("public_name", OBJECT_NAME),
                ("request_hash", REQUEST_HASH),
            ],
        ),
    },
    Held {
        table: "media_attachment",
        people: &["parent_id"],
        what: "On which post, draft, message or profile something uploaded hangs.",
        why: "To show it there, to whoever sees that.",
        kept: "As long as the upload and what it hangs on.",
        copy: Copied::By(
            |db, who, after| {
                read::<media_attachment::Entity>(
                    db,
                    media_attachment::Column::MediaId.in_subquery(uploads(who)),
                    after,
                )
            },
            &[],
        ),
    },
];
