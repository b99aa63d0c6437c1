//! The rules as plain Rust over the rows in memory. A viewer of `None` is a guest.

use super::world::{Comment, Post, Subject, World};

impl World {
    /// R9, R10, R12 and R32: who sees a post.
    pub fn sees(&self, viewer: Option<usize>, post: &Post) -> bool {
        if post.is_deleted {
            return false;
        }
        match (post.level, viewer) {
            ("PUBLIC" | "UNLISTED", _) => true,
            (_, None) => false,
            (_, Some(v)) if v == post.author || post.mentions.contains(&v) => true,
            ("FOLLOWERS", Some(v)) => self.follows.contains(&(v, post.author)),
            _ => false,
        }
    }

    /// R32: a comment stays while it lives or holds something that stays.
    pub fn stays(&self, n: usize) -> bool {
        let replies = |(m, c): (usize, &Comment)| (c.parent == Some(n)).then_some(m);
        !self.comments[n].is_deleted
            || self
                .comments
                .iter()
                .enumerate()
                .filter_map(replies)
                .any(|m| self.stays(m))
    }

    /// R14: a comment's audience is its post's.
    pub fn sees_comment(&self, viewer: Option<usize>, n: usize) -> bool {
        self.stays(n) && self.sees(viewer, &self.posts[self.comments[n].post])
    }

    /// A reaction is seen on what is seen, and never on a tombstone.
    pub fn sees_subject(&self, viewer: Option<usize>, subject: Subject) -> bool {
        match subject {
            Subject::Post(n) => self.sees(viewer, &self.posts[n]),
            Subject::Comment(n) => !self.comments[n].is_deleted && self.sees_comment(viewer, n),
        }
    }

    /// Ids of the posts that `fits` and the viewer sees, newest first.
    pub fn list(&self, viewer: Option<usize>, fits: impl Fn(&Post) -> bool) -> Vec<&str> {
        let seen = self
            .posts
            .iter()
            .rev()
            .filter(|post| fits(post) && self.sees(viewer, post));
        seen.map(|post| post.id.as_str()).collect()
    }

    /// What `homeFeed` lists.
    pub fn home(&self, viewer: usize) -> Vec<&str> {
        self.list(Some(viewer), |post| {
            let follows = self.follows.contains(&(viewer, post.author));
            post.author == viewer || (follows && post.level != "MENTIONED")
        })
    }

    /// Ids of the comments directly under `parent`, or at the top of the post, oldest first.
    pub fn thread(&self, post: usize, parent: Option<usize>) -> Vec<&str> {
        let here =
            |(n, c): &(usize, &Comment)| c.post == post && c.parent == parent && self.stays(*n);
        let rows = self.comments.iter().enumerate().filter(here);
        rows.map(|(_, comment)| comment.id.as_str()).collect()
    }

    /// Ids of the reactions on a subject, newest first.
    pub fn reactions_on(&self, subject: Subject) -> Vec<&str> {
        let here = self.reactions.iter().rev().filter(|r| r.subject == subject);
        here.map(|reaction| reaction.id.as_str()).collect()
    }
}
