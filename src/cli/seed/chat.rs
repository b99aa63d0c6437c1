//! What the town says in private: written talks, and drawn ones between those who know each other.

use std::{collections::BTreeSet, time::Duration};

use super::{
    grow::Soil,
    town::{Line, Talk},
};
use crate::{
    clock::Timestamp,
    ids::{self, ConversationId, MemberId, MessageId, PersonId, PostId},
    messaging::{
        commands::{Imported, rules},
        entity::{
            conversation::{self, Kind},
            conversation_member::{self, Role, Standing},
            message,
        },
    },
    posts::Visibility,
    reactions::SubjectKind,
};

/// How many drawn talks everybody begins.
const DRAWN: usize = 2;

impl Soil<'_> {
    /// The talks of a town whose people, in the order of the file, are `ids`.
    pub(super) fn chat(&mut self, ids: &[PersonId]) {
        let town = self.town;
        let mut pairs = BTreeSet::new();
        for talk in &town.talks {
            let members: Vec<_> = talk
                .members
                .iter()
                .filter_map(|name| self.at(name))
                .collect();
            pairs.extend(pair(&members));
            self.talk(talk, &members, ids);
        }
        for a in 0..ids.len() {
            let circle = &town.people[a].circle;
            let friends: Vec<_> = (0..ids.len())
                .filter(|b| *b != a && town.people[*b].circle == *circle)
                .collect();
            for b in self.rng.choose_multiple(friends, DRAWN) {
                if pairs.insert((a.min(b), a.max(b))) {
                    let talk = self.drawn(a, b);
                    self.talk(&talk, &[a, b], ids);
                }
            }
        }
    }

    /// Where somebody stands in the file.
    fn at(&self, handle: &str) -> Option<usize> {
        let mut people = self.town.people.iter();
        people.position(|person| person.handle == handle)
    }

    /// Two friends in turn, with what they like to say.
    fn drawn(&mut self, a: usize, b: usize) -> Talk {
        let mut line = |n: u64| {
            let who = &self.town.people[if n.is_multiple_of(2) { a } else { b }];
            Line {
                by: who.handle.clone(),
                say: who.comments[self.rng.usize(0..who.comments.len())].clone(),
                to: None,
                shares: None,
                picture: None,
            }
        };
        let many = 2 + u64::try_from(a % 7).unwrap_or(0);
        Talk {
            lines: (0..many).map(&mut line).collect(),
            hours: self.rng.u64(2..400),
            ..Talk::default()
        }
    }

    /// Writes a talk down. `members` are places in `ids`, the one who starts it first.
    fn talk(&mut self, talk: &Talk, members: &[usize], ids: &[PersonId]) {
        let span = talk.hours * 3_600;
        let begins = self.now.minus(Duration::from_secs(span));
        let people: Vec<_> = members.iter().map(|n| ids[*n]).collect();
        let mut conversation = self.conversation(talk, &people, begins);
        let step = span / (talk.lines.len() as u64 + 1);
        let mut messages: Vec<message::Model> = Vec::new();
        let mut at = begins;
        for line in &talk.lines {
            let Some(by) = self.at(&line.by) else {
                continue;
            };
            at = at.plus(Duration::from_secs(self.rng.u64(20..step.max(21))));
            let reply_to = line.to.and_then(|n| messages.get(n - 1)).map(|to| to.id);
            let shares = line.shares.as_deref().and_then(|name| self.at(name));
            let id = MessageId(self.p.new_id(at));
            if let (Some(scene), Some(album)) = (line.picture, &mut self.album) {
                album.message(id, ids[by], at, scene);
            }
            messages.push(message::Model {
                id,
                conversation_id: conversation.id,
                sequence: conversation.last_sequence + 1,
                sender_id: ids[by],
                body: line.say.clone(),
                reply_to_id: reply_to,
                shared_post_id: shares.and_then(|who| self.open_post(ids[who], at)),
                created_at: at,
                edited_at: None,
                deleted_at: None,
                hidden_at: None,
                idempotency_key: None,
                request_hash: None,
            });
            conversation.last_sequence += 1;
            conversation.updated_at = at;
            if self.rng.u8(0..4) == 0 {
                let subject = (SubjectKind::Message, id.0);
                self.react(conversation.id.0, subject, at, 2, &people);
            }
        }
        let members = members.iter().enumerate();
        let members =
            members.map(|(n, who)| self.member(talk, &conversation, n, (*who, ids[*who])));
        let members = members.collect();
        self.grown.talks.push(Imported {
            conversation,
            members,
            messages,
        });
    }

    fn conversation(&self, talk: &Talk, people: &[PersonId], at: Timestamp) -> conversation::Model {
        let (kind, pair) = match (&talk.title, people) {
            (None, [a, b]) => (Kind::Direct, Some(rules::pair(*a, *b))),
            _ => (Kind::Group, None),
        };
        conversation::Model {
            id: ConversationId(self.p.new_id(at)),
            kind,
            title: talk.title.clone(),
            pair,
            creator_id: people[0],
            outside_id: ids::outside(),
            last_sequence: 0,
            created_at: at,
            updated_at: at,
            idempotency_key: None,
            request_hash: None,
        }
    }

    /// The `n`th member, who has read all but what the talk says.
    fn member(
        &self,
        talk: &Talk,
        conversation: &conversation::Model,
        n: usize,
        (who, person_id): (usize, PersonId),
    ) -> conversation_member::Model {
        let handle = &self.town.people[who].handle;
        let unread = talk.unread.get(handle).copied().unwrap_or(0);
        let role = match (conversation.kind, n) {
            (Kind::Group, 0) => Role::Owner,
            (Kind::Group, 1) => Role::Admin,
            _ => Role::Member,
        };
        let standing = match talk.requests.contains(handle) {
            true => Standing::Request,
            false => Standing::Active,
        };
        conversation_member::Model {
            conversation_id: conversation.id,
            person_id,
            id: MemberId(self.p.new_id(conversation.created_at)),
            role,
            standing,
            joined_at: conversation.created_at,
            reads_after: 0,
            read_up_to: (conversation.last_sequence - unread).max(0),
            is_muted: false,
            muted_until: None,
            added_by_id: conversation.creator_id,
            was_asked: standing == Standing::Request,
        }
    }

    /// The last post that somebody had made for everybody by then.
    fn open_post(&self, author: PersonId, by: Timestamp) -> Option<PostId> {
        let posts = self.grown.posts.iter().filter(|post| {
            post.author_id == author
                && post.visibility == Visibility::Public
                && post.repost_of_id.is_none()
                && post.created_at < by
        });
        posts.max_by_key(|post| post.created_at).map(|post| post.id)
    }
}

/// The two of a talk between two.
fn pair(members: &[usize]) -> Option<(usize, usize)> {
    match members {
        [a, b] => Some((*a.min(b), *a.max(b))),
        _ => None,
    }
}
