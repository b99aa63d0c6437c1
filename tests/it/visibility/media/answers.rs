//! What the oracle says that the schema answers of media.

use serde_json::{Value, json};

use super::{PRIVATE, PUBLIC, Parent};
use crate::visibility::{graph::Graph, oracle::Viewer};

impl Graph {
    /// All media by their ids.
    pub fn media_nodes(&self, viewer: Viewer) -> Vec<Value> {
        let all = 0..self.media.len();
        all.map(|n| self.media(viewer, n)).collect()
    }

    pub fn media(&self, viewer: Viewer, n: usize) -> Value {
        if !self.sees_media(viewer, n) {
            return Value::Null;
        }
        let mut seen = self.picture(n);
        let status = self.media[n].status;
        seen["__typename"] = json!("Media");
        seen["status"] = json!(status);
        seen["failureReason"] = json!((status == "FAILED").then_some("UNREADABLE"));
        seen["altText"] = json!(format!("picture {n}"));
        seen
    }

    /// What media tell in every list: also how they are loaded, which is the same for all who see
    /// them.
    fn picture(&self, n: usize) -> Value {
        let address = match self.is_for_everybody(n) {
            true => format!("{PUBLIC}public-{n}/original.png"),
            // Its signature follows.
            false => format!("{PRIVATE}private-{n}/original.png?*"),
        };
        let is_there = self.media[n].status == "READY";
        json!({ "id": self.media_id(n), "url": is_there.then_some(address) })
    }

    /// What hangs on a thing, as whoever sees it is told.
    pub fn pictures(&self, viewer: Viewer, parent: Parent) -> Vec<Value> {
        let seen = self.seen_on(viewer, parent).into_iter();
        seen.map(|n| self.picture(n)).collect()
    }

    /// The one that hangs on a thing.
    pub fn one_picture(&self, viewer: Viewer, parent: Parent) -> Value {
        self.pictures(viewer, parent).pop().unwrap_or_default()
    }
}
