//! The rows of the leak matrix about reports, and their place in the scene.

use serde_json::{Value, json};

use crate::visibility::{
    acts::Act,
    answers::Thing,
    matrix_rows::{Look, Read, Write, read},
    scene::{FOLLOWER, Scene},
};

impl Scene {
    /// The follower has reported each subject, and of theirs each post, the first comment, the first
    /// message in the group, and what hangs on the first post.
    pub fn complain(&mut self, subject: usize) {
        let [group, ..] = self.talks[subject];
        let said = self.graph.talks[group].messages.iter().copied();
        let mut said = said.filter(|n| self.graph.messages[*n].sender == subject);
        let message = said.next().expect("a message");
        let posts = self.posts[subject].iter().copied().map(Thing::Post);
        let mut things: Vec<_> = posts.collect();
        things.extend([
            Thing::User(subject),
            Thing::Comment(self.comments[subject][0]),
            Thing::Message(message),
            Thing::Media(self.media[subject][0]),
        ]);
        for thing in things {
            let id = self.id();
            self.graph.file_report(id, FOLLOWER, thing);
        }
    }
}

/// The report about each subject's first post.
pub fn things(scene: &Scene) -> Vec<(usize, Thing)> {
    let all = &scene.graph.reports;
    scene.each(|subject| {
        let first = Thing::Post(scene.posts[subject][0]);
        let about = all.iter().position(|report| report.subject == first);
        Thing::Report(about.expect("a report"))
    })
}

/// From each report what `of` picks.
fn from_reports(scene: &Scene, of: impl Fn(usize) -> Vec<Thing>) -> Vec<Look> {
    let mut looks = Vec::new();
    for (n, report) in scene.graph.reports.iter().enumerate() {
        let subject = scene.graph.owner(report.subject);
        looks.extend(of(n).into_iter().map(|target| Look {
            subject,
            from: Some(Thing::Report(n)),
            target,
        }));
    }
    looks
}

/// The fields of reports.
pub fn reads(scene: &Scene) -> Vec<Read> {
    let graph = &scene.graph;
    let reported = |n: usize| graph.reports[n].subject;
    let person = |n: usize| vec![Thing::User(n)];
    let media = |n: usize| graph.media_of(reported(n)).into_iter().map(Thing::Media);
    vec![
        read(
            "Report.subject",
            "",
            from_reports(scene, |n| vec![reported(n)]),
        ),
        read(
            "Report.owner",
            "",
            from_reports(scene, |n| person(graph.owner(reported(n)))),
        ),
        read(
            "Report.reporter",
            "",
            from_reports(scene, |n| person(graph.reports[n].reporter)),
        ),
        read(
            "Report.media",
            "",
            from_reports(scene, |n| media(n).collect()),
        ),
    ]
}

/// Every act of staff that `me` tries on a subject's things.
pub fn writes(scene: &Scene, me: usize, subject: usize) -> Vec<Write> {
    let graph = &scene.graph;
    let is_staff = graph.is_staff(Some(me));
    let thing = |mutation, id: String, act| Write {
        mutation,
        // Whatever stands between, staff is shown what it did.
        fields: vec![("subject", None)],
        input: json!({ "subjectId": id, "reason": "r" }),
        is_allowed: is_staff,
        act,
    };
    let person = |mutation, more: (&str, Value), is_allowed| Write {
        mutation,
        fields: vec![("user", None)],
        input: json!({ "userId": graph.user_id(subject), more.0: more.1 }),
        is_allowed,
        act: None,
    };
    let [first, few, _, hidden] = scene.posts[subject][..] else {
        unreachable!("four posts");
    };
    vec![
        thing(
            "hideContent",
            graph.post_id(first),
            Some(Act::HidePost(first, true)),
        ),
        thing(
            "hideContent",
            graph.post_id(few),
            Some(Act::HidePost(few, true)),
        ),
        thing(
            "restoreContent",
            graph.post_id(hidden),
            Some(Act::HidePost(hidden, false)),
        ),
        person("unsuspendUser", ("reason", json!("r")), is_staff),
        // There is no admin here.
        person("setUserRole", ("role", json!("MEMBER")), false),
    ]
}
