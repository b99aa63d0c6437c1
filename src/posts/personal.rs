//! What posts hold about people.

use futures_util::future::{BoxFuture, FutureExt};
use sea_orm::{
    ColumnTrait,
    sea_query::{Query, SelectStatement},
};

use super::{
    commands,
    entity::{
        bookmark, draft, pinned_post, poll, poll_option, poll_vote, post, post_edit, post_hashtag,
        post_mention, thread_mute,
    },
};
use crate::{
    error::Result,
    ids::PersonId,
    personal::{Copied, Erasure, Held, Leaving, PersonalData, REQUEST_HASH, read},
    platform::Platform,
};

/// What posts hold about people.
pub struct Posts;

impl PersonalData for Posts {
    fn held(&self) -> &'static [Held] {
        HELD
    }

    fn erase<'a>(&'a self, p: &'a Platform, who: Leaving) -> BoxFuture<'a, Result<Erasure>> {
        commands::erase(p, who).boxed()
    }
}

const CONTENT: &str = "Until it is deleted: its text goes then, and the empty row stays. With the \
      account all become such rows that name no author; if its holder wants that, those that \
      everybody could read keep their text.";

fn posts(who: PersonId) -> SelectStatement {
    Query::select()
        .column(post::Column::Id)
        .from(post::Entity)
        .and_where(post::Column::AuthorId.eq(who))
        .take()
}

const HELD: &[Held] = &[
    Held {
        table: "post",
        people: &["author_id"],
        what: "Posts: their text, whom they are for, and when they were written, changed, deleted \
             or hidden.",
        why: "To show them to whom they are for.",
        kept: CONTENT,
        copy: Copied::By(
            |db, who, after| read::<post::Entity>(db, post::Column::AuthorId.eq(who), after),
            &[("request_hash", REQUEST_HASH)],
        ),
    },
    Held {
        table: "post_edit",
        people: &[],
        what: "Earlier texts of posts.",
        why: "To show what was changed.",
        kept: "As long as the text of its post.",
        copy: Copied::By(
            |db, who, after| {
                read::<post_edit::Entity>(
                    db,
                    post_edit::Column::PostId.in_subquery(posts(who)),
                    after,
                )
            },
            &[],
        ),
    },
    Held {
        table: "post_hashtag",
        people: &[],
        what: "Which hashtags stand in a post.",
        why: "To list posts by hashtag.",
        kept: "As long as the text of its post.",
        copy: Copied::By(
            |db, who, after| {
                read::<post_hashtag::Entity>(
                    db,
                    post_hashtag::Column::PostId.in_subquery(posts(who)),
                    after,
                )
            },
            &[],
        ),
    },
    Held {
        table: "post_mention",
        people: &["person_id", "author_id"],
        what: "Whom a post mentions.",
        why: "To link and tell them.",
        kept: "As long as the text of its post and the accounts of both.",
        copy: Copied::By(
            |db, who, after| {
                read::<post_mention::Entity>(db, post_mention::Column::AuthorId.eq(who), after)
            },
            &[],
        ),
    },
    Held {
        table: "bookmark",
        people: &["person_id"],
        what: "Which posts the person keeps.",
        why: "To list them to that person.",
        kept: "Until it is taken back or the post goes, at most as long as the account.",
        copy: Copied::By(
            |db, who, after| {
                read::<bookmark::Entity>(db, bookmark::Column::PersonId.eq(who), after)
            },
            &[],
        ),
    },
    Held {
        table: "poll",
        people: &[],
        what: "That a post asks something, and until when.",
        why: "To hold the poll.",
        kept: "As long as the text of its post.",
        copy: Copied::By(
            |db, who, after| {
                read::<poll::Entity>(db, poll::Column::PostId.in_subquery(posts(who)), after)
            },
            &[],
        ),
    },
    Held {
        table: "poll_option",
        people: &[],
        what: "What can be chosen in a poll.",
        why: "To hold the poll.",
        kept: "As long as the text of its post.",
        copy: Copied::By(
            |db, who, after| {
                read::<poll_option::Entity>(
                    db,
                    poll_option::Column::PostId.in_subquery(posts(who)),
                    after,
                )
            },
            &[],
        ),
    },
    Held {
        table: "poll_vote",
        people: &["person_id"],
        what: "What the person chose in a poll: a bit for each option.",
        why: "To count each once.",
        kept: "As long as the poll, at most as long as the account.",
        copy: Copied::By(
            |db, who, after| {
                read::<poll_vote::Entity>(db, poll_vote::Column::PersonId.eq(who), after)
            },
            &[],
        ),
    },
    Held {
        table: "pinned_post",
        people: &["person_id"],
        what: "Which post of their own the person shows first.",
        why: "To show it first.",
        kept: "Until it is taken back or the post goes, at most as long as the account.",
        copy: Copied::By(
            |db, who, after| {
                read::<pinned_post::Entity>(db, pinned_post::Column::PersonId.eq(who), after)
            },
            &[],
        ),
    },
    Held {
        table: "draft",
        people: &["author_id"],
        what: "What the person began to write.",
        why: "To go on with it, or to publish it in time.",
        kept: "Its text until it is published or deleted, its key as long as the account.",
        copy: Copied::By(
            |db, who, after| read::<draft::Entity>(db, draft::Column::AuthorId.eq(who), after),
            &[("request_hash", REQUEST_HASH)],
        ),
    },
    Held {
        table: "thread_mute",
        people: &["person_id"],
        what: "Of which threads the person does not want to be told.",
        why: "To keep that from them.",
        kept: "Until it is taken back or the post goes, at most as long as the account.",
        copy: Copied::By(
            |db, who, after| {
                read::<thread_mute::Entity>(db, thread_mute::Column::PersonId.eq(who), after)
            },
            &[],
        ),
    },
];
