//! What the rules let a viewer do with what they see: `viewerCanX` and its reasons.

use super::{graph::Graph, oracle::Viewer};

impl Graph {
    /// Why the viewer may not comment on a post that they see. Empty: they may.
    pub fn reasons_not_to_comment(&self, viewer: Viewer, n: usize) -> Vec<&'static str> {
        let post = &self.posts[n];
        let is_mentioned = viewer.is_some_and(|v| post.text.mentions.contains(&v));
        let is_follower = viewer.is_some_and(|v| self.follows(v, post.author));
        let by_policy = match post.policy {
            _ if viewer == Some(post.author) => None,
            "FOLLOWERS" if !is_mentioned && !is_follower => Some("NOT_FOLLOWER"),
            "MENTIONED" if !is_mentioned => Some("NOT_MENTIONED"),
            "NOBODY" => Some("NOBODY_MAY"),
            _ => None,
        };
        let signed_out = viewer.is_none().then_some("SIGNED_OUT");
        let locked = post.is_locked.then_some("LOCKED");
        [signed_out, locked, by_policy]
            .into_iter()
            .flatten()
            .collect()
    }

    /// The viewer may comment on the post itself.
    pub fn may_comment(&self, person: usize, n: usize) -> bool {
        let viewer = Some(person);
        let is_plain = self.posts[n].repost_of.is_none();
        is_plain && self.sees(viewer, n) && self.reasons_not_to_comment(viewer, n).is_empty()
    }

    /// R13, R32: a repost never widens an audience, and nobody passes on what is hidden.
    pub fn may_repost(&self, person: usize, n: usize) -> bool {
        let post = &self.posts[n];
        let is_open = matches!(post.level, "PUBLIC" | "UNLISTED");
        let is_for_all = is_open && !self.people[post.author].is_private;
        self.may_quote(person, n) && (post.author == person || is_for_all)
    }

    /// A quote shows what it quotes to whoever sees that, so every post that is seen may be quoted.
    pub fn may_quote(&self, person: usize, n: usize) -> bool {
        let post = &self.posts[n];
        post.repost_of.is_none() && !post.is_hidden && self.sees(Some(person), n)
    }

    /// Only its author changes or deletes a post.
    pub fn may_change(&self, viewer: Viewer, n: usize) -> bool {
        viewer == Some(self.posts[n].author)
    }

    /// Only its author changes or deletes a comment that they see whole.
    pub fn may_change_comment(&self, viewer: Viewer, n: usize) -> bool {
        viewer == Some(self.comments[n].author) && self.is_whole(viewer, n)
    }

    /// The author of the post hides comments under it.
    pub fn is_host(&self, viewer: Viewer, n: usize) -> bool {
        viewer == Some(self.posts[self.comments[n].post].author)
    }

    /// Replies stand where comments are allowed, and not too deep.
    pub fn may_reply(&self, viewer: Viewer, n: usize) -> bool {
        let comment = &self.comments[n];
        let reasons = self.reasons_not_to_comment(viewer, comment.post);
        reasons.is_empty() && comment.depth < 32
    }

    pub fn keeps(&self, person: usize, post: usize) -> bool {
        let is_it = |b: &super::graph::Bookmark| (b.person, b.post) == (person, post);
        self.bookmarks.iter().any(is_it)
    }

    pub fn has_reposted(&self, person: usize, post: usize) -> bool {
        self.wrapper(person, post).is_some()
    }
}
