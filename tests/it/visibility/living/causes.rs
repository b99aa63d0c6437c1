//! Which rules of polls, pins and drafts had something to decide.

use crate::visibility::{
    causes::{Found, note},
    graph::Graph,
    oracle::Viewer,
};

/// How many causes there are.
pub const CAUSES: usize = 14;

impl Graph {
    /// Notes what decided for `viewer`.
    pub fn note_living(&self, viewer: Viewer, found: &mut Found) {
        for (n, poll) in self.polls.iter().enumerate() {
            let is_seen = self.sees_poll(viewer, n);
            let is_author = viewer == Some(self.posts[poll.post].author);
            let has_voted = Self::chosen_by(poll, viewer).is_some();
            let is_hidden = poll.hides && !poll.is_closed;
            let causes = [
                ("R3 a poll of a post that is not seen", !is_seen),
                (
                    "R6 a vote in a poll that is not seen any more",
                    !is_seen && has_voted,
                ),
                (
                    "a poll that the viewer may vote in",
                    is_seen && self.may_vote(viewer, n),
                ),
                ("a vote of the viewer", is_seen && has_voted),
                ("a poll of the viewer's own", is_seen && is_author),
                (
                    "numbers that are hidden from who asks",
                    is_seen && is_author && is_hidden,
                ),
                (
                    "numbers that are hidden from others",
                    is_seen && !is_author && is_hidden,
                ),
                (
                    "numbers that were hidden before it closed",
                    is_seen && poll.hides && poll.is_closed,
                ),
            ];
            for (cause, is_so) in causes {
                note(found, cause, is_so);
            }
        }
        for (person, post) in &self.pins {
            let is_shown = self.pinned(viewer, *person).is_some();
            let is_reduced = self.is_reduced(viewer, *person) && !self.people[*person].is_deleted;
            let is_gone = self.posts[*post].is_deleted || self.posts[*post].is_hidden;
            let causes = [
                ("a pinned post", is_shown),
                (
                    "R3 a pinned post for others",
                    !is_shown && !is_gone && !is_reduced,
                ),
                ("R23 a pinned post is lost in the reduced form", is_reduced),
                (
                    "R32 a pinned post that is gone or hidden",
                    !is_shown && is_gone,
                ),
            ];
            for (cause, is_so) in causes {
                note(found, cause, is_so);
            }
        }
        for (n, draft) in self.drafts.iter().enumerate() {
            let is_seen = self.sees_draft(viewer, n);
            note(found, "R7 a draft, for its author", is_seen);
            let is_of_another = !is_seen && !draft.is_gone;
            note(found, "R7 a draft of another", is_of_another);
        }
    }
}
