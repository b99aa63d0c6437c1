//! Chooses what people uploaded, and what it hangs on.

use fastrand::Rng;

use super::{MOST, Parent};
use crate::visibility::{graph::Graph, talks::fresh};

const PURPOSES: [&str; 4] = ["POST", "MESSAGE", "AVATAR", "BANNER"];
const STATES: [&str; 4] = ["READY", "PROCESSING", "FAILED", "PENDING"];

impl Graph {
    /// Some uploads by the people of a graph, as far as commands could lead, and one step further:
    /// what is deleted, and what hung on something deleted, may not have been taken off.
    pub fn roll_media(&mut self, dice: &mut Rng) {
        for _ in 0..dice.usize(7..=MOST) {
            let parents = match dice.u32(0..13) {
                0..4 => self.some_posts(dice),
                4..8 => self.some_messages(dice),
                8 | 9 => self.a_profile(dice, Parent::Avatar),
                10 => self.a_profile(dice, Parent::Banner),
                11 => self.a_draft(dice),
                _ => Vec::new(),
            };
            let (uploader, purpose) = match parents.first() {
                Some(Parent::Post(n)) => (self.posts[*n].author, PURPOSES[0]),
                Some(Parent::Draft(n)) => (self.drafts[*n].author, PURPOSES[0]),
                Some(Parent::Message(n)) => (self.messages[*n].sender, PURPOSES[1]),
                Some(Parent::Avatar(n)) => (*n, PURPOSES[2]),
                Some(Parent::Banner(n)) => (*n, PURPOSES[3]),
                None => (self.somebody(dice), PURPOSES[dice.usize(0..4)]),
            };
            let n = self.upload(fresh(dice), uploader, purpose);
            self.media[n].status = match parents.is_empty() {
                true => STATES[dice.usize(0..4)],
                // Nothing carries what is not complete.
                false => STATES[[0, 0, 0, 0, 1, 2][dice.usize(0..6)]],
            };
            self.media[n].is_deleted = dice.u32(0..7) == 0;
            self.media[n].is_hidden = dice.u32(0..6) == 0;
            for parent in parents {
                self.hang(n, parent);
            }
        }
    }

    /// One or two posts of one author.
    fn some_posts(&self, dice: &mut Rng) -> Vec<Parent> {
        let plain = |n: &usize| self.posts[*n].repost_of.is_none();
        let posts: Vec<_> = (0..self.posts.len()).filter(plain).collect();
        let Some(first) = dice.choice(&posts).copied() else {
            return Vec::new();
        };
        let author = self.posts[first].author;
        let others = posts
            .iter()
            .filter(|n| **n != first && self.posts[**n].author == author);
        let second = dice.choice(others.collect::<Vec<_>>()).copied();
        let second = second.filter(|_| dice.u32(0..3) > 0);
        [first]
            .into_iter()
            .chain(second)
            .map(Parent::Post)
            .collect()
    }

    /// One or two messages of one sender.
    fn some_messages(&self, dice: &mut Rng) -> Vec<Parent> {
        let Some(first) = dice.choice(0..self.messages.len()) else {
            return Vec::new();
        };
        let sender = self.messages[first].sender;
        let others =
            (0..self.messages.len()).filter(|n| *n != first && self.messages[*n].sender == sender);
        let second = dice.choice(others.collect::<Vec<_>>());
        let second = second.filter(|_| dice.bool());
        let both = [first].into_iter().chain(second);
        both.map(Parent::Message).collect()
    }

    fn a_draft(&self, dice: &mut Rng) -> Vec<Parent> {
        let draft = dice.choice(0..self.drafts.len());
        draft.map(Parent::Draft).into_iter().collect()
    }

    /// A person without such a picture, often one with a block.
    fn a_profile(&self, dice: &mut Rng, picture: fn(usize) -> Parent) -> Vec<Parent> {
        let end = dice.choice(&self.blocks);
        let end = end.map(|tie| [tie.from, tie.to][dice.usize(0..2)]);
        let end = end.filter(|_| dice.u32(0..3) > 0);
        let person = end.unwrap_or_else(|| self.somebody(dice));
        let is_free = self.hanging(picture(person)).is_empty();
        is_free.then(|| picture(person)).into_iter().collect()
    }
}
