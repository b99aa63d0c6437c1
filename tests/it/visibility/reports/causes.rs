//! Which rules of reports had something to decide.

use crate::visibility::{
    answers::Thing,
    causes::{Found, note},
    graph::Graph,
    oracle::Viewer,
};

/// How many causes there are.
pub const CAUSES: usize = 12;

impl Graph {
    /// Notes what decided for `viewer`.
    pub fn note_reports(&self, viewer: Viewer, found: &mut Found) {
        for (n, report) in self.reports.iter().enumerate() {
            let subject = report.subject;
            let is_seen = self.sees_reported(viewer, subject);
            let is_beyond = self.is_staff(viewer) && is_seen && !self.sees_without(viewer, subject);
            let of = |is_so: fn(Thing) -> bool| is_beyond && is_so(subject);
            let is_about_them = viewer == Some(self.owner(subject));
            let is_own = viewer == Some(report.reporter) && !self.is_staff(viewer);
            let is_hidden = !self.sees_report(viewer, n);
            let causes = [
                (
                    "R24 staff sees a person by a report alone",
                    of(|s| matches!(s, Thing::User(_))),
                ),
                (
                    "R24 staff sees a post by a report alone",
                    of(|s| matches!(s, Thing::Post(_))),
                ),
                (
                    "R24 staff sees a comment by a report alone",
                    of(|s| matches!(s, Thing::Comment(_))),
                ),
                (
                    "R24 staff sees a message by a report alone",
                    of(|s| matches!(s, Thing::Message(_))),
                ),
                (
                    "R24 staff sees media by a report alone",
                    of(|s| matches!(s, Thing::Media(_))),
                ),
                (
                    "R34 a report about oneself is not there",
                    is_hidden && is_about_them,
                ),
                (
                    "R34 a report of others is not there",
                    is_hidden && !is_about_them && viewer.is_some(),
                ),
                (
                    "R34 a report is not there for a guest",
                    is_hidden && viewer.is_none(),
                ),
                ("R34 one's own report of what one sees", is_own && is_seen),
                (
                    "R34 one's own report of what one does not see any more",
                    is_own && !is_seen,
                ),
            ];
            for (cause, is_so) in causes {
                note(found, cause, is_so);
            }
        }
        self.note_hidden_media(viewer, found);
    }

    fn note_hidden_media(&self, viewer: Viewer, found: &mut Found) {
        for (n, media) in self.media.iter().enumerate() {
            let shown = media.hangs_on.iter();
            let is_shown = shown
                .into_iter()
                .any(|(parent, _)| self.shows(viewer, *parent));
            let is_there = media.is_hidden && !media.is_deleted && is_shown;
            let is_seen = self.sees_media(viewer, n);
            note(
                found,
                "R32 hidden media that hang on something seen",
                is_there && !is_seen,
            );
            note(
                found,
                "R32 hidden media, for their uploader or staff",
                is_there && is_seen,
            );
        }
    }
}
