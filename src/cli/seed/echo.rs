//! What is passed on: reposts and quotes of what others said to everybody.

use super::grow::Soil;
use crate::{
    clock::Timestamp,
    ids::{PersonId, PostId},
    posts::{Visibility, commands::blank, entity::post},
};

impl Soil<'_> {
    /// Some pass on what they read, as it is or with a line of their own.
    pub(super) fn echo(&mut self, ids: &[PersonId]) {
        let mut echoes = Vec::new();
        for n in 0..self.grown.posts.len() {
            let original = &self.grown.posts[n];
            let (id, author, at) = (original.id, original.author_id, original.created_at);
            if original.visibility != Visibility::Public || self.is_private(author) {
                continue;
            }
            let many = [0, 0, 0, 0, 0, 1, 1, 2, 4][self.rng.usize(0..9)];
            for who in self.rng.choose_multiple(0..ids.len(), many) {
                if ids[who] == author {
                    continue;
                }
                let at = self.later(at);
                let lines = &self.town.people[who].comments;
                let line = lines[self.rng.usize(0..lines.len())].clone();
                let echo = match self.rng.u8(0..4) {
                    0 => post::Model {
                        body: line,
                        quote_of_id: Some(id),
                        ..self.post(ids[who], at)
                    },
                    _ => post::Model {
                        created_by: "repost".to_owned(),
                        repost_of_id: Some(id),
                        ..self.post(ids[who], at)
                    },
                };
                echoes.push(echo);
            }
        }
        // Last: an original is written before what repeats it.
        self.grown.posts.append(&mut echoes);
    }

    /// A PUBLIC post without a text yet.
    pub(super) fn post(&self, author: PersonId, at: Timestamp) -> post::Model {
        blank(PostId(self.p.new_id(at)), (author, at), "createPost")
    }

    fn is_private(&self, person: PersonId) -> bool {
        let mut people = self.grown.people.iter();
        people.any(|other| other.id == person && other.is_private)
    }
}
