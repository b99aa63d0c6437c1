//! What lives on the posts of the first town: languages, warnings, polls, pins and drafts.

use std::time::Duration;

use super::grow::Soil;
use crate::{
    ids::{DraftId, PersonId},
    posts::{
        ReplyPolicy, Visibility,
        commands::ImportedPoll,
        entity::{draft, pinned_post, poll, poll_option, poll_vote, post},
    },
};

const DAY: Duration = Duration::from_secs(86_400);

/// Posts that hold these words are warned of.
const WARNINGS: [(&str, &str); 4] = [
    ("four sprains, two cuts", "Injuries, none of them bad"),
    ("nine bandages", "A long night at the clinic"),
    ("I was mid-death", "Theatre: somebody dies on stage"),
    ("rolled down to the beech", "Bees, and a fall"),
];

/// The posts that hold these words ask something.
const POLLS: [(&str, &[&str], Asks); 4] = [
    (
        "are we living in the future",
        &[
            "In the future",
            "Everybody else is late",
            "The tower is right",
        ],
        Asks {
            days: 3,
            many: false,
            hides: false,
        },
    ),
    (
        "Do parrots have teeth",
        &["They floss", "They whistle", "They say HALF PRICE"],
        Asks {
            days: 5,
            many: true,
            hides: false,
        },
    ),
    (
        "absolutely no sense of when to stop",
        &["The lift", "The stairs", "The cargo bike", "I stay at home"],
        Asks {
            days: 2,
            many: false,
            hides: true,
        },
    ),
    (
        "Did anybody listen",
        &["I did", "Nobody did", "I have a copy of the letter too"],
        Asks {
            days: 0,
            many: false,
            hides: true,
        },
    ),
];

/// How a poll asks: for how many days from now on (0: it has just closed), for one answer or
/// several, and whether it tells the numbers before it closes.
#[derive(Clone, Copy)]
struct Asks {
    days: u32,
    many: bool,
    hides: bool,
}

/// Whose posts that hold these words are pinned.
const PINS: [&str; 2] = ["The storm loaf is now a regular thing", "A gentle reminder"];

/// What the baker has not said yet, and in how many days it says itself.
const DRAFTS: [(&str, Option<u32>); 3] = [
    (
        "A cake in the shape of a lift: who has seen the inside of one? #bridgelift",
        None,
    ),
    (
        "Dear whoever left the jam: it is all gone, and I am not ashamed.",
        None,
    ),
    (
        "Lantern buns from six in the morning on. Four hundred of them. #bread",
        Some(1),
    ),
];

impl Soil<'_> {
    /// `ids` are the town's people.
    pub(super) fn live(&mut self, ids: &[PersonId]) {
        for post in &mut self.grown.posts {
            if post.repost_of_id.is_none() {
                post.language = Some(language(&post.body).to_owned());
                let warning = WARNINGS.iter().find(|(words, _)| post.body.contains(words));
                post.content_warning = warning.map(|(_, warning)| (*warning).to_owned());
            }
        }
        for (words, options, asks) in POLLS {
            if let Some(n) = self.own_words(words) {
                self.ask(n, options, asks, ids);
            }
        }
        for words in PINS {
            let n = self.own_words(words);
            let post = n.map(|n| &self.grown.posts[n]);
            if let Some(post) = post.filter(|post| post.visibility != Visibility::Mentioned) {
                self.grown.pins.push(pinned_post::Model {
                    person_id: post.author_id,
                    post_id: post.id,
                    created_at: post.created_at,
                });
            }
        }
        if let Some(baker) = ids.first() {
            self.jot(*baker);
        }
    }

    /// The post that holds these words, and does not quote another.
    fn own_words(&self, words: &str) -> Option<usize> {
        let holds = |post: &post::Model| post.body.contains(words) && post.quote_of_id.is_none();
        let mut posts = self.grown.posts.iter().enumerate();
        posts.find(|(_, post)| holds(post)).map(|(n, _)| n)
    }

    fn ask(&mut self, n: usize, options: &[&str], asks: Asks, ids: &[PersonId]) {
        let (post, author, at) = {
            let post = &self.grown.posts[n];
            (post.id, post.author_id, post.created_at)
        };
        let closes_at = match asks.days {
            0 => self.now.minus(Duration::from_secs(3_600)).max(at),
            days => self.now.plus(DAY * days),
        };
        let row = poll::Model {
            post_id: post,
            is_multiple_choice: asks.many,
            hides_totals: asks.hides,
            closes_at,
            closed_recorded_at: None,
        };
        let option = |(position, text): (i32, &&str)| poll_option::Model {
            id: self.p.new_id(at),
            post_id: post,
            position,
            body: (*text).to_owned(),
        };
        let options: Vec<_> = (0..).zip(options).map(option).collect();
        let mut votes = Vec::new();
        // The baker has not voted anywhere: that is for whoever looks at the demo.
        let voters = ids.iter().skip(1).filter(|id| **id != author);
        for person in self.rng.choose_multiple(voters, 23) {
            let mut choices = 1_i64 << self.rng.usize(0..options.len());
            if asks.many {
                choices |= 1_i64 << self.rng.usize(0..options.len());
            }
            let created_at = self.later(at).min(closes_at);
            votes.push(poll_vote::Model {
                post_id: post,
                person_id: *person,
                choices,
                created_at,
            });
        }
        self.grown.polls.push(ImportedPoll {
            row,
            options,
            votes,
        });
    }

    /// Drafts, the last of which is to be published by itself.
    fn jot(&mut self, author: PersonId) {
        for (n, (body, days)) in (1..).zip(DRAFTS) {
            let at = self.now.minus(DAY / 24 * n);
            self.grown.drafts.push(draft::Model {
                id: DraftId(self.p.new_id(at)),
                author_id: author,
                body: body.to_owned(),
                visibility: Visibility::Public,
                reply_policy: ReplyPolicy::Everyone,
                content_warning: None,
                language: Some(language(body).to_owned()),
                publish_at: days.map(|days| self.now.plus(DAY * days)),
                publish_failure: None,
                created_at: at,
                updated_at: at,
                deleted_at: None,
                idempotency_key: None,
                request_hash: None,
            });
        }
    }
}

/// The one who speaks Arabic does so in her own letters; all others speak English.
pub(super) fn language(body: &str) -> &'static str {
    match body.chars().any(|c| ('\u{600}'..='\u{6ff}').contains(&c)) {
        true => "ar",
        false => "en",
    }
}
