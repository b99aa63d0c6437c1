//! What chance adds to the town: follows, threads, reactions, and when things happened.

use std::time::Duration;

use fastrand::Rng;
use uuid::Uuid;

use super::{
    pictures::{Album, Picture},
    town::{self, Town},
};
use crate::{
    activity,
    clock::Timestamp,
    comments::entity::comment,
    ids::{CommentId, PersonId, ReactionId},
    messaging::commands::Imported,
    people::entity::person,
    platform::Platform,
    posts::{
        ReplyPolicy, Visibility,
        commands::ImportedPoll,
        entity::{draft, pinned_post, post},
    },
    reactions::{SubjectKind, entity::reaction},
    social::commands::Past,
};

const DAYS: u64 = 21;
pub(super) const EMOJIS: [&str; 10] = ["👍", "❤️", "😂", "🎉", "😮", "🥐", "🦜", "⚓", "🌧️", "♟️"];

/// Rows that are ready to be written.
pub(super) struct Grown {
    pub(super) people: Vec<person::Model>,
    pub(super) follows: Vec<(Past, activity::Visibility)>,
    pub(super) posts: Vec<post::Model>,
    pub(super) comments: Vec<comment::Model>,
    pub(super) reactions: Vec<reaction::Model>,
    pub(super) talks: Vec<Imported>,
    pub(super) polls: Vec<ImportedPoll>,
    pub(super) pins: Vec<pinned_post::Model>,
    pub(super) drafts: Vec<draft::Model>,
    /// None without a store.
    pub(super) pictures: Vec<Picture>,
}

pub(super) struct Soil<'a> {
    pub(super) p: &'a Platform,
    pub(super) town: &'a Town,
    pub(super) rng: Rng,
    pub(super) now: Timestamp,
    pub(super) grown: Grown,
    /// Until the town has its pictures.
    pub(super) album: Option<Album<'a>>,
}

impl Grown {
    pub(super) fn new(p: &Platform, town: &Town) -> Self {
        let grown = Self {
            people: Vec::new(),
            follows: Vec::new(),
            posts: Vec::new(),
            comments: Vec::new(),
            reactions: Vec::new(),
            talks: Vec::new(),
            polls: Vec::new(),
            pins: Vec::new(),
            drafts: Vec::new(),
            pictures: Vec::new(),
        };
        let rng = Rng::with_seed(1_848);
        let mut soil = Soil {
            p,
            town,
            rng,
            now: p.now(),
            grown,
            album: Album::open(p),
        };
        soil.town();
        soil.grown
    }

    pub(super) fn len(&self) -> u64 {
        let rows = [
            self.people.len(),
            self.follows.len(),
            self.posts.len(),
            self.comments.len(),
            self.reactions.len(),
            self.talks.len(),
            self.polls.len(),
            self.pictures.len(),
        ];
        rows.iter().map(|rows| *rows as u64).sum()
    }
}

