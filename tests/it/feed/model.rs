//! The rules of the home feed as plain Rust over what happened, without a word of push or pull.

use std::collections::BTreeSet;

use uuid::Uuid;

/// A post or repost.
#[derive(Clone, Debug)]
pub struct Post {
    pub id: String,
    pub key: (i64, Uuid),
    pub author: usize,
    pub level: &'static str,
    pub original: Option<usize>,
    pub is_deleted: bool,
}

/// People by number, and what they did.
#[derive(Clone, Debug, Default)]
pub struct Model {
    pub posts: Vec<Post>,
    pub follows: BTreeSet<(usize, usize)>,
    pub blocks: BTreeSet<(usize, usize)>,
    pub mutes: BTreeSet<(usize, usize)>,
}

impl Model {
    pub fn is_severed(&self, a: usize, b: usize) -> bool {
        self.blocks.contains(&(a, b)) || self.blocks.contains(&(b, a))
    }

    /// R9 to R11, R17, R32, without mentions: nobody is mentioned here.
    pub fn sees(&self, viewer: usize, post: &Post) -> bool {
        let is_open = match post.level {
            "PUBLIC" => true,
            "FOLLOWERS" => self.follows.contains(&(viewer, post.author)),
            _ => false,
        };
        let itself = !post.is_deleted
            && !self.is_severed(viewer, post.author)
            && (is_open || viewer == post.author);
        itself
            && post
                .original
                .is_none_or(|n| self.sees(viewer, &self.posts[n]))
    }

    fn is_muted(&self, viewer: usize, post: &Post) -> bool {
        let original = post.original.map(|n| self.posts[n].author);
        let mut authors = [Some(post.author), original].into_iter().flatten();
        authors.any(|author| self.mutes.contains(&(viewer, author)))
    }

    /// What `viewer` reads, newest first.
    pub fn feed(&self, viewer: usize) -> Vec<String> {
        let is_listed = |post: &&Post| {
            let follows = self.follows.contains(&(viewer, post.author));
            let is_own = post.author == viewer;
            (is_own || (follows && post.level != "MENTIONED"))
                && self.sees(viewer, post)
                && !self.is_muted(viewer, post)
        };
        let mut listed: Vec<&Post> = self.posts.iter().filter(is_listed).collect();
        listed.sort_by_key(|post| post.key);
        listed
            .into_iter()
            .rev()
            .map(|post| post.id.clone())
            .collect()
    }
}
