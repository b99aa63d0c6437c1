//! What the oracle says that the schema answers of polls and drafts.

use serde_json::{Value, json};

use crate::visibility::{answers::counted, graph::Graph, media::Parent, oracle::Viewer};

impl Graph {
    /// All polls, options and drafts by their ids, in the order of their names.
    pub fn living_nodes(&self, viewer: Viewer) -> Vec<Value> {
        let mut nodes = Vec::new();
        for (n, poll) in self.polls.iter().enumerate() {
            nodes.push(self.poll(viewer, n));
            nodes.extend((0..poll.options.len()).map(|option| self.option(viewer, n, option)));
        }
        nodes.extend((0..self.drafts.len()).map(|n| self.draft(viewer, n)));
        nodes
    }

    pub fn poll(&self, viewer: Viewer, n: usize) -> Value {
        if !self.sees_poll(viewer, n) {
            return Value::Null;
        }
        let poll = &self.polls[n];
        let options = 0..poll.options.len();
        let chosen = Self::chosen_by(poll, viewer).unwrap_or_default();
        let chosen: Vec<_> = chosen
            .iter()
            .map(|option| self.option_id(n, *option))
            .collect();
        json!({
            "__typename": "Poll",
            "id": self.poll_id(n),
            "isMultipleChoice": poll.is_many,
            "isClosed": poll.is_closed,
            "voteCount": Self::tells_numbers(poll).then_some(poll.votes.len()),
            "viewerCanVote": self.may_vote(viewer, n),
            "viewerVotes": chosen,
            "options": options.map(|option| self.option(viewer, n, option)).collect::<Vec<_>>(),
        })
    }

    pub fn option(&self, viewer: Viewer, n: usize, option: usize) -> Value {
        if !self.sees_poll(viewer, n) {
            return Value::Null;
        }
        let poll = &self.polls[n];
        let votes = poll.votes.iter();
        let votes = votes.filter(|(_, chosen)| chosen.contains(&option)).count();
        json!({
            "__typename": "PollOption",
            "id": self.option_id(n, option),
            "text": format!("option {option}"),
            "optionVotes": Self::tells_numbers(poll).then_some(votes),
        })
    }

    /// What a post asks, as whoever sees the post is told.
    pub fn poll_on(&self, viewer: Viewer, post: usize) -> Value {
        let found = self.polls.iter().position(|poll| poll.post == post);
        found.map_or(Value::Null, |n| self.poll(viewer, n))
    }

    pub fn draft(&self, viewer: Viewer, n: usize) -> Value {
        if !self.sees_draft(viewer, n) {
            return Value::Null;
        }
        json!({
            "__typename": "Draft",
            "id": self.draft_id(n),
            "draftBody": format!("draft {n}"),
            "media": self.pictures(viewer, Parent::Draft(n)),
        })
    }

    /// The drafts of a viewer, the latest changed first.
    pub fn drafts_of(&self, viewer: Viewer) -> Value {
        let own = (0..self.drafts.len()).rev();
        let own = own.filter(|n| self.sees_draft(viewer, *n));
        counted(own.map(|n| self.draft(viewer, n)).collect())
    }
}
