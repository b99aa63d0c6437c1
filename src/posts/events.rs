//! What happens to posts, polls and bookmarks, as the log tells it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::entity::post;
use crate::{
    activity::{Described, Event, Key, Kind, Person, Topic, Visibility},
    clock::Timestamp,
};

/// The kinds of facts about posts, polls and bookmarks.
pub const EVENTS: &[Described] = &[
    Described::of::<Published>(),
    Described::of::<Edited>(),
    Described::of::<Deleted>(),
    Described::of::<Reposted>(),
    Described::of::<RepostUndone>(),
    Described::of::<BookmarkAdded>(),
    Described::of::<BookmarkRemoved>(),
    Described::of::<Voted>(),
    Described::of::<PollClosed>(),
    Described::of::<ThreadMuted>(),
    Described::of::<ThreadUnmuted>(),
    Described::of::<Anonymised>(),
    Described::of::<VoteRemoved>(),
];

/// A number of characters, or of people, as facts tell it.
pub fn many(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// Implements [`Event`] for a fact about the post in `postid`.
macro_rules! of_post {
    ($name:ident, $kind:literal, $meaning:literal) => {
        impl Event for $name {
            const KIND: Kind = Kind {
                name: $kind,
                topic: Topic::Posts,
                key: Key::Aggregate,
                meaning: $meaning,
            };

            fn aggregate(&self) -> Uuid {
                self.postid
            }

            fn visibility(&self) -> Visibility {
                self.visibility
            }
        }
    };
}

/// Somebody published a post, which may quote another one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Published {
    /// The post.
    pub postid: Uuid,
    /// Who wrote it.
    pub authorid: Person,
    /// Who may see it.
    pub level: post::Visibility,
    /// Who may comment on it.
    pub replypolicy: post::ReplyPolicy,
    /// The length of its text in Unicode scalar values.
    pub length: u32,
    /// How many people it mentions.
    pub mentions: u32,
    /// Its hashtags, in the order of the text.
    pub hashtagids: Vec<Uuid>,
    /// The post that it quotes, if it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quoteofid: Option<Uuid>,
    /// How many pictures and films hang on it; absent where none does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attachments: Option<u32>,
    /// The language that it is in, by its code in BCP 47; absent where its author gave none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = "^[a-z]{2,3}$"))]
    pub language: Option<String>,
    /// The length of the warning before it, in Unicode scalar values; absent where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warninglength: Option<u32>,
    /// How many options its poll has; absent where it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub polloptions: Option<u32>,
    /// Whether everybody could see it.
    #[serde(skip)]
    pub visibility: Visibility,
}

of_post!(
    Published,
    "post.published.v1",
    "Somebody published a post, which may quote another one."
);

/// A part of a post that its author changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PostPart {
    /// The text.
    Body,
    /// Who may comment.
    ReplyPolicy,
    /// Whether its comments are closed.
    Lock,
    /// The pictures and films that hang on it.
    Media,
    /// What readers are warned of before it.
    ContentWarning,
    /// The language that it is in.
    Language,
}

/// Somebody changed a post of theirs: its text, what hangs on it, who may comment, or whether comments are closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Edited {
    /// The post.
    pub postid: Uuid,
    /// Who wrote it.
    pub authorid: Person,
    /// What is different now; never empty.
    pub changed: Vec<PostPart>,
    /// The length of its text now, in Unicode scalar values.
    pub length: u32,
    /// Who may comment on it now.
    pub replypolicy: post::ReplyPolicy,
    /// Whether its comments are closed now.
    pub islocked: bool,
    /// How many people it mentions now; absent where the text is the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mentions: Option<u32>,
    /// Its hashtags now, in the order of the text; absent where the text is the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hashtagids: Option<Vec<Uuid>>,
    /// How many pictures and films hang on it now; absent where they are the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attachments: Option<u32>,
    /// The language that it is in now, by its code in BCP 47; absent where its author gives none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = "^[a-z]{2,3}$"))]
    pub language: Option<String>,
    /// The length of the warning before it now, in Unicode scalar values; absent where there is
    /// none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warninglength: Option<u32>,
    /// Whether everybody could see it.
    #[serde(skip)]
    pub visibility: Visibility,
}

of_post!(
    Edited,
    "post.edited.v1",
    "Somebody changed a post of theirs: its text, what hangs on it, who may comment, or whether comments are closed."
);

/// Somebody deleted a post of theirs, for everybody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Deleted {
    /// The post.
    pub postid: Uuid,
    /// Who wrote it.
    pub authorid: Person,
    /// Whether everybody could see it.
    #[serde(skip)]
    pub visibility: Visibility,
}

