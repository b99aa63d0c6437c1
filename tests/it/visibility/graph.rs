//! A social graph in memory: people, what stands between them, and what they wrote. Things are
//! named by their place in the order in which they were made.

use rookery::ids::{NodeId, NodeKind};
use uuid::Uuid;

use super::{
    living::{Draft, Poll},
    media::Media,
    reports::Report,
    talks::{Message, Talk},
};

pub const LEVELS: [&str; 4] = ["PUBLIC", "UNLISTED", "FOLLOWERS", "MENTIONED"];
pub const POLICIES: [&str; 4] = ["EVERYONE", "FOLLOWERS", "MENTIONED", "NOBODY"];

#[derive(Clone, Debug)]
pub struct Person {
    pub id: Uuid,
    pub handle: String,
    pub is_private: bool,
    /// Microseconds; 0 is never.
    pub suspended_until: i64,
    pub is_deleted: bool,
    pub is_staff: bool,
    /// Lets others see how far they have read.
    pub shares_receipts: bool,
}

/// A relation from one person to another; newer ones stand later.
#[derive(Clone, Debug)]
pub struct Tie {
    pub id: Uuid,
    pub from: usize,
    pub to: usize,
    /// When a mute ends by itself.
    pub until: Option<i64>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text {
    pub body: String,
    pub mentions: Vec<usize>,
    pub is_tagged: bool,
}

#[derive(Clone, Debug)]
pub struct Post {
    pub id: Uuid,
    pub author: usize,
    pub level: &'static str,
    pub policy: &'static str,
    pub text: Text,
    pub is_locked: bool,
    pub is_hidden: bool,
    pub is_deleted: bool,
    pub quote_of: Option<usize>,
    pub repost_of: Option<usize>,
    /// Earlier texts, oldest first.
    pub edits: Vec<(Uuid, String)>,
}

#[derive(Clone, Debug)]
pub struct Comment {
    pub id: Uuid,
    pub post: usize,
    pub parent: Option<usize>,
    pub depth: usize,
    pub author: usize,
    pub text: Text,
    pub is_deleted: bool,
    /// By staff.
    pub is_hidden: bool,
    /// By the author of the post.
    pub is_concealed: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    Post(usize),
    Comment(usize),
    Message(usize),
}

#[derive(Clone, Debug)]
pub struct Reaction {
    pub id: Uuid,
    pub subject: Subject,
    pub person: usize,
    pub emoji: &'static str,
}

#[derive(Clone, Debug)]
pub struct Bookmark {
    pub id: Uuid,
    pub person: usize,
    pub post: usize,
}

#[derive(Clone, Debug, Default)]
pub struct Graph {
    pub seed: u64,
    /// Microseconds.
    pub now: i64,
    pub people: Vec<Person>,
    pub follows: Vec<Tie>,
    pub requests: Vec<Tie>,
    pub blocks: Vec<Tie>,
    pub mutes: Vec<Tie>,
    pub posts: Vec<Post>,
    pub comments: Vec<Comment>,
    pub reactions: Vec<Reaction>,
    pub bookmarks: Vec<Bookmark>,
    pub talks: Vec<Talk>,
    pub messages: Vec<Message>,
    pub media: Vec<Media>,
    pub polls: Vec<Poll>,
    /// Whose, and which post.
    pub pins: Vec<(usize, usize)>,
    pub drafts: Vec<Draft>,
    pub reports: Vec<Report>,
    /// The id of `#tag`.
    pub tag: Uuid,
    /// Made by commands, so that the public numbers are true.
    pub is_grown: bool,
}

fn has(ties: &[Tie], from: usize, to: usize) -> bool {
    ties.iter().any(|tie| tie.from == from && tie.to == to)
}

impl Graph {
    pub fn follows(&self, from: usize, to: usize) -> bool {
        has(&self.follows, from, to)
    }

    pub fn requests(&self, from: usize, to: usize) -> bool {
        has(&self.requests, from, to)
    }

    pub fn blocks(&self, from: usize, to: usize) -> bool {
        has(&self.blocks, from, to)
    }

    /// A mute that is not over.
    pub fn mute(&self, from: usize, to: usize) -> Option<&Tie> {
        let running = |tie: &&Tie| tie.until.is_none_or(|until| until > self.now);
        let ties = self.mutes.iter().filter(running);
        ties.rev().find(|tie| tie.from == from && tie.to == to)
    }

    pub fn is_suspended(&self, person: usize) -> bool {
        self.people[person].suspended_until > self.now
    }

    pub fn tag_id(&self) -> String {
        NodeId::new(NodeKind::Hashtag, self.tag).to_string()
    }

    pub fn user_id(&self, n: usize) -> String {
        NodeId::new(NodeKind::User, self.people[n].id).to_string()
    }

    pub fn post_id(&self, n: usize) -> String {
        NodeId::new(NodeKind::Post, self.posts[n].id).to_string()
    }

    pub fn edit_id(&self, post: usize, n: usize) -> String {
        let post = &self.posts[post];
        NodeId::within(NodeKind::PostEdit, post.id, post.edits[n].0).to_string()
    }

    pub fn comment_id(&self, n: usize) -> String {
        let comment = &self.comments[n];
        let home = self.posts[comment.post].id;
        NodeId::within(NodeKind::Comment, home, comment.id).to_string()
    }

    pub fn reaction_id(&self, n: usize) -> String {
        let reaction = &self.reactions[n];
        let home = match reaction.subject {
            Subject::Post(n) => self.posts[n].id,
            Subject::Comment(n) => self.posts[self.comments[n].post].id,
            Subject::Message(n) => self.talks[self.messages[n].talk].id,
        };
        NodeId::within(NodeKind::Reaction, home, reaction.id).to_string()
    }

    pub fn subject_id(&self, subject: Subject) -> String {
        match subject {
            Subject::Post(n) => self.post_id(n),
            Subject::Comment(n) => self.comment_id(n),
            Subject::Message(n) => self.message_id(n),
        }
    }

    /// Whether anything of a comment is left in the table: a deleted one goes with its last reply.
    pub fn remains(&self, n: usize) -> bool {
        !self.comments[n].is_deleted || self.replies(n).any(|reply| self.remains(reply))
    }

    /// The direct replies to a comment, oldest first.
    pub fn replies(&self, n: usize) -> impl Iterator<Item = usize> {
        (n + 1..self.comments.len()).filter(move |m| self.comments[*m].parent == Some(n))
    }

    /// What stands for an id in messages.
    pub fn names(&self) -> Vec<(String, String)> {
        let mut names = Vec::new();
        for (n, person) in self.people.iter().enumerate() {
            names.push((self.user_id(n), person.handle.clone()));
        }
        for n in 0..self.posts.len() {
            names.push((self.post_id(n), format!("post {n}")));
            for edit in 0..self.posts[n].edits.len() {
                names.push((self.edit_id(n, edit), format!("edit {edit} of post {n}")));
            }
        }
        names
            .extend((0..self.comments.len()).map(|n| (self.comment_id(n), format!("comment {n}"))));
        names.extend(
            (0..self.reactions.len()).map(|n| (self.reaction_id(n), format!("reaction {n}"))),
        );
        names.extend(self.talk_names());
        names.extend(self.media_names());
        names.extend(self.living_names());
        names.extend(self.report_names());
        names
    }
}
