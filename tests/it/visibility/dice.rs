//! Chooses, from a seed, what somebody does next: only what the rules allow.

use fastrand::Rng;
use uuid::Uuid;

use super::{
    acts::{Act, NewComment, NewPost},
    graph::{Graph, LEVELS, POLICIES, Person, Subject, Text},
};

const EMOJIS: [&str; 3] = ["👍", "🎉", "🚀"];
const HOUR: i64 = 3_600_000_000;

impl Graph {
    /// The graph that `seed` makes of `people`, as `steps` actions in memory.
    pub fn roll(seed: u64, people: Vec<Person>, now: i64, steps: usize) -> Self {
        let mut dice = Rng::with_seed(seed);
        let mut graph = Self {
            seed,
            now,
            people,
            tag: super::rows::TAG,
            ..Self::default()
        };
        for person in &mut graph.people {
            (person.is_private, person.is_deleted) = (dice.u32(0..5) == 0, false);
            (person.suspended_until, person.is_staff) = (0, false);
        }
        let staff = graph.somebody(&mut dice);
        graph.people[staff].is_staff = dice.bool();
        for step in 0..steps {
            if let Some(act) = graph.choose(&mut dice, true) {
                graph.apply(
                    &act,
                    Uuid::from_u128((u128::from(seed) << 64) | step as u128),
                );
            }
        }
        let person = graph.somebody(&mut dice);
        if person != staff && dice.u32(0..3) == 0 {
            graph.people[person].suspended_until = now + HOUR;
        }
        graph.roll_talks(&mut dice);
        graph.roll_living(&mut dice);
        graph.roll_media(&mut dice);
        graph.roll_reports(&mut dice);
        graph
    }

    pub fn somebody(&self, dice: &mut Rng) -> usize {
        dice.usize(0..self.people.len())
    }

    /// The next action; `None` where there is nothing of the chosen kind to do. With `is_free`
    /// also what no mutation does: people leave, are suspended, block each other at once, and
    /// mutes have ended.
    pub fn choose(&self, dice: &mut Rng, is_free: bool) -> Option<Act> {
        match dice.u32(0..100) {
            0..11 => self.choose_follow(dice),
            11..18 => self.choose_cut(dice, is_free),
            18..25 => self.choose_mute(dice, is_free),
            25..27 => {
                let person = self.actor(dice)?;
                Some(Act::SetPrivate(person, !self.people[person].is_private))
            }
            27..41 => self.choose_post(dice),
            41..50 => self.choose_repost(dice),
            50..54 => self.choose_change(dice),
            54..74 => self.choose_comment(dice),
            74..79 => self.choose_comment_change(dice),
            79..89 => self.choose_reaction(dice),
            89..94 => self.choose_bookmark(dice),
            94..98 => self.choose_hiding(dice),
            _ if is_free => self.choose_state(dice),
            _ => None,
        }
    }

    /// Somebody who may act.
    fn actor(&self, dice: &mut Rng) -> Option<usize> {
        dice.choice(
            (0..self.people.len())
                .filter(|n| self.may_act(Some(*n)))
                .collect::<Vec<_>>(),
        )
    }

    /// Two who may act, with no block between them.
    fn pair(&self, dice: &mut Rng) -> Option<(usize, usize)> {
        let (a, b) = (self.actor(dice)?, self.actor(dice)?);
        (a != b && self.lists_person(Some(a), b)).then_some((a, b))
    }

    fn choose_follow(&self, dice: &mut Rng) -> Option<Act> {
        let asked = dice.choice(&self.requests).filter(|_| dice.u32(0..3) == 0);
        if let Some(tie) = asked.filter(|tie| self.may_act(Some(tie.to))) {
            return Some(match dice.u32(0..4) {
                0 => Act::Reject(tie.to, tie.from),
                _ => Act::Accept(tie.to, tie.from),
            });
        }
        let (a, b) = self.pair(dice)?;
        let asks = self.requests(a, b) && self.people[b].is_private;
        let is_new = !self.follows(a, b) && !asks;
        is_new.then_some(Act::Follow(a, b))
    }

    fn choose_cut(&self, dice: &mut Rng, is_free: bool) -> Option<Act> {
        match dice.u32(0..8) {
            0 => {
                let tie = dice.choice(&self.follows)?;
                self.may_act(Some(tie.from))
                    .then_some(Act::Unfollow(tie.from, tie.to))
            }
            1 => {
                let tie = dice.choice(&self.follows)?;
                self.may_act(Some(tie.to))
                    .then_some(Act::RemoveFollower(tie.to, tie.from))
            }
            2 => {
                let tie = dice.choice(&self.blocks)?;
                self.may_act(Some(tie.from))
                    .then_some(Act::Unblock(tie.from, tie.to))
            }
            // Two who block each other at the same time: no command lets the second find the first.
            3 if is_free => {
                let tie = dice.choice(&self.blocks)?;
                let is_new = !self.blocks(tie.to, tie.from);
                is_new.then_some(Act::Block(tie.to, tie.from))
            }
            _ if self.blocks.len() < 4 => self.pair(dice).map(|(a, b)| Act::Block(a, b)),
            _ => None,
        }
    }

