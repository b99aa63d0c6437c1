//! What happens to comments, as the log tells it. A comment lives with its post.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::activity::{Described, Event, Key, Kind, Person, Topic, Visibility};

/// The kinds of facts about comments.
pub const EVENTS: &[Described] = &[
    Described::of::<Created>(),
    Described::of::<Edited>(),
    Described::of::<Deleted>(),
    Described::of::<Hidden>(),
    Described::of::<Unhidden>(),
    Described::of::<Anonymised>(),
];

/// The facts, each with its kind and what it tells beside the comment itself.
macro_rules! facts {
    ($(
        $kind:literal, $meaning:literal, $name:ident {
            $($(#[$doc:meta])* $field:ident: $type:ty,)*
        }
    )*) => {$(
        #[doc = $meaning]
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
        pub struct $name {
            /// The comment.
            pub commentid: Uuid,
            /// The post that it stands under.
            pub postid: Uuid,
            /// Who wrote the comment.
            pub authorid: Person,
            $($(#[$doc])* pub $field: $type,)*
            /// Whether everybody could see it.
            #[serde(skip)]
            pub visibility: Visibility,
        }

        impl Event for $name {
            const KIND: Kind = Kind {
                name: $kind,
                topic: Topic::Comments,
                key: Key::Aggregate,
                meaning: $meaning,
            };

            fn aggregate(&self) -> Uuid {
                self.commentid
            }

            fn home(&self) -> Uuid {
                self.postid
            }

            fn visibility(&self) -> Visibility {
                self.visibility
            }
        }
    )*};
}

facts! {
    "comment.created.v1",
    "Somebody commented on a post, or replied to a comment.",
    Created {
        /// The comment that it replies to; absent at the top level.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        parentid: Option<Uuid>,
        /// How deep it stands: 0 at the top level.
        depth: u32,
        /// The length of its text in Unicode scalar values.
        length: u32,
        /// How many people it mentions.
        mentions: u32,
    }

    "comment.edited.v1",
    "Somebody changed the text of a comment of theirs.",
    Edited {
        /// The length of its text now, in Unicode scalar values.
        length: u32,
        /// How many people it mentions now.
        mentions: u32,
    }

    "comment.deleted.v1",
    "Somebody deleted a comment of theirs, for everybody. Replies to it may stand.",
    Deleted {}

    "comment.hidden.v1",
    "The author of a post hid a comment under it.",
    Hidden {}

    "comment.unhidden.v1",
    "The author of a post showed a comment under it again.",
    Unhidden {}
}

/// The account of a comment's author was erased, and the comment stays without them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Anonymised {
    /// The comment.
    pub commentid: Uuid,
    /// The post that it stands under.
    pub postid: Uuid,
    /// Whether everybody could see it.
    #[serde(skip)]
    pub visibility: Visibility,
}

impl Event for Anonymised {
    const KIND: Kind = Kind {
        name: "comment.anonymised.v1",
        topic: Topic::Comments,
        key: Key::Aggregate,
        meaning: "The account of a comment's author was erased, and the comment stays without them.",
    };

    fn aggregate(&self) -> Uuid {
        self.commentid
    }

    fn home(&self) -> Uuid {
        self.postid
    }

    fn visibility(&self) -> Visibility {
        self.visibility
    }
}
