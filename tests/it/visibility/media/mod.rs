//! Media in a graph: what people uploaded and what it hangs on, with the rules about them.

mod answers;
mod causes;
mod dice;
mod keys;
pub mod matrix;
mod rows;
mod rules;

use rookery::{
    ids::{NodeId, NodeKind},
    platform::{
        config::StoreConfig,
        store::{Place, Store},
    },
};
use uuid::Uuid;

use super::graph::Graph;

pub use self::{causes::CAUSES, rows::uploaded};

/// What the addresses of objects for everybody begin with, and those of others.
pub const PUBLIC: &str = "https://cdn.example/public/";
pub const PRIVATE: &str = "http://store.invalid/media/private/";

/// Most uploads of one graph.
const MOST: usize = 11;

/// What something hangs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parent {
    Post(usize),
    Message(usize),
    Draft(usize),
    /// Beside the name of a person.
    Avatar(usize),
    /// Above the profile of a person.
    Banner(usize),
}

/// A picture that somebody uploaded.
#[derive(Clone, Debug)]
pub struct Media {
    pub id: Uuid,
    pub uploader: usize,
    pub purpose: &'static str,
    pub status: &'static str,
    pub is_deleted: bool,
    /// By staff.
    pub is_hidden: bool,
    /// What it hangs on, with its place among what hangs there.
    pub hangs_on: Vec<(Parent, usize)>,
}

/// A store of which only addresses are asked: nothing answers there.
pub fn nowhere() -> Store {
    #[derive(clap::Parser)]
    struct Defaults {
        #[command(flatten)]
        store: StoreConfig,
    }
    let mut config = <Defaults as clap::Parser>::parse_from(["test"]).store;
    config.s3_endpoint = Some("http://store.invalid".to_owned());
    config.aws_access_key_id = Some("key".to_owned());
    config.aws_secret_access_key = "secret".parse().ok();
    config.media_url = PUBLIC.strip_suffix("/public/").map(str::to_owned);
    let place = Place::configured(&config).expect("a configuration");
    Store::new(
        place.expect("a store"),
        rookery::platform::health::Flag::unseen(rookery::platform::health::Part::Store),
    )
}

impl Graph {
    /// Notes an upload, which hangs on nothing yet.
    pub fn upload(&mut self, id: Uuid, uploader: usize, purpose: &'static str) -> usize {
        self.media.push(Media {
            id,
            uploader,
            purpose,
            status: "READY",
            is_deleted: false,
            is_hidden: false,
            hangs_on: Vec::new(),
        });
        self.media.len() - 1
    }

    /// Hangs something on a thing, before what hangs there already.
    pub fn hang(&mut self, n: usize, parent: Parent) {
        let hanging = self.hanging(parent).len();
        self.media[n].hangs_on.push((parent, MOST - hanging));
    }

    /// What hangs on a thing, by its place there.
    pub fn hanging(&self, parent: Parent) -> Vec<usize> {
        let place = |(n, media): (usize, &Media)| {
            let found = media.hangs_on.iter().find(|(other, _)| *other == parent);
            found.map(|(_, place)| (*place, n))
        };
        let mut found: Vec<_> = self.media.iter().enumerate().filter_map(place).collect();
        found.sort_unstable();
        found.into_iter().map(|(_, n)| n).collect()
    }

    pub fn media_id(&self, n: usize) -> String {
        NodeId::new(NodeKind::Media, self.media[n].id).to_string()
    }

    /// What stands for the ids of media in messages.
    pub fn media_names(&self) -> Vec<(String, String)> {
        let names = (0..self.media.len()).map(|n| (self.media_id(n), format!("media {n}")));
        names.collect()
    }
}
