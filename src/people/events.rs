//! What happens to profiles, as the log tells it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::activity::{Described, Event, Key, Kind, Person, Topic, Visibility};

/// The kinds of facts about profiles.
pub const EVENTS: &[Described] = &[Described::of::<ProfileUpdated>()];

/// A part of a profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ProfilePart {
    /// The name that is shown.
    DisplayName,
    /// What they say about themselves.
    Bio,
    /// The unique name.
    Handle,
    /// Whether followers are let in one by one.
    Privacy,
    /// The picture beside their name.
    Avatar,
    /// The picture above their profile.
    Banner,
    /// The post that stands before all others.
    PinnedPost,
}

/// Somebody changed their profile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ProfileUpdated {
    /// The person whose profile it is.
    pub personid: Person,
    /// What is different now; never empty.
    pub changed: Vec<ProfilePart>,
    /// Whether the account is private now: followers are let in one by one, and only they see its
    /// posts.
    pub isprivate: bool,
}

impl Event for ProfileUpdated {
    const KIND: Kind = Kind {
        name: "user.profile_updated.v1",
        topic: Topic::Users,
        key: Key::Person,
        meaning: "Somebody changed their profile.",
    };

    fn aggregate(&self) -> Uuid {
        self.personid.id_or(Uuid::nil())
    }

    fn visibility(&self) -> Visibility {
        Visibility::Public
    }
}