    fn choose_mute(&self, dice: &mut Rng, is_free: bool) -> Option<Act> {
        if dice.u32(0..4) == 0 {
            let tie = dice.choice(&self.mutes)?;
            let may = self.may_act(Some(tie.from)) && self.names_person(Some(tie.from), tie.to);
            return may.then_some(Act::Unmute(tie.from, tie.to));
        }
        let (a, b) = match dice.u32(0..3) {
            0 => self.pair(dice)?,
            _ => self.repeated(dice)?,
        };
        let is_new = self.mutes.iter().all(|tie| (tie.from, tie.to) != (a, b));
        let until = match dice.u32(0..3) {
            0 => None,
            1 => Some(self.now + HOUR),
            // It is over already, as if it had been made an hour ago.
            _ if is_free => Some(self.now - dice.i64(0..2)),
            _ => None,
        };
        is_new.then_some(Act::Mute(a, b, until))
    }

    /// Somebody, and whose posts somebody else whom they follow reposts.
    fn repeated(&self, dice: &mut Rng) -> Option<(usize, usize)> {
        let reposts = self
            .posts
            .iter()
            .filter(|post| post.repost_of.is_some() && !post.is_deleted);
        let repost = dice.choice(reposts.collect::<Vec<_>>())?;
        let followers = self.follows.iter().filter(|tie| tie.to == repost.author);
        let a = dice.choice(followers.collect::<Vec<_>>())?.from;
        let b = self.posts[repost.repost_of?].author;
        (a != b && self.may_act(Some(a)) && self.lists_person(Some(a), b)).then_some((a, b))
    }

    /// A text by `author`, with whom it mentions of those whom the author sees.
    fn text(&self, dice: &mut Rng, author: usize) -> Text {
        let mut mentions = Vec::new();
        for _ in 0..dice.usize(0..=2) {
            let person = self.somebody(dice);
            if self.lists_person(Some(author), person) && !mentions.contains(&person) {
                mentions.push(person);
            }
        }
        let is_tagged = dice.u32(0..3) == 0;
        let mut body = format!("text {}", dice.u32(..));
        for person in &mentions {
            body += &format!(" @{}", self.people[*person].handle);
        }
        body += if is_tagged { " #tag" } else { "" };
        Text {
            body,
            mentions,
            is_tagged,
        }
    }

    fn choose_post(&self, dice: &mut Rng) -> Option<Act> {
        let author = self.actor(dice)?;
        let level = LEVELS[[0, 0, 1, 2, 2, 3][dice.usize(0..6)]];
        let policy = POLICIES[[0, 0, 0, 1, 2, 3][dice.usize(0..6)]];
        let quotable = (0..self.posts.len()).filter(|n| self.may_quote(author, *n));
        let quote_of = dice.choice(quotable.collect::<Vec<_>>());
        Some(Act::Post(NewPost {
            author,
            level,
            policy,
            text: self.text(dice, author),
            quote_of: quote_of.filter(|_| dice.u32(0..3) == 0),
        }))
    }

    fn choose_repost(&self, dice: &mut Rng) -> Option<Act> {
        let person = self.actor(dice)?;
        if dice.u32(0..8) == 0 {
            let own = |p: &usize| {
                self.posts[*p].author == person
                    && !self.posts[*p].is_deleted
                    && self.posts[*p]
                        .repost_of
                        .is_some_and(|o| self.sees(Some(person), o))
            };
            let wrapper = dice.choice((0..self.posts.len()).filter(own).collect::<Vec<_>>())?;
            return Some(Act::UndoRepost(person, self.posts[wrapper].repost_of?));
        }
        let fits = |n: &usize| self.may_repost(person, *n) && self.wrapper(person, *n).is_none();
        let post = dice.choice((0..self.posts.len()).filter(fits).collect::<Vec<_>>())?;
        let level = match self.posts[post].level {
            "PUBLIC" => LEVELS[dice.usize(0..3)],
            "UNLISTED" => "UNLISTED",
            _ => "FOLLOWERS",
        };
        Some(Act::Repost(person, post, level))
    }

    fn choose_change(&self, dice: &mut Rng) -> Option<Act> {
        let n = dice.choice(self.own_posts().collect::<Vec<_>>())?;
        match dice.u32(0..8) {
            0 => Some(Act::DeletePost(n)),
            1 | 2 => Some(Act::Lock(n, !self.posts[n].is_locked)),
            _ => Some(Act::Edit(n, self.text(dice, self.posts[n].author))),
        }
    }

