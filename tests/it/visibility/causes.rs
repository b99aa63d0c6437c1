//! Which rules had something to decide in a graph: the proof that the comparison was worth it.

use std::collections::BTreeMap;

use super::{
    graph::{Graph, Post, Subject},
    oracle::{Reference, Standing, Viewer},
};

/// How many causes there are; each must occur in at least 50 graphs.
pub const CAUSES: usize = 44
    + super::talks::CAUSES
    + super::media::CAUSES
    + super::living::CAUSES
    + super::reports::CAUSES;

/// One graph's causes, and whether they occurred.
pub type Found = BTreeMap<&'static str, bool>;

impl Graph {
    /// Notes what decided for `viewer`.
    pub fn note_causes(&self, viewer: Viewer, found: &mut Found) {
        for n in 0..self.posts.len() {
            self.note_post(viewer, n, found);
            self.note_repost(viewer, n, found);
        }
        for n in 0..self.comments.len() {
            self.note_comment(viewer, n, found);
        }
        self.note_people(viewer, found);
        self.note_talks(viewer, found);
        self.note_media(viewer, found);
        self.note_living(viewer, found);
        self.note_reports(viewer, found);
        for (n, reaction) in self.reactions.iter().enumerate() {
            let is_seen = self.sees_subject(viewer, reaction.subject);
            let is_severed = self.is_severed(viewer, reaction.person);
            note(
                found,
                "R17 a reaction beyond a block",
                is_seen && is_severed,
            );
            let is_own = viewer == Some(reaction.person);
            let beyond = match reaction.subject {
                Subject::Post(n) => self.posts[n].author,
                Subject::Comment(n) => self.comments[n].author,
                Subject::Message(n) => self.messages[n].sender,
            };
            let is_lost = is_own && !self.sees_reaction(viewer, n);
            note(
                found,
                "R22 own reaction beyond a block",
                is_lost && self.is_severed(viewer, beyond),
            );
        }
        let tagged = |n: usize| self.posts[n].text.is_tagged && !self.posts[n].is_deleted;
        let is_used = (0..self.posts.len()).any(tagged);
        note(
            found,
            "R12 a hashtag of a post for others is not told",
            is_used && !self.finds_tag(viewer),
        );
    }

    fn note_post(&self, viewer: Viewer, n: usize, found: &mut Found) {
        let post = &self.posts[n];
        let sees = self.sees(viewer, n);
        note(found, "R1 a thing is null by its id", !sees);
        let by_whom = "R32 a hidden post is seen by its author or staff";
        note(found, by_whom, sees && post.is_hidden);
        if post.is_deleted || viewer == Some(post.author) {
            return;
        }
        self.note_audience(viewer, post, sees, found);
        self.note_author(viewer, post, sees, found);
        self.note_mute(viewer, post, sees, found);
        let mentions = post.text.mentions.iter();
        let is_lost = mentions
            .into_iter()
            .any(|person| self.is_severed(viewer, *person));
        note(found, "R17 a mention beyond a block", sees && is_lost);
    }

    fn note_audience(&self, viewer: Viewer, post: &Post, sees: bool, found: &mut Found) {
        let follows = viewer.is_some_and(|v| self.follows(v, post.author));
        let mentioned = viewer.is_some_and(|v| post.text.mentions.contains(&v));
        let asks = viewer.is_some_and(|v| self.requests(v, post.author));
        let is_free = !post.is_hidden && self.is_heard(viewer, post.author);
        let out = !sees && post.repost_of.is_none() && is_free;
        let (few, fewer) = (post.level == "FOLLOWERS", post.level == "MENTIONED");
        let is_private = self.people[post.author].is_private;
        let is_old = is_private && matches!(post.level, "PUBLIC" | "UNLISTED");
        let is_member = viewer.is_some();
        let stranger = "R11 a stranger does not see a private person's PUBLIC post";
        let unlisted = "R12 UNLISTED is seen on the profile, not in explore";
        let causes = [
            (
                "R9 a follower sees FOLLOWERS",
                sees && few && follows && !mentioned,
            ),
            (
                "R9 a mentioned one sees FOLLOWERS",
                sees && few && mentioned && !follows,
            ),
            ("R9 a pending follower does not", out && few && asks),
            ("R9 a stranger does not", out && few && !asks && is_member),
            (
                "R10 a mentioned one sees MENTIONED",
                sees && fewer && mentioned,
            ),
            ("R10 a follower does not", out && fewer && follows),
            (stranger, out && is_old && is_member),
            (
                "R11 a follower does",
                sees && is_old && follows && !mentioned,
            ),
            (
                "R11 a mentioned one does",
                sees && is_old && mentioned && !follows,
            ),
            (unlisted, sees && post.level == "UNLISTED"),
        ];
        for (cause, is_so) in causes {
            note(found, cause, is_so);
        }
    }

    fn note_author(&self, viewer: Viewer, post: &Post, sees: bool, found: &mut Found) {
        let author = &self.people[post.author];
        let is_severed = self.is_severed(viewer, post.author);
        let is_for_all = post.level == "PUBLIC" && !author.is_private && post.repost_of.is_none();
        let is_over = author.suspended_until > 0 && author.suspended_until <= self.now;
        let is_hidden = !sees && post.is_hidden && !is_severed;
        let by_staff = sees && self.is_suspended(post.author);
        let causes = [
            ("R17 a post beyond a block", is_for_all && is_severed),
            ("R32 a hidden post is not seen by others", is_hidden),
            ("R33 a suspended person's post, for staff alone", by_staff),
            ("R33 a suspension that is over", sees && is_over),
        ];
        for (cause, is_so) in causes {
            note(found, cause, is_so);
        }
    }

