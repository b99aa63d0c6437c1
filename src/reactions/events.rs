//! What happens to reactions, as the log tells it. A reaction lives with the post that its subject
//! is or hangs below, or with the conversation of a message.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::{Builder, Uuid};

use super::SubjectKind;
use crate::activity::{Described, Event, Key, Kind, Person, Topic, Visibility};

/// The kinds of facts about reactions.
pub const EVENTS: &[Described] = &[Described::of::<Added>(), Described::of::<Removed>()];

/// An emoji by its code points in hexadecimal, such as `1F44D` or `2764-FE0F`: one of a fixed set,
/// not a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodePoints(String);

impl CodePoints {
    /// The code points of one emoji.
    pub fn of(emoji: &str) -> Self {
        let points: Vec<String> = emoji
            .chars()
            .map(|point| format!("{:04X}", u32::from(point)))
            .collect();
        Self(points.join("-"))
    }
}

impl JsonSchema for CodePoints {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "CodePoints".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^[0-9A-F]{4,6}(-[0-9A-F]{4,6})*$" })
    }
}

/// What one person's reactions on one subject are in the log: one aggregate, so that they stay in
/// order.
fn tie(person: Person, subject: Uuid) -> Uuid {
    let digest = Sha256::new()
        .chain_update(person.id_or(Uuid::nil()).as_bytes())
        .chain_update(subject.as_bytes())
        .finalize();
    let bytes = digest.first_chunk::<16>().copied().unwrap_or_default();
    Builder::from_custom_bytes(bytes).into_uuid()
}

macro_rules! facts {
    ($($kind:literal, $meaning:literal, $name:ident;)*) => {$(
        #[doc = $meaning]
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
        pub struct $name {
            /// What the reaction stands on.
            pub subjectid: Uuid,
            /// What kind of thing that is.
            pub subjectkind: SubjectKind,
            /// The post that the subject is or hangs below; of a message the `conversationid`.
            pub postid: Uuid,
            /// Who reacts.
            pub personid: Person,
            /// The emoji, as code points.
            pub emoji: CodePoints,
            /// Whether everybody could see it.
            #[serde(skip)]
            pub visibility: Visibility,
            /// What the reaction lives with.
            #[serde(skip)]
            pub home: Uuid,
        }

        impl Event for $name {
            const KIND: Kind = Kind {
                name: $kind,
                topic: Topic::Reactions,
                key: Key::PersonAndAggregate,
                meaning: $meaning,
            };

            fn aggregate(&self) -> Uuid {
                tie(self.personid, self.subjectid)
            }

            fn home(&self) -> Uuid {
                self.home
            }

            fn visibility(&self) -> Visibility {
                self.visibility
            }
        }
    )*};
}

facts! {
    "reaction.added.v1", "Somebody reacted to a post, comment or message with an emoji.", Added;
    "reaction.removed.v1", "Somebody took back a reaction.", Removed;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_emoji_is_told_by_its_code_points() {
        for (emoji, points) in [
            ("\u{1F44D}", "1F44D"),
            ("\u{2764}\u{FE0F}", "2764-FE0F"),
            ("#\u{FE0F}\u{20E3}", "0023-FE0F-20E3"),
        ] {
            assert_eq!(CodePoints::of(emoji), CodePoints(points.to_owned()));
        }
    }
}