    /// Posts that their author may change, reposts left aside.
    fn own_posts(&self) -> impl Iterator<Item = usize> {
        (0..self.posts.len()).filter(|n| {
            let post = &self.posts[*n];
            post.repost_of.is_none() && !post.is_deleted && self.may_act(Some(post.author))
        })
    }

    fn choose_comment(&self, dice: &mut Rng) -> Option<Act> {
        let author = self.actor(dice)?;
        let seen = (0..self.posts.len()).filter(|n| self.may_comment(author, *n));
        let post = dice.choice(seen.collect::<Vec<_>>())?;
        let here = (0..self.comments.len())
            .filter(|n| self.comments[*n].post == post && self.is_whole(Some(author), *n));
        let parent = dice
            .choice(here.collect::<Vec<_>>())
            .filter(|_| dice.u32(0..4) > 0);
        let text = self.text(dice, author);
        Some(Act::Comment(NewComment {
            author,
            post,
            parent,
            text,
        }))
    }

    fn choose_comment_change(&self, dice: &mut Rng) -> Option<Act> {
        let living = (0..self.comments.len()).filter(|n| !self.comments[*n].is_deleted);
        let n = dice.choice(living.collect::<Vec<_>>())?;
        let (author, host) = (
            self.comments[n].author,
            self.posts[self.comments[n].post].author,
        );
        let is_seen =
            self.is_whole(Some(author), n) && self.sees(Some(author), self.comments[n].post);
        let may = self.may_act(Some(author)) && is_seen;
        match dice.u32(0..3) {
            0 => may.then_some(Act::DeleteComment(n)),
            1 => may.then(|| Act::EditComment(n, self.text(dice, author))),
            _ => {
                let may = self.may_act(Some(host)) && self.is_whole(Some(host), n);
                let may = may && self.sees(Some(host), self.comments[n].post);
                may.then_some(Act::Conceal(n, !self.comments[n].is_concealed))
            }
        }
    }

    fn choose_reaction(&self, dice: &mut Rng) -> Option<Act> {
        if dice.u32(0..10) == 0 && !self.reactions.is_empty() {
            let n = dice.usize(0..self.reactions.len());
            let person = Some(self.reactions[n].person);
            let may = self.may_act(person) && self.sees_reaction(person, n);
            return may.then_some(Act::Unreact(n));
        }
        let person = self.actor(dice)?;
        let posts = (0..self.posts.len()).filter(|n| self.posts[*n].repost_of.is_none());
        let posts = posts.map(Subject::Post);
        let comments = (0..self.comments.len()).map(Subject::Comment);
        let subjects: Vec<_> = match dice.bool() {
            true => posts.collect(),
            false => comments.collect(),
        };
        let seen = subjects
            .into_iter()
            .filter(|s| self.sees_subject(Some(person), *s));
        let subject = dice.choice(seen.collect::<Vec<_>>())?;
        let emoji = EMOJIS[dice.usize(0..3)];
        let same =
            |r: &super::graph::Reaction| (r.subject, r.person, r.emoji) == (subject, person, emoji);
        let is_new = !self.reactions.iter().any(same);
        is_new.then_some(Act::React(person, subject, emoji))
    }

    fn choose_bookmark(&self, dice: &mut Rng) -> Option<Act> {
        let person = self.actor(dice)?;
        let seen = |n: &usize| self.sees(Some(person), *n) && self.posts[*n].repost_of.is_none();
        let post = dice.choice((0..self.posts.len()).filter(seen).collect::<Vec<_>>())?;
        let is_kept = self.keeps(person, post);
        Some(match is_kept {
            true => Act::Unbookmark(person, post),
            false => Act::Bookmark(person, post),
        })
    }

    fn choose_hiding(&self, dice: &mut Rng) -> Option<Act> {
        if dice.bool() {
            let n = dice.choice((0..self.posts.len()).collect::<Vec<_>>())?;
            return Some(Act::HidePost(n, !self.posts[n].is_hidden));
        }
        let n = dice.choice((0..self.comments.len()).collect::<Vec<_>>())?;
        Some(Act::HideComment(n, !self.comments[n].is_hidden))
    }

    fn choose_state(&self, dice: &mut Rng) -> Option<Act> {
        let person = self.somebody(dice);
        match dice.u32(0..5) {
            0 => Some(Act::Leave(person)),
            1 => Some(Act::Suspend(person, self.now - HOUR)),
            2 => Some(Act::Suspend(person, self.now)),
            _ => Some(Act::Suspend(person, self.now + HOUR)),
        }
    }
}
