//! What comments hold about people.

use futures_util::future::{BoxFuture, FutureExt};
use sea_orm::{
    ColumnTrait,
    sea_query::{Query, SelectStatement},
};

use super::{
    commands,
    entity::{comment, comment_edit, comment_mention},
};
use crate::{
    error::Result,
    ids::PersonId,
    personal::{Copied, Erasure, Held, Leaving, PersonalData, REQUEST_HASH, read},
    platform::Platform,
};

/// What comments hold about people.
pub struct Comments;

impl PersonalData for Comments {
    fn held(&self) -> &'static [Held] {
        HELD
    }

    fn erase<'a>(&'a self, p: &'a Platform, who: Leaving) -> BoxFuture<'a, Result<Erasure>> {
        commands::erase(p, who).boxed()
    }
}

const CONTENT: &str = "Until it is deleted: its text goes then, and the empty row stays. With the \
      account all become such rows that name no author, or, if its holder wants that, keep their \
      text and nothing of who wrote it.";

fn comments(who: PersonId) -> SelectStatement {
    Query::select()
        .column(comment::Column::Id)
        .from(comment::Entity)
        .and_where(comment::Column::AuthorId.eq(who))
        .take()
}

const HELD: &[Held] = &[
    Held {
        table: "comment",
        people: &["author_id"],
        what: "Comments: their text, what they answer, and when they were written, changed, \
             deleted or hidden.",
        why: "To show them to whoever sees the post.",
        kept: CONTENT,
        copy: Copied::By(
            |db, who, after| read::<comment::Entity>(db, comment::Column::AuthorId.eq(who), after),
            &[("request_hash", REQUEST_HASH)],
        ),
    },
    Held {
        table: "comment_edit",
        people: &[],
        what: "Earlier texts of comments.",
        why: "To keep what was changed until the comment goes.",
        kept: "As long as the text of its comment.",
        copy: Copied::By(
            |db, who, after| {
                read::<comment_edit::Entity>(
                    db,
                    comment_edit::Column::CommentId.in_subquery(comments(who)),
                    after,
                )
            },
            &[],
        ),
    },
    Held {
        table: "comment_mention",
        people: &["person_id"],
        what: "Whom a comment mentions.",
        why: "To link and tell them.",
        kept: "As long as the text of its comment and the accounts of both.",
        copy: Copied::By(
            |db, who, after| {
                read::<comment_mention::Entity>(
                    db,
                    comment_mention::Column::CommentId.in_subquery(comments(who)),
                    after,
                )
            },
            &[],
        ),
    },
];
