//! What conversations hold about people.

use futures_util::future::{BoxFuture, FutureExt};
use sea_orm::{ColumnTrait, Condition, sea_query::Query};

use super::{
    commands,
    entity::{conversation, conversation_member, message},
};
use crate::{
    error::Result,
    ids::PersonId,
    personal::{Copied, Erasure, Held, Leaving, PersonalData, REQUEST_HASH, read},
    platform::Platform,
};

/// What conversations hold about people.
pub struct Messages;

impl PersonalData for Messages {
    fn held(&self) -> &'static [Held] {
        HELD
    }

    fn erase<'a>(&'a self, p: &'a Platform, who: Leaving) -> BoxFuture<'a, Result<Erasure>> {
        commands::erase(p, who).boxed()
    }
}

const CONTENT: &str = "Until it is deleted: its text goes then, and the empty row stays. With the \
      account all become such rows that name no sender, or, if its holder wants that, keep their \
      text and nothing of who wrote it.";

fn conversations(who: PersonId) -> Condition {
    let joined = Query::select()
        .column(conversation_member::Column::ConversationId)
        .from(conversation_member::Entity)
        .and_where(conversation_member::Column::PersonId.eq(who))
        .take();
    Condition::any()
        .add(conversation::Column::CreatorId.eq(who))
        .add(conversation::Column::Id.in_subquery(joined))
}

const HELD: &[Held] = &[
    Held {
        table: "conversation",
        people: &["creator_id"],
        what: "Who began a conversation, when something was last sent there, its title, and of a \
             direct one both people.",
        why: "To bring messages to those whom they are for.",
        kept: "As long as somebody is in it. With the account it names the person no more.",
        copy: Copied::By(
            |db, who, after| read::<conversation::Entity>(db, conversations(who), after),
            &[
                ("title", "Any member may have written it."),
                (
                    "outside_id",
                    "By it analysis counts conversations without knowing which they are.",
                ),
                (
                    "idempotency_key",
                    "It is of whoever began the conversation.",
                ),
                ("request_hash", REQUEST_HASH),
            ],
        ),
    },
    Held {
        table: "conversation_member",
        people: &["person_id", "added_by_id"],
        what: "Who is in a conversation, since when, put there by whom, how far they have read, \
             and whether they muted it.",
        why: "To decide who reads and writes there.",
        kept: "Until they leave, at most as long as the account.",
        copy: Copied::By(
            |db, who, after| {
                read::<conversation_member::Entity>(
                    db,
                    conversation_member::Column::PersonId.eq(who),
                    after,
                )
            },
            &[],
        ),
    },
    Held {
        table: "message",
        people: &["sender_id"],
        what: "Messages: their text, what they answer, and when they were sent, changed, deleted \
             or hidden.",
        why: "To show them to the members.",
        kept: CONTENT,
        copy: Copied::By(
            |db, who, after| read::<message::Entity>(db, message::Column::SenderId.eq(who), after),
            &[("request_hash", REQUEST_HASH)],
        ),
    },
];
