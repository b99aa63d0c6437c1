//! Polls, pins and drafts as rows.

use crate::visibility::{
    graph::Graph,
    rows::{insert, uuid},
};

impl Graph {
    pub fn write_living(&self, sql: &mut String) {
        let (mut polls, mut options) = (Vec::new(), Vec::new());
        let (mut votes, mut numbers) = (Vec::new(), Vec::new());
        for poll in &self.polls {
            let post = uuid(self.posts[poll.post].id);
            let closes_at = self.now + if poll.is_closed { 0 } else { 1 };
            polls.push(format!(
                "{post}, {}, {}, {closes_at}",
                poll.is_many, poll.hides
            ));
            numbers.push(format!("{post}, 'VOTES', {}", poll.votes.len()));
            for (n, id) in poll.options.iter().enumerate() {
                let id = uuid(*id);
                let chose = poll.votes.iter().filter(|(_, chosen)| chosen.contains(&n));
                numbers.push(format!("{id}, 'VOTES', {}", chose.count()));
                options.push(format!("{id}, {post}, {n}, 'option {n}'"));
            }
            for (person, chosen) in &poll.votes {
                let choices: i64 = chosen.iter().map(|n| 1 << n).sum();
                let person = self.person_row(*person);
                votes.push(format!("{post}, {person}, {choices}, {}", self.now));
            }
        }
        let columns = "post_id, is_multiple_choice, hides_totals, closes_at";
        insert(sql, "poll", columns, &polls);
        insert(sql, "poll_option", "id, post_id, position, body", &options);
        let columns = "post_id, person_id, choices, created_at";
        insert(sql, "poll_vote", columns, &votes);
        insert(sql, "counter", "subject_id, kind, value", &numbers);
        let pin = |(person, post): &(usize, usize)| {
            let (person, post) = (self.person_row(*person), uuid(self.posts[*post].id));
            format!("{person}, {post}, {}", self.now)
        };
        let pins: Vec<_> = self.pins.iter().map(pin).collect();
        insert(sql, "pinned_post", "person_id, post_id, created_at", &pins);
        let drafts: Vec<_> = (0..self.drafts.len()).map(|n| self.draft_row(n)).collect();
        let columns = "id, author_id, body, visibility, reply_policy, created_at, updated_at, \
                       deleted_at";
        insert(sql, "draft", columns, &drafts);
    }

    fn draft_row(&self, n: usize) -> String {
        let draft = &self.drafts[n];
        let (id, author) = (uuid(draft.id), self.person_row(draft.author));
        let (at, gone) = (
            self.now + i64::try_from(n).unwrap(),
            self.when(draft.is_gone),
        );
        format!("{id}, {author}, 'draft {n}', 'PUBLIC', 'EVERYONE', {at}, {at}, {gone}")
    }
}
