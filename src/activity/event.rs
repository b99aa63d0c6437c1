//! What a fact is: a past-tense name with a version, a key, and data without any text.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::DeserializeOwned};
use uuid::Uuid;

use crate::{
    clock::Timestamp,
    error::{Error, Result},
    ids::PersonId,
    platform::db::{Count, Record, Txn},
};

/// A fact as a domain records it: its data, as consumers read it.
///
/// Fields have the names that analysts see: lower case, ids as `…id`. A person is a [`Person`],
/// never an id of another type. No text of any kind: nobody's words, names or addresses.
pub trait Event: Serialize + DeserializeOwned + JsonSchema {
    /// What kind of fact this is.
    const KIND: Kind;

    /// What it happened to: events of one aggregate stay in order.
    fn aggregate(&self) -> Uuid;

    /// What the aggregate lives with. Decides the shard.
    fn home(&self) -> Uuid {
        self.aggregate()
    }

    /// Who could know when it happened.
    fn visibility(&self) -> Visibility;
}

/// A kind of fact. Never renamed; another shape is another version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kind {
    /// Aggregate, fact and version, e.g. `post.published.v1`.
    pub name: &'static str,
    pub topic: Topic,
    pub key: Key,
    /// What it says, in a sentence, for the schema.
    pub meaning: &'static str,
}

/// A Kafka topic, without the configured prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Topic {
    Users,
    Posts,
    Comments,
    Reactions,
    Conversations,
    Media,
    Moderation,
    Notifications,
}

impl Topic {
    /// Every topic there is.
    pub const ALL: [Self; 8] = [
        Self::Users,
        Self::Posts,
        Self::Comments,
        Self::Reactions,
        Self::Conversations,
        Self::Media,
        Self::Moderation,
        Self::Notifications,
    ];

    /// Its name behind the prefix.
    pub fn name(self) -> &'static str {
        match self {
            Self::Users => "users",
            Self::Posts => "posts",
            Self::Comments => "comments",
            Self::Reactions => "reactions",
            Self::Conversations => "conversations",
            Self::Media => "media",
            Self::Moderation => "moderation",
            Self::Notifications => "notifications",
        }
    }
}

/// How the key that analysts see is made of the aggregate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// It is the aggregate's id.
    Aggregate,
    /// The aggregate is a person: the key is their `personid`.
    Person,
    /// The aggregate is one person's tie to something: the key is a hash of it and of the
    /// `personid` of who acts, so that nobody who knows account ids can compute it.
    PersonAndAggregate,
}

/// Who could know of a fact when it happened.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Visibility {
    /// Everybody.
    Public,
    /// Followers, or the people mentioned.
    Restricted,
    /// The person who acts, and at most one other.
    #[default]
    Private,
}

impl Visibility {
    /// Its name in the log and in the envelope.
    pub fn name(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Restricted => "restricted",
            Self::Private => "private",
        }
    }
}

/// A person in an event's data. In the log it is their account's id; analysts see a `personid`
/// in its place, or null once the person was erased.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Person(pub Option<PersonId>);

/// What stands before a person's id in the log's data.
pub(super) const PERSON_MARK: &str = "person:";

impl Person {
    /// The id of their account, or `other` where they are not told any more: for what an event
    /// lives with.
    pub fn id_or(self, other: Uuid) -> Uuid {
        self.0.map_or(other, |person| person.0)
    }
}

impl From<PersonId> for Person {
    fn from(id: PersonId) -> Self {
        Self(Some(id))
    }
}

impl Serialize for Person {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Some(id) => serializer.serialize_str(&format!("{PERSON_MARK}{id}")),
            None => serializer.serialize_none(),
        }
    }
}

impl<'de> Deserialize<'de> for Person {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Some(text) = Option::<String>::deserialize(deserializer)? else {
            return Ok(Self(None));
        };
        let id = text.strip_prefix(PERSON_MARK).map(Uuid::try_parse);
        match id {
            Some(Ok(id)) => Ok(Self(Some(PersonId(id)))),
            _ => Err(serde::de::Error::custom("not a person")),
        }
    }
}

impl JsonSchema for Person {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Person".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": ["string", "null"], "format": "uuid" })
    }
}

/// Who did it and when.
#[derive(Clone, Copy, Debug)]
pub struct By {
    /// Nobody where the system did.
    pub person: Option<PersonId>,
    pub at: Timestamp,
}

impl By {
    /// Something that a person did.
    pub fn person(person: PersonId, at: Timestamp) -> Self {
        Self {
            person: Some(person),
            at,
        }
    }

    /// Something that the system did, or its operator.
    pub fn system(at: Timestamp) -> Self {
        Self { person: None, at }
    }
}

/// Records a fact with what it adds to public numbers. It is written when `txn` commits.
pub fn record<E: Event>(txn: &Txn, by: By, event: &E, counts: impl Into<Vec<Count>>) -> Result<()> {
    txn.record(Record {
        kind: E::KIND.name,
        aggregate: event.aggregate(),
        home: event.home(),
        actor: by.person,
        visibility: event.visibility().name(),
        payload: serde_json::to_string(event).map_err(Error::internal)?,
        counts: counts.into(),
        at: by.at,
    });
    Ok(())
}
