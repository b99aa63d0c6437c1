//! What the oracle says that the schema answers of reports.

use serde_json::{Value, json};

use crate::visibility::{
    answers::{Thing, something},
    graph::Graph,
    oracle::Viewer,
};

impl Graph {
    /// All reports by their ids.
    pub fn report_nodes(&self, viewer: Viewer) -> Vec<Value> {
        let all = 0..self.reports.len();
        all.map(|n| self.report_node(viewer, n)).collect()
    }

    pub fn report_node(&self, viewer: Viewer, n: usize) -> Value {
        if !self.sees_report(viewer, n) {
            return Value::Null;
        }
        let report = &self.reports[n];
        let is_staff = self.is_staff(viewer);
        let person = |n: usize| {
            let is_there = !self.people[n].is_deleted;
            is_there.then(|| json!({ "id": self.user_id(n) }))
        };
        let media = || {
            let found = match self.lives(report.subject) {
                true => self.media_of(report.subject),
                false => Vec::new(),
            };
            let ids = found.into_iter().map(|n| json!({ "id": self.media_id(n) }));
            ids.collect::<Vec<_>>()
        };
        let is_told = is_staff && report.is_resolved;
        json!({
            "__typename": "Report",
            "id": self.report_id(n),
            "status": if report.is_resolved { "RESOLVED" } else { "OPEN" },
            "reason": "SPAM",
            "comment": format!("report {n}"),
            "reporter": person(report.reporter),
            "owner": person(self.owner(report.subject)).filter(|_| is_staff),
            "subject": self.reported(viewer, report.subject),
            "media": is_staff.then(media),
            "resolution": is_told.then_some("DISMISSED"),
            "resolvedAt": something(is_told),
        })
    }

    /// What stands as the subject of a report.
    fn reported(&self, viewer: Viewer, subject: Thing) -> Value {
        if !self.sees_reported(viewer, subject) {
            return Value::Null;
        }
        let id = self.id(subject);
        match subject {
            Thing::User(n) => {
                let is_reduced = !self.is_staff(viewer) && self.is_reduced(viewer, n);
                let bio = format!("bio {n}");
                let bio = if is_reduced { "" } else { &bio };
                json!({ "__typename": "User", "id": id, "bio": bio })
            }
            Thing::Post(_) => json!({ "__typename": "Post", "id": id }),
            Thing::Comment(n) => {
                let comment = &self.comments[n];
                // Whoever gets it whole is told that its host hid it.
                let tombstone = comment.is_concealed.then_some("HIDDEN_BY_AUTHOR");
                let body = &comment.text.body;
                json!({ "__typename": "Comment", "id": id, "tombstone": tombstone, "body": body })
            }
            Thing::Message(n) => {
                let body = format!("message {n}");
                json!({ "__typename": "Message", "id": id, "tombstone": null, "body": body })
            }
            _ => json!({ "__typename": "Media", "id": id }),
        }
    }
}
