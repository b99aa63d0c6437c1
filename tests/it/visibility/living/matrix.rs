//! The rows of the leak matrix about polls, pins and drafts, and their place in the scene.

use serde_json::{Value, json};

use super::Draft;
use crate::visibility::{
    answers::Thing,
    matrix_rows::{PAGE, Read, Write, looks, read},
    scene::{SUBJECTS, Scene},
};

impl Scene {
    /// Each subject asks in their PUBLIC post and in the one for followers, which they pin; they keep
    /// a draft, and had another.
    pub fn enliven(&mut self, subject: usize) {
        for n in [0, 1] {
            let options = [self.id(), self.id()];
            let post = self.posts[subject][n];
            self.graph.ask(post, options.to_vec());
        }
        self.graph.pins.push((subject, self.posts[subject][1]));
        for is_gone in [false, true] {
            let id = self.id();
            self.graph.drafts.push(Draft {
                id,
                author: subject,
                is_gone,
            });
        }
    }

    fn polls_of(&self, subject: usize) -> Vec<usize> {
        let is_own = |n: &usize| {
            let post = self.graph.polls[*n].post;
            self.graph.posts[post].author == subject
        };
        (0..self.graph.polls.len()).filter(is_own).collect()
    }

    fn drafts_of(&self, subject: usize) -> Vec<usize> {
        let is_own = |n: &usize| self.graph.drafts[*n].author == subject;
        (0..self.graph.drafts.len()).filter(is_own).collect()
    }

    fn subject_polls(&self) -> Vec<(usize, Thing)> {
        let of = |n: usize| {
            self.polls_of(n)
                .into_iter()
                .map(move |p| (n, Thing::Poll(p)))
        };
        SUBJECTS.into_iter().flat_map(of).collect()
    }

    fn subject_options(&self) -> Vec<(usize, Thing)> {
        let of = |n: usize| {
            self.polls_of(n)
                .into_iter()
                .map(move |p| (n, Thing::Option(p, 1)))
        };
        SUBJECTS.into_iter().flat_map(of).collect()
    }

    fn subject_drafts(&self) -> Vec<(usize, Thing)> {
        let of = |n: usize| {
            self.drafts_of(n)
                .into_iter()
                .map(move |d| (n, Thing::Draft(d)))
        };
        SUBJECTS.into_iter().flat_map(of).collect()
    }
}

/// What has an id.
pub fn things(scene: &Scene) -> Vec<(usize, Thing)> {
    [
        scene.subject_polls(),
        scene.subject_options(),
        scene.subject_drafts(),
    ]
    .concat()
}

/// The fields that hold polls, drafts and pinned posts.
pub fn reads(scene: &Scene) -> Vec<Read> {
    let polls = |n: usize| scene.each(|subject| scene.polls_of(subject)[n]);
    let pinned = scene.each(|n| Thing::Post(scene.posts[n][1]));
    let (mut on_posts, mut in_polls) = (Vec::new(), Vec::new());
    for n in [0, 1] {
        let all = polls(n);
        let thing = |to: fn(usize) -> Thing| all.iter().map(move |(s, poll)| (*s, to(*poll)));
        on_posts.extend(looks(thing(Thing::Poll).collect(), |subject| {
            Some(Thing::Post(scene.posts[subject][n]))
        }));
        let option = |poll| Thing::Option(poll, 0);
        in_polls.extend(looks(thing(option).collect(), |subject| {
            Some(Thing::Poll(scene.polls_of(subject)[n]))
        }));
    }
    vec![
        read("Post.poll", "", on_posts),
        read("Poll.options", "", in_polls),
        read(
            "User.pinnedPost",
            "",
            looks(pinned, |n| Some(Thing::User(n))),
        ),
        read(
            "Viewer.drafts",
            PAGE,
            looks(scene.subject_drafts(), |_| None),
        ),
    ]
}

/// What `me` does to a subject's polls, posts and draft; and a draft of their own.
pub fn writes(scene: &Scene, me: usize, subject: usize) -> Vec<Write> {
    let graph = &scene.graph;
    let write = |mutation, fields, input: Value, is_allowed| Write {
        mutation,
        fields,
        input,
        is_allowed,
        act: None,
    };
    let draft = scene.drafts_of(subject)[0];
    let draft = json!({ "draftId": graph.draft_id(draft) });
    let save = |input, is_allowed| write("saveDraft", vec![("draftEdge", None)], input, is_allowed);
    let mut all = vec![
        save(json!({ "body": "more" }), true),
        save(draft.clone(), me == subject),
        write(
            "publishDraft",
            vec![("postEdge", None)],
            draft,
            me == subject,
        ),
    ];
    for (n, poll) in scene.polls_of(subject).into_iter().enumerate() {
        let post = scene.posts[subject][n];
        let vote =
            json!({ "pollId": graph.poll_id(poll), "optionIds": [graph.option_id(poll, 0)] });
        let may = graph.sees_poll(Some(me), poll) && graph.may_vote(Some(me), poll);
        let voted = vec![("poll", Some(Thing::Poll(poll)))];
        all.push(write("votePoll", voted, vote, may));
        let is_own = me == subject && graph.sees(Some(me), post);
        let input = json!({ "postId": graph.post_id(post) });
        let user = vec![("user", Some(Thing::User(me)))];
        all.push(write("pinPost", user, input, is_own));
    }
    all
}
