//! The rules of media as plain Rust (R15, R23, R26, R32).

use super::{Media, Parent};
use crate::visibility::{graph::Graph, oracle::Viewer};

impl Graph {
    /// The viewer sees a thing that media hang on, and so what hangs there.
    pub fn shows(&self, viewer: Viewer, parent: Parent) -> bool {
        match parent {
            Parent::Post(n) => self.sees(viewer, n),
            Parent::Message(n) => self.is_whole_message(viewer, n),
            Parent::Draft(n) => self.sees_draft(viewer, n),
            // R23: it is kept in the reduced form.
            Parent::Avatar(n) => self.names_person(viewer, n),
            Parent::Banner(n) => self.names_person(viewer, n) && !self.is_reduced(viewer, n),
        }
    }

    /// R15: media are seen with one of the things that they hang on, and by their uploader; R32: of
    /// what staff has hidden, by nobody else but staff.
    pub fn sees_media(&self, viewer: Viewer, n: usize) -> bool {
        let Media {
            uploader,
            is_deleted,
            is_hidden,
            hangs_on,
            ..
        } = &self.media[n];
        let mut parents = hangs_on.iter();
        let is_shown = parents.any(|(parent, _)| self.shows(viewer, *parent));
        let is_own = viewer == Some(*uploader);
        let is_withheld = *is_hidden && !is_own && !self.is_staff(viewer);
        !is_deleted && !is_withheld && (is_own || is_shown)
    }

    /// R15: an address for everybody is told of what hangs on things for everybody alone, and of
    /// nothing that is sent in messages.
    pub fn is_for_everybody(&self, n: usize) -> bool {
        let media = &self.media[n];
        let mut parents = media.hangs_on.iter();
        let is_open = parents.all(|(parent, _)| self.shows(None, *parent));
        let is_kept = media.is_hidden || media.purpose == "MESSAGE";
        !is_kept && !media.hangs_on.is_empty() && is_open
    }

    /// What the viewer sees hanging on a thing that they see, in order.
    pub fn seen_on(&self, viewer: Viewer, parent: Parent) -> Vec<usize> {
        let mut hanging = self.hanging(parent);
        hanging.retain(|n| self.shows(viewer, parent) && self.sees_media(viewer, *n));
        hanging
    }
}
