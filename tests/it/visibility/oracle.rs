//! The rules as plain Rust over a graph in memory, written from the rules and not from the SQL. A
//! viewer of `None` is a guest.

use super::graph::{Graph, Post, Subject};

pub type Viewer = Option<usize>;

/// What a viewer gets of a comment under a post that they see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    Alive,
    /// Hidden by the post's author, who reads it all the same, as its own author does.
    Marked,
    /// A tombstone with its reason.
    Tombstone(&'static str),
}

/// What stands in the place of a quoted post.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reference {
    Post(usize),
    Tombstone(&'static str),
}

pub const UNAVAILABLE: &str = "UNAVAILABLE";
pub const BLOCKED: &str = "BLOCKED_BY_VIEWER";
pub const CONCEALED: &str = "HIDDEN_BY_AUTHOR";

impl Graph {
    pub fn is_staff(&self, viewer: Viewer) -> bool {
        viewer.is_some_and(|v| self.people[v].is_staff)
    }

    /// R33: sessions of suspended and deleted people are refused.
    pub fn may_act(&self, viewer: Viewer) -> bool {
        viewer.is_none_or(|v| !self.is_suspended(v) && !self.people[v].is_deleted)
    }

    /// R17: a block stands between them, whoever made it.
    pub fn is_severed(&self, viewer: Viewer, other: usize) -> bool {
        viewer.is_some_and(|v| self.blocks(v, other) || self.blocks(other, v))
    }

    fn blocked_by_viewer(&self, viewer: Viewer, other: usize) -> bool {
        viewer.is_some_and(|v| self.blocks(v, other))
    }

    /// R33: what they wrote behaves as deleted for everybody but staff.
    pub fn is_silent(&self, viewer: Viewer, person: usize) -> bool {
        self.people[person].is_deleted || (self.is_suspended(person) && !self.is_staff(viewer))
    }

    /// R17, R33: what they write reaches the viewer.
    pub fn is_heard(&self, viewer: Viewer, person: usize) -> bool {
        !self.is_silent(viewer, person) && !self.is_severed(viewer, person)
    }

    /// R17: whom the viewer finds in lists.
    pub fn lists_person(&self, viewer: Viewer, person: usize) -> bool {
        !self.people[person].is_deleted && !self.is_severed(viewer, person)
    }

    /// R23: whom the viewer may call by name or id.
    pub fn names_person(&self, viewer: Viewer, person: usize) -> bool {
        let is_blocked = viewer.is_some_and(|v| self.blocks(person, v));
        !self.people[person].is_deleted && (self.is_reduced(viewer, person) || !is_blocked)
    }

    /// R23: the viewer blocks them.
    pub fn is_reduced(&self, viewer: Viewer, person: usize) -> bool {
        self.blocked_by_viewer(viewer, person)
    }

    /// R9 to R11: the viewer belongs to those for whom the post was written.
    pub fn is_addressed(&self, viewer: Viewer, post: &Post) -> bool {
        let is_open = matches!(post.level, "PUBLIC" | "UNLISTED");
        let is_private = self.people[post.author].is_private;
        let Some(v) = viewer else {
            return is_open && !is_private;
        };
        let is_follower = self.follows(v, post.author);
        v == post.author
            || post.text.mentions.contains(&v)
            || (is_open && !is_private)
            || (is_follower && post.level != "MENTIONED")
    }

    /// R32: hidden by staff for all but its author and staff.
    fn is_withheld(&self, viewer: Viewer, is_hidden: bool, author: usize) -> bool {
        is_hidden && !self.is_staff(viewer) && viewer != Some(author)
    }

    fn sees_itself(&self, viewer: Viewer, post: &Post) -> bool {
        !post.is_deleted
            && !self.is_withheld(viewer, post.is_hidden, post.author)
            && self.is_heard(viewer, post.author)
            && self.is_addressed(viewer, post)
    }

