//! The written part of the town.

use serde::Deserialize;

use crate::{
    accounts::Role,
    error::{Error, Result},
};

/// The people of the town, in the order of the file.
#[derive(Deserialize)]
pub(super) struct Town {
    pub(super) people: Vec<Neighbour>,
}

/// Somebody in the town, with what they say.
#[derive(Deserialize)]
pub(super) struct Neighbour {
    pub(super) handle: String,
    pub(super) name: String,
    pub(super) bio: String,
    /// Whom they know best.
    pub(super) circle: String,
    pub(super) posts: Vec<String>,
    pub(super) comments: Vec<String>,
}

impl Town {
    pub(super) fn read() -> Result<Self> {
        serde_json::from_str(include_str!("town.json")).map_err(Error::internal)
    }
}

/// The role that somebody has in the demo.
pub(super) fn role(handle: &str) -> Role {
    match handle {
        "tomas_ferro" => Role::Moderator,
        "ines_okafor" => Role::Admin,
        _ => Role::Member,
    }
}

/// Who lets followers in one by one.
pub(super) fn is_private(handle: &str) -> bool {
    matches!(handle, "nurse_kofi" | "samira_nightjar" | "leo_is_10")
}
