//! Facts that only these tests know, one for each way to make a key.

use rookery::{
    activity::{Event, Key, Kind, Kinds, Person, Topic, Visibility},
    ids::PersonId,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Something about a thing.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Noted {
    pub thingid: Uuid,
    pub number: u32,
    /// Makes the message as large as one likes.
    pub ballast: String,
}

impl Event for Noted {
    const KIND: Kind = Kind {
        name: "thing.noted.v1",
        topic: Topic::Posts,
        key: Key::Aggregate,
        meaning: "A thing was noted.",
    };

    fn aggregate(&self) -> Uuid {
        self.thingid
    }

    fn visibility(&self) -> Visibility {
        Visibility::Public
    }
}

/// Somebody did something with somebody.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Met {
    pub personid: Person,
    pub others: Vec<Person>,
}

impl Event for Met {
    const KIND: Kind = Kind {
        name: "user.met.v1",
        topic: Topic::Users,
        key: Key::Person,
        meaning: "Somebody met others.",
    };

    fn aggregate(&self) -> Uuid {
        self.personid.0.map_or(Uuid::nil(), |person| person.0)
    }

    fn visibility(&self) -> Visibility {
        Visibility::Restricted
    }
}

/// Somebody's tie to a thing.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Tied {
    pub thingid: Uuid,
}

impl Event for Tied {
    const KIND: Kind = Kind {
        name: "tie.made.v1",
        topic: Topic::Reactions,
        key: Key::PersonAndAggregate,
        meaning: "Somebody tied themselves to a thing.",
    };

    fn aggregate(&self) -> Uuid {
        self.thingid
    }

    fn visibility(&self) -> Visibility {
        Visibility::Private
    }
}

/// A fact that no relay knows: a newer program has recorded it.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Unheard {
    pub thingid: Uuid,
}

impl Event for Unheard {
    const KIND: Kind = Kind {
        name: "thing.unheard.v7",
        topic: Topic::Posts,
        key: Key::Aggregate,
        meaning: "Nobody knows.",
    };

    fn aggregate(&self) -> Uuid {
        self.thingid
    }

    fn visibility(&self) -> Visibility {
        Visibility::Public
    }
}

/// What the relays of these tests know.
pub fn kinds() -> Kinds {
    [Noted::KIND, Met::KIND, Tied::KIND].into_iter().collect()
}

/// A person of this id.
pub fn person(id: Uuid) -> Person {
    PersonId(id).into()
}
