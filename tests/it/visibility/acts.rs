//! What people do, and what it leaves behind in a graph.

use uuid::Uuid;

use super::graph::{Bookmark, Comment, Graph, Post, Reaction, Subject, Text, Tie};

/// One action that the rules allow.
#[derive(Clone, Debug)]
pub enum Act {
    Follow(usize, usize),
    Unfollow(usize, usize),
    Accept(usize, usize),
    Reject(usize, usize),
    RemoveFollower(usize, usize),
    Block(usize, usize),
    Unblock(usize, usize),
    Mute(usize, usize, Option<i64>),
    Unmute(usize, usize),
    SetPrivate(usize, bool),
    Post(NewPost),
    Repost(usize, usize, &'static str),
    UndoRepost(usize, usize),
    Edit(usize, Text),
    DeletePost(usize),
    Lock(usize, bool),
    Comment(NewComment),
    EditComment(usize, Text),
    DeleteComment(usize),
    Conceal(usize, bool),
    React(usize, Subject, &'static str),
    Unreact(usize),
    Bookmark(usize, usize),
    Unbookmark(usize, usize),
    /// By staff: no mutation does these yet.
    HidePost(usize, bool),
    HideComment(usize, bool),
    DeleteMessage(usize),
    Suspend(usize, i64),
    /// The account goes.
    Leave(usize),
}

#[derive(Clone, Debug)]
pub struct NewPost {
    pub author: usize,
    pub level: &'static str,
    pub policy: &'static str,
    pub text: Text,
    pub quote_of: Option<usize>,
}

#[derive(Clone, Debug)]
pub struct NewComment {
    pub author: usize,
    pub post: usize,
    pub parent: Option<usize>,
    pub text: Text,
}

fn cut(ties: &mut Vec<Tie>, from: usize, to: usize) {
    ties.retain(|tie| (tie.from, tie.to) != (from, to));
}

impl Graph {
    /// Leaves behind what the action's command leaves. `id` is that of what it makes.
    pub fn apply(&mut self, act: &Act, id: Uuid) {
        match act {
            Act::Follow(..)
            | Act::Unfollow(..)
            | Act::Accept(..)
            | Act::Reject(..)
            | Act::RemoveFollower(..)
            | Act::Block(..)
            | Act::Unblock(..)
            | Act::Mute(..)
            | Act::Unmute(..) => self.relate(act, id),
            Act::SetPrivate(person, is_private) => self.people[*person].is_private = *is_private,
            Act::Suspend(person, until) => self.people[*person].suspended_until = *until,
            Act::Leave(person) => self.people[*person].is_deleted = true,
            Act::Comment(new) => self.publish_comment(new, id),
            Act::EditComment(n, text) => self.comments[*n].text = text.clone(),
            Act::DeleteComment(n) => {
                let comment = &mut self.comments[*n];
                (comment.is_deleted, comment.text) = (true, Text::default());
            }
            Act::Conceal(n, is_concealed) => self.comments[*n].is_concealed = *is_concealed,
            Act::DeleteMessage(n) => self.messages[*n].is_deleted = true,
            Act::HideComment(n, is_hidden) => self.comments[*n].is_hidden = *is_hidden,
            Act::React(person, subject, emoji) => self.reactions.push(Reaction {
                id,
                subject: *subject,
                person: *person,
                emoji,
            }),
            Act::Unreact(n) => {
                self.reactions.remove(*n);
            }
            Act::Bookmark(person, post) => self.bookmarks.push(Bookmark {
                id,
                person: *person,
                post: *post,
            }),
            Act::Unbookmark(person, post) => {
                let kept = |b: &Bookmark| (b.person, b.post) != (*person, *post);
                self.bookmarks.retain(kept);
            }
            _ => self.publish(act, id),
        }
    }

    fn relate(&mut self, act: &Act, id: Uuid) {
        let until = None;
        let tie = |from: usize, to: usize| Tie {
            id,
            from,
            to,
            until,
        };
        match *act {
            Act::Follow(a, b) if self.people[b].is_private => self.requests.push(tie(a, b)),
            Act::Follow(a, b) | Act::Accept(b, a) => {
                cut(&mut self.requests, a, b);
                self.follows.push(tie(a, b));
            }
            Act::Unfollow(a, b) => {
                cut(&mut self.follows, a, b);
                cut(&mut self.requests, a, b);
            }
            Act::Reject(b, a) => cut(&mut self.requests, a, b),
            Act::RemoveFollower(b, a) => cut(&mut self.follows, a, b),
            Act::Block(a, b) => {
                for (from, to) in [(a, b), (b, a)] {
                    cut(&mut self.follows, from, to);
                    cut(&mut self.requests, from, to);
                }
                self.blocks.push(tie(a, b));
            }
            Act::Unblock(a, b) => cut(&mut self.blocks, a, b),
            Act::Mute(from, to, until) => {
                cut(&mut self.mutes, from, to);
                self.mutes.push(Tie {
                    id,
                    from,
                    to,
                    until,
                });
            }
            Act::Unmute(a, b) => cut(&mut self.mutes, a, b),
            _ => unreachable!("no relation"),
        }
    }

    fn publish(&mut self, act: &Act, id: Uuid) {
        match act {
            Act::Post(new) => self.posts.push(Post {
                id,
                author: new.author,
                level: new.level,
                policy: new.policy,
                text: new.text.clone(),
                is_locked: false,
                is_hidden: false,
                is_deleted: false,
                quote_of: new.quote_of,
                repost_of: None,
                edits: Vec::new(),
            }),
            Act::Repost(person, post, level) => self.posts.push(Post {
                id,
                author: *person,
                level,
                policy: "EVERYONE",
                text: Text::default(),
                is_locked: false,
                is_hidden: false,
                is_deleted: false,
                quote_of: None,
                repost_of: Some(*post),
                edits: Vec::new(),
            }),
            Act::UndoRepost(person, original) => {
                let wrapper = self.wrapper(*person, *original);
                self.erase(wrapper.expect("a repost to undo"));
            }
            Act::Edit(n, text) => {
                let post = &mut self.posts[*n];
                let before = std::mem::replace(&mut post.text, text.clone());
                post.edits.push((id, before.body));
            }
            Act::DeletePost(n) => self.erase(*n),
            Act::Lock(n, is_locked) => self.posts[*n].is_locked = *is_locked,
            Act::HidePost(n, is_hidden) => self.posts[*n].is_hidden = *is_hidden,
            _ => unreachable!("no post"),
        }
    }

    fn erase(&mut self, n: usize) {
        let post = &mut self.posts[n];
        post.is_deleted = true;
        post.text = Text::default();
        post.edits.clear();
    }

    fn publish_comment(&mut self, new: &NewComment, id: Uuid) {
        let depth = new
            .parent
            .map_or(0, |parent| self.comments[parent].depth + 1);
        self.comments.push(Comment {
            id,
            post: new.post,
            parent: new.parent,
            depth,
            author: new.author,
            text: new.text.clone(),
            is_deleted: false,
            is_hidden: false,
            is_concealed: false,
        });
    }

    /// A person's living repost of a post.
    pub fn wrapper(&self, person: usize, original: usize) -> Option<usize> {
        let is_it = |p: &Post| p.author == person && p.repost_of == Some(original) && !p.is_deleted;
        self.posts.iter().position(is_it)
    }
}