of_post!(
    Deleted,
    "post.deleted.v1",
    "Somebody deleted a post of theirs, for everybody."
);

/// Somebody repeated a post to their own followers, without a word of their own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Reposted {
    /// The repost.
    pub postid: Uuid,
    /// The post that it repeats.
    pub originalid: Uuid,
    /// Who reposts.
    pub authorid: Person,
    /// Who may see the repost.
    pub level: post::Visibility,
    /// Whether everybody could see it.
    #[serde(skip)]
    pub visibility: Visibility,
}

of_post!(
    Reposted,
    "post.reposted.v1",
    "Somebody repeated a post to their own followers, without a word of their own."
);

/// Somebody took back a repost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RepostUndone {
    /// The repost that is gone.
    pub postid: Uuid,
    /// The post that it repeated.
    pub originalid: Uuid,
    /// Who had reposted.
    pub authorid: Person,
    /// Whether everybody could see it.
    #[serde(skip)]
    pub visibility: Visibility,
}

of_post!(
    RepostUndone,
    "post.repost_undone.v1",
    "Somebody took back a repost."
);

/// Somebody voted in the poll of a post. What they chose only they know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Voted {
    /// The post that asks.
    pub postid: Uuid,
    /// Who voted.
    pub personid: Person,
    /// How many options they chose.
    pub choices: u32,
    /// Only the voter knows.
    #[serde(skip)]
    pub visibility: Visibility,
}

of_post!(
    Voted,
    "poll.voted.v1",
    "Somebody voted in the poll of a post. What they chose only they know."
);

/// The poll of a post closed: its time came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PollClosed {
    /// The post that asked.
    pub postid: Uuid,
    /// Who wrote it.
    pub authorid: Person,
    /// When it closed. The fact is recorded a moment later.
    pub closesat: Timestamp,
    /// Whether everybody could see it.
    #[serde(skip)]
    pub visibility: Visibility,
}

of_post!(
    PollClosed,
    "poll.closed.v1",
    "The poll of a post closed: its time came."
);

/// Facts about what one person keeps of a post, or wants of it, which only they know. It lives with
/// them.
macro_rules! own {
    ($($kind:literal, $meaning:literal, $name:ident,
        $(#[$doc:meta])* $id:ident, $who:literal;)*) => {$(
        #[doc = $meaning]
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
        pub struct $name {
            $(#[$doc])* pub $id: Uuid,
            #[doc = $who]
            pub personid: Person,
            /// The post.
            pub postid: Uuid,
        }

        impl Event for $name {
            const KIND: Kind = Kind {
                name: $kind,
                topic: Topic::Posts,
                key: Key::Aggregate,
                meaning: $meaning,
            };

            fn aggregate(&self) -> Uuid {
                self.$id
            }

            fn home(&self) -> Uuid {
                self.personid.id_or(self.$id)
            }

            fn visibility(&self) -> Visibility {
                Visibility::Private
            }
        }
    )*};
}

own! {
    "bookmark.added.v1", "Somebody kept a post for later.", BookmarkAdded,
    /// The bookmark.
    bookmarkid, "Who keeps the post.";
    "bookmark.removed.v1", "Somebody let go of a post that they had kept.", BookmarkRemoved,
    /// The bookmark.
    bookmarkid, "Who keeps the post.";
    "thread.muted.v1", "Somebody does not want to be told of the thread of a post.", ThreadMuted,
    /// The mute.
    threadmuteid, "Who mutes the thread.";
    "thread.unmuted.v1", "Somebody wants to be told of the thread of a post again.", ThreadUnmuted,
    /// The mute.
    threadmuteid, "Who mutes the thread.";
}

/// The account of a post's author was erased, and the post stays without them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Anonymised {
    /// The post.
    pub postid: Uuid,
    /// Whether everybody could see it.
    #[serde(skip)]
    pub visibility: Visibility,
}

of_post!(
    Anonymised,
    "post.anonymised.v1",
    "The account of a post's author was erased, and the post stays without them."
);

/// A vote is counted no more, because the account of whoever voted was erased.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct VoteRemoved {
    /// The post that asks.
    pub postid: Uuid,
    /// Nobody could see who voted.
    #[serde(skip)]
    pub visibility: Visibility,
}

of_post!(
    VoteRemoved,
    "poll.vote_removed.v1",
    "A vote is counted no more, because the account of whoever voted was erased."
);
