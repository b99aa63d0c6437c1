//! What happens between two people, as the log tells it.
//!
//! A relation keeps one id from the request to follow to the end of the follow. It lives with the
//! person who acts first: who asks or follows, blocks or mutes.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    activity::{Described, Event, Key, Kind, Person, Topic, Visibility},
    clock::Timestamp,
};

/// The kinds of facts about relations.
pub const EVENTS: &[Described] = &[
    Described::of::<Followed>(),
    Described::of::<Unfollowed>(),
    Described::of::<FollowRequested>(),
    Described::of::<FollowAccepted>(),
    Described::of::<RequestWithdrawn>(),
    Described::of::<RequestDeclined>(),
    Described::of::<Blocked>(),
    Described::of::<Unblocked>(),
    Described::of::<Muted>(),
    Described::of::<Unmuted>(),
];

/// Implements [`Event`] for a fact whose home is the person in the field `$home`.
macro_rules! relation {
    ($name:ident, $kind:literal, $meaning:literal, $home:ident, |$fact:ident| $visibility:expr) => {
        impl Event for $name {
            const KIND: Kind = Kind {
                name: $kind,
                topic: Topic::Users,
                key: Key::Aggregate,
                meaning: $meaning,
            };

            fn aggregate(&self) -> Uuid {
                self.relationid
            }

            fn home(&self) -> Uuid {
                self.$home.id_or(self.relationid)
            }

            fn visibility(&self) -> Visibility {
                let $fact = self;
                $visibility
            }
        }
    };
}

/// Facts about a follow, which are as open as the two accounts.
macro_rules! follows {
    ($($kind:literal, $meaning:literal, $name:ident;)*) => {$(
        #[doc = $meaning]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
        pub struct $name {
            /// The relation, the same from a request to follow to the end of the follow.
            pub relationid: Uuid,
            /// Who follows.
            pub followerid: Person,
            /// Who is followed.
            pub followedid: Person,
            /// Whether everybody could know.
            #[serde(skip)]
            pub visibility: Visibility,
        }

        relation!($name, $kind, $meaning, followerid, |fact| fact.visibility);
    )*};
}

follows! {
    "relation.followed.v1",
    "Somebody began to follow a person who lets everybody do so.",
    Followed;

    "relation.unfollowed.v1",
    "A follow ended: its follower, the person followed, or a block between them ended it.",
    Unfollowed;

    "relation.follow_accepted.v1",
    "A private person let somebody follow who had asked. There is no `followed` beside it.",
    FollowAccepted;
}

/// Facts that the two people know, or one of them alone.
macro_rules! private {
    ($(
        $kind:literal, $meaning:literal, $name:ident {
            $(#[$first:meta])* $from:ident,
            $(#[$second:meta])* $to:ident,
        }
    )*) => {$(
        #[doc = $meaning]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
        pub struct $name {
            /// The relation.
            pub relationid: Uuid,
            $(#[$first])* pub $from: Person,
            $(#[$second])* pub $to: Person,
        }

        relation!($name, $kind, $meaning, $from, |_fact| Visibility::Private);
    )*};
}

private! {
    "relation.follow_requested.v1",
    "Somebody asked a private person to let them follow.",
    FollowRequested {
        /// Who asks to follow.
        followerid,
        /// Who is asked.
        followedid,
    }

    "relation.request_withdrawn.v1",
    "A request to follow ended by the one who had asked.",
    RequestWithdrawn {
        /// Who had asked to follow.
        followerid,
        /// Who was asked.
        followedid,
    }

    "relation.request_declined.v1",
    "A request to follow ended by the one who was asked.",
    RequestDeclined {
        /// Who had asked to follow.
        followerid,
        /// Who was asked.
        followedid,
    }

    "relation.blocked.v1",
    "Somebody blocked a person. Each follow and request that it cuts is told beside it.",
    Blocked {
        /// Who blocks.
        blockerid,
        /// Who is blocked.
        blockedid,
    }

    "relation.unblocked.v1",
    "Somebody ended a block. What it cut stays cut.",
    Unblocked {
        /// Who blocked.
        blockerid,
        /// Who was blocked.
        blockedid,
    }

    "relation.unmuted.v1",
    "Somebody ended a mute before its time.",
    Unmuted {
        /// Who muted.
        muterid,
        /// Who was muted.
        mutedid,
    }
}

/// Somebody muted a person, or gave a mute another end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Muted {
    /// The relation.
    pub relationid: Uuid,
    /// Who mutes.
    pub muterid: Person,
    /// Who is muted.
    pub mutedid: Person,
    /// When the mute ends by itself, which is not told again; absent: when it is taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

relation!(
    Muted,
    "relation.muted.v1",
    "Somebody muted a person, or gave a mute another end.",
    muterid,
    |_fact| Visibility::Private
);