impl Soil<'_> {
    fn town(&mut self) {
        let founded = self.now.minus(Duration::from_secs((DAYS + 200) * 86_400));
        for neighbour in &self.town.people {
            let joined = founded.plus(Duration::from_secs(self.rng.u64(0..150 * 86_400)));
            self.grown.people.push(person::Model {
                id: PersonId(self.p.new_id(joined)),
                handle: neighbour.handle.clone(),
                display_name: neighbour.name.clone(),
                bio: neighbour.bio.clone(),
                created_at: joined,
                deleted_at: None,
                is_private: town::is_private(&neighbour.handle),
                suspended_until: Timestamp(0),
                is_suspended: false,
            });
        }
        let people = self.grown.people.iter();
        let ids: Vec<_> = people.map(|person| person.id).collect();
        self.follow(&ids);
        for (n, author) in ids.iter().enumerate() {
            self.posts(n, *author, &ids);
        }
        self.echo(&ids);
        self.live(&ids);
        self.chat(&ids);
        if let Some(mut album) = self.album.take() {
            album.people(&self.grown.people);
            album.posts(&self.grown.posts);
            self.grown.pictures = album.pictures;
        }
    }

    /// Friends of a circle know each other; the baker is known to most.
    fn follow(&mut self, ids: &[PersonId]) {
        for (a, follower) in ids.iter().enumerate() {
            for (b, followed) in ids.iter().enumerate() {
                let same = self.town.people[a].circle == self.town.people[b].circle;
                let chance = match (same, b) {
                    (_, 0) => 0.6,
                    (true, _) => 0.7,
                    (false, _) => 0.12,
                };
                if a != b && self.rng.f64() < chance {
                    let at = self.now.minus(Duration::from_secs(
                        DAYS * 86_400 + self.rng.u64(0..40 * 86_400),
                    ));
                    let past = (*follower, *followed, self.p.new_id(at), at);
                    self.grown.follows.push((past, self.between(a, b)));
                }
            }
        }
    }

    /// Who could know that one of two neighbours follows the other.
    fn between(&self, a: usize, b: usize) -> activity::Visibility {
        let private = [a, b].map(|n| town::is_private(&self.town.people[n].handle));
        match private {
            [false, false] => activity::Visibility::Public,
            _ => activity::Visibility::Restricted,
        }
    }

    /// Everybody tells their story in its order, over three weeks.
    fn posts(&mut self, n: usize, author: PersonId, ids: &[PersonId]) {
        let town = self.town;
        let bodies = &town.people[n].posts;
        let span = DAYS * 86_400 / bodies.len().max(1) as u64;
        for (k, body) in bodies.iter().enumerate() {
            let since = DAYS * 86_400 - span * k as u64 - self.rng.u64(60..span);
            let at = self.now.minus(Duration::from_secs(since));
            let visibility = match (self.rng.u8(0..100), body.contains('@')) {
                (0..=2, true) => Visibility::Mentioned,
                (3..=8, _) => Visibility::Followers,
                (9..=13, _) => Visibility::Unlisted,
                _ => Visibility::Public,
            };
            let reply_policy = match self.rng.u8(0..20) {
                0 => ReplyPolicy::Followers,
                1 => ReplyPolicy::Nobody,
                _ => ReplyPolicy::Everyone,
            };
            let post = post::Model {
                body: body.clone(),
                visibility,
                reply_policy,
                ..self.post(author, at)
            };
            if visibility != Visibility::Mentioned {
                if reply_policy == ReplyPolicy::Everyone {
                    self.thread(&post, ids);
                }
                let subject = (SubjectKind::Post, post.id.0);
                self.react(post.id.0, subject, at, 7, ids);
            }
            self.grown.posts.push(post);
        }
    }

    fn thread(&mut self, post: &post::Model, ids: &[PersonId]) {
        let mut thread: Vec<(CommentId, i32, Timestamp)> = Vec::new();
        for _ in 0..self.rng.usize(0..8) {
            let who = self.rng.usize(0..ids.len());
            let lines = &self.town.people[who].comments;
            let body = lines[self.rng.usize(0..lines.len())].clone();
            let parent = match self.rng.f64() < 0.4 {
                true => self
                    .rng
                    .choice(&thread)
                    .copied()
                    .filter(|parent| parent.1 < 5),
                false => None,
            };
            let after = parent.map_or(post.created_at, |parent| parent.2);
            let at = self.later(after);
            let id = CommentId(self.p.new_id(at));
            let depth = parent.map_or(0, |parent| parent.1 + 1);
            thread.push((id, depth, at));
            self.grown.comments.push(comment::Model {
                id,
                post_id: post.id,
                parent_id: parent.map(|parent| parent.0),
                author_id: ids[who],
                depth,
                body,
                score: 0,
                created_at: at,
                edited_at: None,
                deleted_at: None,
                is_gone: false,
                idempotency_key: None,
                request_hash: None,
                hidden_at: None,
                hidden_by_author_at: None,
                is_counted: true,
            });
            self.react(post.id.0, (SubjectKind::Comment, id.0), at, 2, ids);
        }
    }

    pub(super) fn react(
        &mut self,
        home: Uuid,
        (subject_kind, subject_id): (SubjectKind, Uuid),
        after: Timestamp,
        most: usize,
        ids: &[PersonId],
    ) {
        let kinds = self.rng.choose_multiple(EMOJIS.iter(), 3);
        let many = self.rng.usize(0..=most);
        for who in self.rng.choose_multiple(ids.iter(), many) {
            let at = self.later(after);
            let emoji = kinds[self.rng.usize(0..kinds.len())];
            self.grown.reactions.push(reaction::Model {
                id: ReactionId(self.p.new_id(at)),
                home_id: home,
                subject_kind,
                subject_id,
                person_id: *who,
                emoji: (*emoji).to_owned(),
                created_at: at,
                is_counted: true,
            });
        }
    }

    /// Some minutes or hours after `moment`, but not in the future.
    pub(super) fn later(&mut self, moment: Timestamp) -> Timestamp {
        let room = u64::try_from((self.now.0 - moment.0) / 1_000_000)
            .unwrap_or(0)
            .max(2);
        moment.plus(Duration::from_secs(self.rng.u64(1..room.min(30_000))))
    }
}