    /// R9 to R11, R17, R32, R33, and R13 for a plain repost: the original must be seen too.
    pub fn sees(&self, viewer: Viewer, n: usize) -> bool {
        let post = &self.posts[n];
        let sees_original = |original: usize| self.sees_itself(viewer, &self.posts[original]);
        self.sees_itself(viewer, post) && post.repost_of.is_none_or(sees_original)
    }

    /// R13, R18: what a quote shows of what it quotes.
    pub fn quoted(&self, viewer: Viewer, n: usize) -> Option<Reference> {
        let quoted = self.posts[n].quote_of?;
        Some(self.referred(viewer, quoted))
    }

    /// R3: what stands for a post that something else names.
    pub fn referred(&self, viewer: Viewer, quoted: usize) -> Reference {
        let post = &self.posts[quoted];
        if self.sees(viewer, quoted) {
            return Reference::Post(quoted);
        }
        let is_gone = post.is_deleted || post.is_hidden || self.is_silent(None, post.author);
        let is_blocked = !is_gone && self.blocked_by_viewer(viewer, post.author);
        let reason = if is_blocked { BLOCKED } else { UNAVAILABLE };
        Reference::Tombstone(reason)
    }

    /// R17, R32, R33: how a comment stands to whoever sees its post.
    pub fn standing(&self, viewer: Viewer, n: usize) -> Standing {
        let comment = &self.comments[n];
        let is_withheld = self.is_withheld(viewer, comment.is_hidden, comment.author);
        if comment.is_deleted || is_withheld || self.is_silent(viewer, comment.author) {
            return Standing::Tombstone(UNAVAILABLE);
        }
        if self.blocked_by_viewer(viewer, comment.author) {
            return Standing::Tombstone(BLOCKED);
        }
        if self.is_severed(viewer, comment.author) {
            return Standing::Tombstone(UNAVAILABLE);
        }
        let reads = [comment.author, self.posts[comment.post].author].map(Some);
        match comment.is_concealed {
            false => Standing::Alive,
            true if reads.contains(&viewer) => Standing::Marked,
            true => Standing::Tombstone(CONCEALED),
        }
    }

    pub fn is_whole(&self, viewer: Viewer, n: usize) -> bool {
        !matches!(self.standing(viewer, n), Standing::Tombstone(_))
    }

    /// R17, R32: a tombstone stands only where something below it is seen whole.
    pub fn stands(&self, viewer: Viewer, n: usize) -> bool {
        self.is_whole(viewer, n) || self.replies(n).any(|reply| self.stands(viewer, reply))
    }

    /// R14: a comment's audience is its post's, less what the rules of comments take.
    pub fn sees_comment(&self, viewer: Viewer, n: usize) -> bool {
        self.sees(viewer, self.comments[n].post) && self.stands(viewer, n)
    }

    /// A subject that is seen, and no tombstone.
    pub fn sees_subject(&self, viewer: Viewer, subject: Subject) -> bool {
        match subject {
            Subject::Post(n) => self.sees(viewer, n),
            Subject::Comment(n) => self.sees_comment(viewer, n) && self.is_whole(viewer, n),
            Subject::Message(n) => self.is_whole_message(viewer, n),
        }
    }

    /// R17, R33: a reaction is seen with its subject, if its person is heard.
    pub fn sees_reaction(&self, viewer: Viewer, n: usize) -> bool {
        let reaction = &self.reactions[n];
        self.sees_subject(viewer, reaction.subject) && self.is_heard(viewer, reaction.person)
    }

    /// R25: muted themselves, or a repost of somebody muted.
    pub fn is_muted(&self, viewer: Viewer, post: &Post) -> bool {
        let mutes = |person| viewer.is_some_and(|v| self.mute(v, person).is_some());
        let original = post.repost_of.map(|original| self.posts[original].author);
        mutes(post.author) || original.is_some_and(mutes)
    }

    /// R11: whose followers and following the viewer may read.
    pub fn shows_follows(&self, viewer: Viewer, person: usize) -> bool {
        let is_follower = viewer.is_some_and(|v| v == person || self.follows(v, person));
        !self.people[person].is_private || is_follower
    }
}
