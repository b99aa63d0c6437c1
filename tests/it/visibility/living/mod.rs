//! What lives on the posts of a graph: polls, pins, warnings; and drafts, with the rules about them.

mod answers;
mod causes;
pub mod matrix;
mod rows;

use fastrand::Rng;
use rookery::ids::{NodeId, NodeKind};
use uuid::Uuid;

use super::{graph::Graph, oracle::Viewer, talks::fresh};

pub use self::causes::CAUSES;

/// What a post asks.
#[derive(Clone, Debug)]
pub struct Poll {
    pub post: usize,
    pub options: Vec<Uuid>,
    pub is_many: bool,
    pub hides: bool,
    pub is_closed: bool,
    /// Who chose which options.
    pub votes: Vec<(usize, Vec<usize>)>,
}

/// What somebody has not said yet.
#[derive(Clone, Debug)]
pub struct Draft {
    pub id: Uuid,
    pub author: usize,
    /// Published or deleted; its row may hold words still.
    pub is_gone: bool,
}

impl Graph {
    /// Some polls, pins and drafts, as far as commands could lead, and one step further: what is
    /// pinned may be deleted or for others since.
    pub fn roll_living(&mut self, dice: &mut Rng) {
        for n in 0..self.posts.len() {
            if self.posts[n].repost_of.is_none() && dice.u32(0..3) == 0 {
                let id = || fresh(dice);
                let options = std::iter::repeat_with(id).take(2 + n % 2).collect();
                self.ask(n, options);
                let poll = self.polls.last_mut().expect("the new one");
                (poll.is_many, poll.hides) = (dice.bool(), dice.bool());
                poll.is_closed = dice.u32(0..3) == 0;
                self.roll_votes(dice);
            }
        }
        for person in 0..self.people.len() {
            let own =
                |n: &usize| self.posts[*n].author == person && self.posts[*n].repost_of.is_none();
            let own: Vec<_> = (0..self.posts.len()).filter(own).collect();
            if let Some(post) = dice.choice(own).filter(|_| dice.u32(0..4) > 0) {
                self.pins.push((person, post));
            }
            for _ in 0..dice.usize(0..3) {
                self.drafts.push(Draft {
                    id: fresh(dice),
                    author: person,
                    is_gone: dice.u32(0..4) == 0,
                });
            }
        }
    }

    /// Some vote in the last poll.
    fn roll_votes(&mut self, dice: &mut Rng) {
        let people = self.people.len();
        let Some(poll) = self.polls.last_mut() else {
            return;
        };
        let author = self.posts[poll.post].author;
        for person in (0..people).filter(|n| *n != author) {
            if dice.bool() {
                let first = dice.usize(0..poll.options.len());
                let all = poll.is_many && dice.bool();
                let chosen = if all { vec![0, 1] } else { vec![first] };
                poll.votes.push((person, chosen));
            }
        }
    }

    /// Has a post ask.
    pub fn ask(&mut self, post: usize, options: Vec<Uuid>) {
        self.polls.push(Poll {
            post,
            options,
            is_many: false,
            hides: false,
            is_closed: false,
            votes: Vec::new(),
        });
    }

    /// R1, R3: a poll is seen with its post.
    pub fn sees_poll(&self, viewer: Viewer, n: usize) -> bool {
        self.sees(viewer, self.polls[n].post)
    }

    /// R7: a draft is its author's alone.
    pub fn sees_draft(&self, viewer: Viewer, n: usize) -> bool {
        let draft = &self.drafts[n];
        viewer == Some(draft.author) && !draft.is_gone
    }

    /// Everybody is told the same: nothing while it is open and hides its numbers.
    fn tells_numbers(poll: &Poll) -> bool {
        poll.is_closed || !poll.hides
    }

    fn chosen_by(poll: &Poll, viewer: Viewer) -> Option<&[usize]> {
        let vote = poll
            .votes
            .iter()
            .find(|(person, _)| viewer == Some(*person));
        vote.map(|(_, chosen)| chosen.as_slice())
    }

    pub fn may_vote(&self, viewer: Viewer, n: usize) -> bool {
        let poll = &self.polls[n];
        let has_voted = Self::chosen_by(poll, viewer).is_some();
        let is_author = viewer == Some(self.posts[poll.post].author);
        viewer.is_some() && !is_author && !poll.is_closed && !has_voted
    }

    /// What somebody has pinned, as far as the viewer sees it (R23: not in the reduced form).
    pub fn pinned(&self, viewer: Viewer, person: usize) -> Option<usize> {
        let pin = self.pins.iter().find(|(whose, _)| *whose == person);
        let post = pin.map(|(_, post)| *post);
        post.filter(|post| self.sees(viewer, *post) && !self.is_reduced(viewer, person))
    }

    /// What a post warns of: some do, and none that a command of the tests made.
    pub fn warning(&self, n: usize) -> Option<String> {
        let warns = !self.is_grown && n.is_multiple_of(3) && self.posts[n].repost_of.is_none();
        warns.then(|| format!("warning {n}"))
    }

    pub fn poll_id(&self, n: usize) -> String {
        let post = self.posts[self.polls[n].post].id;
        NodeId::new(NodeKind::Poll, post).to_string()
    }

    pub fn option_id(&self, n: usize, option: usize) -> String {
        let poll = &self.polls[n];
        let post = self.posts[poll.post].id;
        NodeId::within(NodeKind::PollOption, post, poll.options[option]).to_string()
    }

    pub fn draft_id(&self, n: usize) -> String {
        NodeId::new(NodeKind::Draft, self.drafts[n].id).to_string()
    }

    /// What stands for these ids in messages.
    pub fn living_names(&self) -> Vec<(String, String)> {
        let mut names = Vec::new();
        for (n, poll) in self.polls.iter().enumerate() {
            names.push((self.poll_id(n), format!("poll {n} of post {}", poll.post)));
            for option in 0..poll.options.len() {
                names.push((
                    self.option_id(n, option),
                    format!("option {option} of poll {n}"),
                ));
            }
        }
        names.extend((0..self.drafts.len()).map(|n| (self.draft_id(n), format!("draft {n}"))));
        names
    }
}