    fn note_mute(&self, viewer: Viewer, post: &Post, sees: bool, found: &mut Found) {
        let Some(v) = viewer.filter(|_| sees) else {
            return;
        };
        let is_muted = self.is_muted(viewer, post);
        let is_listed = post.level == "PUBLIC" && post.repost_of.is_none() && !post.is_hidden;
        let is_home = self.follows(v, post.author) && post.level != "MENTIONED";
        note(
            found,
            "R25 a mute takes from explore",
            is_muted && is_listed,
        );
        note(
            found,
            "R25 a mute takes from the home feed",
            is_muted && is_home,
        );
        let is_own_mute = self.mute(v, post.author).is_some();
        note(
            found,
            "R25 a mute takes a repost",
            is_muted && is_home && !is_own_mute,
        );
        let over = self
            .mutes
            .iter()
            .any(|tie| (tie.from, tie.to) == (v, post.author));
        note(
            found,
            "R25 a mute that is over takes nothing",
            over && !is_muted && (is_listed || is_home),
        );
    }

    fn note_repost(&self, viewer: Viewer, n: usize, found: &mut Found) {
        let post = &self.posts[n];
        if post.is_deleted || !self.is_heard(viewer, post.author) || post.is_hidden {
            return;
        }
        if let Some(original) = post.repost_of {
            let is_lost = !self.sees(viewer, n) && self.is_addressed(viewer, post);
            note(found, "R13 a repost whose original is not seen", is_lost);
            let author = self.posts[original].author;
            note(
                found,
                "R18 a repost of somebody beyond a block",
                is_lost && self.is_severed(viewer, author),
            );
        }
        let Some(Reference::Tombstone(reason)) = self.quoted(viewer, n) else {
            return;
        };
        let quoted = &self.posts[post.quote_of.expect("a quote")];
        if self.sees(viewer, n) {
            let is_severed = self.is_severed(viewer, quoted.author);
            let is_alive = !quoted.is_deleted && !quoted.is_hidden;
            let is_lost = is_alive && !is_severed && self.is_heard(viewer, quoted.author);
            note(
                found,
                "R13 a quote of what is not for the viewer: UNAVAILABLE",
                is_lost,
            );
            note(
                found,
                "R18 a quote of the blocked: BLOCKED_BY_VIEWER",
                reason == "BLOCKED_BY_VIEWER",
            );
            let is_blocked = is_severed && reason == "UNAVAILABLE" && is_alive;
            note(found, "R18 a quote of the blocker: UNAVAILABLE", is_blocked);
        }
    }

    fn note_comment(&self, viewer: Viewer, n: usize, found: &mut Found) {
        let comment = &self.comments[n];
        if !self.sees(viewer, comment.post) {
            note(
                found,
                "R14 a comment is lost with its post",
                !comment.is_deleted,
            );
            return;
        }
        let stands = self.stands(viewer, n);
        let is_severed = self.is_severed(viewer, comment.author);
        let reason = match self.standing(viewer, n) {
            Standing::Alive => return,
            Standing::Marked => {
                return note(
                    found,
                    "a comment under one's post: HIDDEN_BY_AUTHOR, marked",
                    true,
                );
            }
            Standing::Tombstone(reason) => reason,
        };
        note(
            found,
            "R17 a comment of the blocked holds others: BLOCKED_BY_VIEWER",
            stands && reason == "BLOCKED_BY_VIEWER",
        );
        let is_alive = !comment.is_deleted && !comment.is_hidden;
        let is_blocked = is_alive && is_severed && reason == "UNAVAILABLE";
        note(
            found,
            "R17 a comment of the blocker holds others: UNAVAILABLE",
            stands && is_blocked,
        );
        note(
            found,
            "R17 a comment beyond a block that holds nothing",
            !stands && is_severed && is_alive,
        );
        note(
            found,
            "R32 a deleted comment holds others: UNAVAILABLE",
            stands && comment.is_deleted,
        );
        note(
            found,
            "R32 a deleted comment goes",
            !stands && comment.is_deleted,
        );
        note(
            found,
            "R32 a hidden comment: UNAVAILABLE",
            stands && comment.is_hidden && !comment.is_deleted,
        );
        note(
            found,
            "a comment under another's post: HIDDEN_BY_AUTHOR",
            stands && reason == "HIDDEN_BY_AUTHOR",
        );
    }

    fn note_people(&self, viewer: Viewer, found: &mut Found) {
        for (n, person) in self.people.iter().enumerate() {
            let is_follower = viewer.is_some_and(|v| self.follows(v, n));
            note(
                found,
                "R11 a guest does not read a private person's follows",
                viewer.is_none() && person.is_private,
            );
            note(
                found,
                "R11 a follower reads them",
                person.is_private && is_follower,
            );
            note(
                found,
                "R23 reduced for the blocker",
                self.is_reduced(viewer, n),
            );
            note(
                found,
                "R23 not there for the blocked",
                !person.is_deleted && !self.names_person(viewer, n),
            );
            let mutual = viewer.is_some_and(|v| self.blocks(v, n) && self.blocks(n, v));
            note(found, "R23 each blocks the other", mutual);
        }
        for tie in &self.follows {
            let ends = [tie.from, tie.to].map(|end| self.is_severed(viewer, end));
            note(found, "R17 a follow beyond a block", ends[0] != ends[1]);
        }
    }
}

pub fn note(found: &mut Found, cause: &'static str, is_so: bool) {
    *found.entry(cause).or_default() |= is_so;
}
