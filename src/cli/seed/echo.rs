//! What is passed on: reposts and quotes of what others said to everybody.

use super::grow::Soil;
use crate::{
    clock::Timestamp,
    ids::{PersonId, PostId},
    posts::{
        ReplyPolicy, Visibility,
        entity::post::{self, FanOut},
    },
};

impl Soil<'_> {
    /// Some pass on what they read, as it is or with a line of their own. `from` is where this
    /// town's posts begin.
    pub(super) fn echo(&mut self, from: usize, ids: &[PersonId]) {
        let mut echoes = Vec::new();
        for n in from..self.grown.posts.len() {
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
        post::Model {
            id: PostId(self.p.new_id(at)),
            author_id: author,
            body: String::new(),
            visibility: Visibility::Public,
            created_at: at,
            edited_at: None,
            deleted_at: None,
            created_by: "createPost".to_owned(),
            idempotency_key: None,
            request_hash: None,
            reply_policy: ReplyPolicy::Everyone,
            is_locked: false,
            hidden_at: None,
            quote_of_id: None,
            repost_of_id: None,
            fan_out: FanOut::Push,
            is_fanned_out: false,
        }
    }

    fn is_private(&self, person: PersonId) -> bool {
        let mut people = self.grown.people.iter();
        people.any(|other| other.id == person && other.is_private)
    }
}
