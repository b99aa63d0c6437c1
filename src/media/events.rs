//! What happens to uploads, as the log tells it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::entity::media::{self, FailureReason, Format, Purpose};
use crate::activity::{Described, Event, Key, Kind, Person, Topic, Visibility};

/// The kinds of facts about media.
pub const EVENTS: &[Described] = &[
    Described::of::<Announced>(),
    Described::of::<Uploaded>(),
    Described::of::<Ready>(),
    Described::of::<Failed>(),
    Described::of::<AltTextChanged>(),
    Described::of::<Deleted>(),
];

/// The facts, each with its kind and what it tells beside whose upload it is. Where something hangs,
/// and so who sees it, the events of posts and messages tell: these are private.
macro_rules! facts {
    ($(
        $kind:literal, $meaning:literal, $name:ident {
            $($(#[$doc:meta])* $field:ident: $type:ty,)*
        }
    )*) => {$(
        #[doc = $meaning]
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
        pub struct $name {
            /// The picture or film.
            pub mediaid: Uuid,
            /// Whose it is.
            pub uploaderid: Person,
            $($(#[$doc])* pub $field: $type,)*
        }

        impl $name {
            /// The fact about `row`.
            pub fn of(row: &media::Model, $($field: $type,)*) -> Self {
                Self { mediaid: row.id.0, uploaderid: row.uploader_id.into(), $($field,)* }
            }
        }

        impl Event for $name {
            const KIND: Kind = Kind {
                name: $kind,
                topic: Topic::Media,
                key: Key::Aggregate,
                meaning: $meaning,
            };

            fn aggregate(&self) -> Uuid {
                self.mediaid
            }

            fn visibility(&self) -> Visibility {
                Visibility::Private
            }
        }
    )*};
}

facts! {
    "media.announced.v1",
    "Somebody was given an address to upload a picture or film to. Its bytes may never come.",
    Announced {
        /// What it is for.
        purpose: Purpose,
        /// Its type, as announced.
        format: Format,
        /// How many bytes it has, as announced.
        bytesize: i64,
    }

    "media.uploaded.v1",
    "Somebody has uploaded a picture or film, as it was announced.",
    Uploaded {
        /// What it is for.
        purpose: Purpose,
        /// Its type.
        format: Format,
        /// How many bytes were uploaded.
        bytesize: i64,
    }

    "media.ready.v1",
    "A picture or film was made ready to be looked at.",
    Ready {
        /// How many bytes it has as it is served.
        bytesize: i64,
        /// Its width in pixels.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        width: Option<i64>,
        /// Its height in pixels.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        height: Option<i64>,
        /// How long it runs, in milliseconds; absent where nothing moves.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        durationms: Option<i64>,
    }

    "media.failed.v1",
    "A picture or film came to nothing: it is not what was announced, or it is broken.",
    Failed {
        /// Why.
        cause: FailureReason,
    }

    "media.alt_text_changed.v1",
    "Somebody described a picture or film of theirs for those who do not see it, or took that back.",
    AltTextChanged {
        /// The length of the description in Unicode scalar values; 0 where there is none any more.
        length: u32,
    }

    "media.deleted.v1",
    "A picture or film was deleted by its uploader, or by the system where it hung on nothing.",
    Deleted {}
}
