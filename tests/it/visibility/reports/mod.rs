//! Reports in a graph: who told staff of what, with the rules about them (R24, R34).

mod answers;
mod causes;
pub mod matrix;
mod rows;

use fastrand::Rng;
use rookery::ids::{NodeId, NodeKind};
use uuid::Uuid;

use super::{answers::Thing, graph::Graph, media::Parent, oracle::Viewer, talks::fresh};

pub use self::causes::CAUSES;

/// That somebody told staff of something.
#[derive(Clone, Debug)]
pub struct Report {
    pub id: Uuid,
    pub reporter: usize,
    /// A person, a post, a comment, a message or an upload.
    pub subject: Thing,
    pub is_resolved: bool,
}

impl Graph {
    /// Some reports of what people may have seen once, and perhaps do not see any more.
    pub fn roll_reports(&mut self, dice: &mut Rng) {
        for _ in 0..dice.usize(6..12) {
            let of = |dice: &mut Rng, count: usize| dice.choice(0..count);
            let subject = match dice.u32(0..5) {
                0 => Some(Thing::User(self.somebody(dice))),
                1 => of(dice, self.posts.len()).map(Thing::Post),
                2 => of(dice, self.comments.len()).map(Thing::Comment),
                3 => of(dice, self.messages.len()).map(Thing::Message),
                _ => of(dice, self.media.len()).map(Thing::Media),
            };
            let is_plain = |subject: &Thing| match *subject {
                // It stands for its original.
                Thing::Post(n) => self.posts[n].repost_of.is_none(),
                _ => true,
            };
            let Some(subject) = subject.filter(is_plain) else {
                continue;
            };
            let reporter = self.somebody(dice);
            let is_resolved = dice.u32(0..3) == 0;
            let is_known = self
                .reports
                .iter()
                .any(|report| (report.reporter, report.subject) == (reporter, subject));
            if reporter != self.owner(subject) && !is_known {
                self.file_report(fresh(dice), reporter, subject);
                self.reports.last_mut().expect("the new one").is_resolved = is_resolved;
            }
        }
    }

    /// Notes a report.
    pub fn file_report(&mut self, id: Uuid, reporter: usize, subject: Thing) -> usize {
        self.reports.push(Report {
            id,
            reporter,
            subject,
            is_resolved: false,
        });
        self.reports.len() - 1
    }

    /// Whose a subject is.
    pub fn owner(&self, subject: Thing) -> usize {
        match subject {
            Thing::User(n) => n,
            Thing::Post(n) => self.posts[n].author,
            Thing::Comment(n) => self.comments[n].author,
            Thing::Message(n) => self.messages[n].sender,
            Thing::Media(n) => self.media[n].uploader,
            other => unreachable!("{other:?} is not reported"),
        }
    }

    /// R34: staff and whoever made it see a report.
    pub fn sees_report(&self, viewer: Viewer, n: usize) -> bool {
        viewer.is_some() && (self.is_staff(viewer) || viewer == Some(self.reports[n].reporter))
    }

    /// Whether there is anything of a subject left at all.
    pub fn lives(&self, subject: Thing) -> bool {
        match subject {
            Thing::User(n) => !self.people[n].is_deleted,
            Thing::Post(n) => !self.posts[n].is_deleted,
            Thing::Comment(n) => {
                let comment = &self.comments[n];
                !comment.is_deleted && !self.posts[comment.post].is_deleted
            }
            Thing::Message(n) => !self.messages[n].is_deleted,
            Thing::Media(n) => !self.media[n].is_deleted,
            other => unreachable!("{other:?} is not reported"),
        }
    }

    /// What the viewer would see of a subject without a report.
    pub fn sees_without(&self, viewer: Viewer, subject: Thing) -> bool {
        match subject {
            Thing::User(n) => self.names_person(viewer, n),
            Thing::Post(n) => self.sees(viewer, n),
            Thing::Comment(n) => self.sees_comment(viewer, n) && self.is_whole(viewer, n),
            Thing::Message(n) => self.is_whole_message(viewer, n),
            Thing::Media(n) => self.sees_media(viewer, n),
            other => unreachable!("{other:?} is not reported"),
        }
    }

    /// R24: staff sees what is reported whatever stands between, others what they see anyway.
    pub fn sees_reported(&self, viewer: Viewer, subject: Thing) -> bool {
        match self.is_staff(viewer) {
            true => self.lives(subject),
            false => self.sees_without(viewer, subject),
        }
    }

    /// What hangs on a subject, or is it.
    pub fn media_of(&self, subject: Thing) -> Vec<usize> {
        let parents = match subject {
            Thing::Media(n) => return vec![n],
            Thing::User(n) => vec![Parent::Avatar(n), Parent::Banner(n)],
            Thing::Post(n) => vec![Parent::Post(n)],
            Thing::Message(n) => vec![Parent::Message(n)],
            _ => Vec::new(),
        };
        let hanging = parents.into_iter().flat_map(|parent| self.hanging(parent));
        hanging.filter(|n| !self.media[*n].is_deleted).collect()
    }

    pub fn report_id(&self, n: usize) -> String {
        NodeId::new(NodeKind::Report, self.reports[n].id).to_string()
    }

    /// What stands for the ids of reports in messages.
    pub fn report_names(&self) -> Vec<(String, String)> {
        let names = (0..self.reports.len()).map(|n| (self.report_id(n), format!("report {n}")));
        names.collect()
    }
}
