//! What the rules let a viewer do with what they see: `viewerCanX` and its reasons.

use super::{
    graph::Graph,
    oracle::{Standing, Viewer},
};

impl Graph {
    /// The post that actions aimed at this one act on: a repost's original.
    pub fn original(&self, n: usize) -> usize {
        self.posts[n].repost_of.unwrap_or(n)
    }

    /// Why the viewer may not comment on a post that they see. Empty: they may.
    pub fn reasons_not_to_comment(&self, viewer: Viewer, n: usize) -> Vec<&'static str> {
        let post = &self.posts[n];
        let Some(v) = viewer else {
            return vec!["SIGNED_OUT"];
        };
        if post.is_locked {
            return vec!["LOCKED"];
        }
        let is_mentioned = post.text.mentions.contains(&v);
        match post.policy {
            _ if v == post.author => vec![],
            "FOLLOWERS" if !is_mentioned && !self.follows(v, post.author) => vec!["NOT_FOLLOWER"],
            "MENTIONED" if !is_mentioned => vec!["NOT_MENTIONED"],
            "NOBODY" => vec!["NOBODY_MAY"],
            _ => vec![],
        }
    }

    /// The viewer may comment on the post itself.
    pub fn may_comment(&self, person: usize, n: usize) -> bool {
        let viewer = Some(person);
        let is_plain = self.posts[n].repost_of.is_none();
        is_plain && self.sees(viewer, n) && self.reasons_not_to_comment(viewer, n).is_empty()
    }

    /// R13, R32: reposts and quotes never widen an audience, and nobody passes on what is hidden.
    pub fn may_pass_on(&self, person: usize, n: usize) -> bool {
        let post = &self.posts[n];
        let is_open = matches!(post.level, "PUBLIC" | "UNLISTED");
        let is_for_all = is_open && !self.people[post.author].is_private;
        let is_plain = post.repost_of.is_none() && !post.is_hidden;
        let may = post.author == person && post.level != "MENTIONED";
        is_plain && self.sees(Some(person), n) && (may || is_for_all)
    }

    /// Only its author changes or deletes a post.
    pub fn may_change(&self, viewer: Viewer, n: usize) -> bool {
        viewer == Some(self.posts[n].author)
    }

    /// Only its author changes or deletes a comment that they see whole.
    pub fn may_change_comment(&self, viewer: Viewer, n: usize) -> bool {
        viewer == Some(self.comments[n].author) && self.is_whole(viewer, n)
    }

    /// The author of the post hides comments of others under it.
    pub fn may_conceal(&self, viewer: Viewer, n: usize) -> bool {
        let comment = &self.comments[n];
        let is_host = viewer == Some(self.posts[comment.post].author);
        is_host && self.is_whole(viewer, n)
    }

    /// Replies stand under what is seen whole, where comments are allowed.
    pub fn may_reply(&self, viewer: Viewer, n: usize) -> bool {
        let comment = &self.comments[n];
        let reasons = self.reasons_not_to_comment(viewer, comment.post);
        let is_alive = !matches!(self.standing(viewer, n), Standing::Tombstone(_));
        is_alive && reasons.is_empty() && comment.depth < 32
    }

    pub fn keeps(&self, person: usize, post: usize) -> bool {
        let is_it = |b: &super::graph::Bookmark| (b.person, b.post) == (person, post);
        self.bookmarks.iter().any(is_it)
    }

    pub fn has_reposted(&self, person: usize, post: usize) -> bool {
        self.wrapper(person, post).is_some()
    }
}
