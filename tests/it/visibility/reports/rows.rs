//! Reports as rows.

use crate::visibility::{
    answers::Thing,
    graph::Graph,
    rows::{insert, uuid},
};

const COLUMNS: &str = "id, reporter_id, subject_kind, subject_id, owner_id, reason, comment, \
                       created_at, resolved_at, resolution";

impl Graph {
    pub fn write_reports(&self, sql: &mut String) {
        let rows: Vec<_> = (0..self.reports.len())
            .map(|n| self.report_row(n))
            .collect();
        insert(sql, "report", COLUMNS, &rows);
    }

    fn report_row(&self, n: usize) -> String {
        let report = &self.reports[n];
        let (kind, id) = match report.subject {
            Thing::User(n) => ("PERSON", self.people[n].id),
            Thing::Post(n) => ("POST", self.posts[n].id),
            Thing::Comment(n) => ("COMMENT", self.comments[n].id),
            Thing::Message(n) => ("MESSAGE", self.messages[n].id),
            Thing::Media(n) => ("MEDIA", self.media[n].id),
            other => unreachable!("{other:?} is not reported"),
        };
        let resolution = if report.is_resolved {
            "'DISMISSED'"
        } else {
            "NULL"
        };
        format!(
            "{}, {}, '{kind}', {}, {}, 'SPAM', 'report {n}', {}, {}, {resolution}",
            uuid(report.id),
            self.person_row(report.reporter),
            uuid(id),
            self.person_row(self.owner(report.subject)),
            self.at(n),
            self.when(report.is_resolved),
        )
    }
}
