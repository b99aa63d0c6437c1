//! The written part of the town.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::draw::Scene;
use crate::{
    accounts::Role,
    error::{Error, Result},
};

/// The people of the town, in the order of the file.
#[derive(Deserialize)]
pub(super) struct Town {
    pub(super) people: Vec<Neighbour>,
    #[serde(skip)]
    pub(super) talks: Vec<Talk>,
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

/// What some of them say in private.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Talk {
    /// Without one: a talk between two.
    pub(super) title: Option<String>,
    /// How long ago it began.
    pub(super) hours: u64,
    /// Handles, the one who starts it first.
    pub(super) members: Vec<String>,
    /// Who has not accepted it yet.
    pub(super) requests: Vec<String>,
    /// How many of the last messages somebody has not read.
    pub(super) unread: BTreeMap<String, i64>,
    pub(super) lines: Vec<Line>,
}

/// A message of a talk.
#[derive(Deserialize)]
pub(super) struct Line {
    pub(super) by: String,
    pub(super) say: String,
    /// The number of the message that it answers, from 1 on.
    pub(super) to: Option<usize>,
    /// Whose last post it shares.
    pub(super) shares: Option<String>,
    /// What the picture that goes with it shows.
    pub(super) picture: Option<Scene>,
}

impl Town {
    pub(super) fn read() -> Result<Self> {
        let people: Self =
            serde_json::from_str(include_str!("town.json")).map_err(Error::internal)?;
        let talks = serde_json::from_str(include_str!("talks.json")).map_err(Error::internal)?;
        Ok(Self { talks, ..people })
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
