//! Who is told of what (R21, R25, R36), as plain Rust over a graph, against the list, its numbers
//! and `node`. The rows are made from the tables by the rebuild; that it makes those that events
//! make is proven in `tests/it/notifications`.

use std::collections::{BTreeMap, BTreeSet};

use rookery::{
    ids::{NodeId, NodeKind, PersonId},
    notifications::{
        Kind,
        entity::notification::SubjectKind,
        policy::{Group, Matter},
    },
};
use serde_json::{Value, json};

use super::{
    cast::{Cast, PEOPLE},
    graph::{Graph, Subject},
    oracle::Viewer,
};
use crate::{notifications::anew::rebuild, support::text_of};

const QUERY: &str = "{ viewer { unreadNotificationCount notifications(first: 100) { nodes { id kind \
    actorCount actors(first: 50) { nodes { id } totalCount } subject { \
    ... on Post { id } ... on Comment { id } ... on Message { id } ... on Conversation { id } \
    } } } } }";

/// Notifications by kind and subject, with the people who act in each.
type Told = BTreeMap<(String, String), BTreeSet<String>>;

/// How often something was not told, by its reason.
type Reasons = BTreeMap<&'static str, usize>;

/// Something that somebody did.
struct Act {
    kind: &'static str,
    /// What they did it to; empty: to the person who may be told.
    subject: String,
    actor: usize,
    sees_subject: bool,
    sees_act: bool,
    /// The same is told as something else.
    is_told: bool,
}

impl Graph {
    fn act(&self, me: usize, kind: &'static str, to: Option<Subject>, actor: usize) -> Act {
        Act {
            kind,
            subject: to.map_or_else(String::new, |to| self.subject_id(to)),
            actor,
            sees_subject: to.is_none_or(|to| self.sees_subject(Some(me), to)),
            sees_act: true,
            is_told: false,
        }
    }

    /// What people did to `me` and to what is theirs.
    fn acts_towards(&self, me: usize) -> Vec<Act> {
        let mut acts = Vec::new();
        for (kind, ties) in [
            ("FOLLOWED", &self.follows),
            ("FOLLOW_REQUESTED", &self.requests),
        ] {
            let to_me = ties.iter().filter(|tie| tie.to == me);
            acts.extend(to_me.map(|tie| self.act(me, kind, None, tie.from)));
        }
        for reaction in &self.reactions {
            let author = match reaction.subject {
                Subject::Post(n) => self.posts[n].author,
                Subject::Comment(n) => self.comments[n].author,
                Subject::Message(n) => self.messages[n].sender,
            };
            if author == me {
                acts.push(self.act(me, "REACTED", Some(reaction.subject), reaction.person));
            }
        }
        acts.extend(self.acts_by_posts(me));
        acts.extend(self.acts_by_comments(me));
        acts
    }

    fn acts_by_posts(&self, me: usize) -> Vec<Act> {
        let mut acts = Vec::new();
        for (n, post) in self
            .posts
            .iter()
            .enumerate()
            .filter(|(_, post)| !post.is_deleted)
        {
            let mine = |of: Option<usize>| of.filter(|of| self.posts[*of].author == me);
            let passed = [
                ("QUOTED", mine(post.quote_of)),
                ("REPOSTED", mine(post.repost_of)),
            ];
            for (kind, original) in passed {
                acts.extend(original.map(|original| Act {
                    sees_act: self.sees(Some(me), n),
                    ..self.act(me, kind, Some(Subject::Post(original)), post.author)
                }));
            }
            if post.text.mentions.contains(&me) {
                let quoted = mine(post.quote_of);
                acts.push(Act {
                    is_told: quoted.is_some(),
                    ..self.act(me, "MENTIONED", Some(Subject::Post(n)), post.author)
                });
            }
        }
        acts
    }

    fn acts_by_comments(&self, me: usize) -> Vec<Act> {
        let mut acts = Vec::new();
        for (n, comment) in self
            .comments
            .iter()
            .enumerate()
            .filter(|(_, c)| !c.is_deleted)
        {
            let parent = comment.parent.filter(|of| self.comments[*of].author == me);
            let under = (self.posts[comment.post].author == me).then_some(comment.post);
            let (kind, to) = match (parent, under) {
                (Some(parent), _) => ("REPLIED", Some(Subject::Comment(parent))),
                (None, Some(post)) => ("COMMENTED", Some(Subject::Post(post))),
                (None, None) => ("", None),
            };
            if to.is_some() {
                acts.push(Act {
                    sees_act: self.is_whole(Some(me), n),
                    ..self.act(me, kind, to, comment.author)
                });
            }
            if comment.text.mentions.contains(&me) {
                acts.push(Act {
                    is_told: to.is_some(),
                    ..self.act(me, "MENTIONED", Some(Subject::Comment(n)), comment.author)
                });
            }
        }
        acts
    }

    /// Why `me` is not told of something; empty where they are.
    fn reason(&self, me: usize, act: &Act) -> &'static str {
        let viewer = Some(me);
        let reasons = [
            ("of themselves", act.actor == me),
            ("beyond a block", self.is_severed(viewer, act.actor)),
            ("suspended or gone", self.is_silent(viewer, act.actor)),
            ("muted", self.mute(me, act.actor).is_some()),
            ("about what they do not see", !act.sees_subject),
            ("done where they do not see it", !act.sees_act),
            ("told as something else", act.is_told),
        ];
        let found = reasons.iter().find(|(_, is_so)| *is_so);
        found.map_or("", |(reason, _)| reason)
    }

    /// The id of the notification of `person` that somebody commented on a post.
    pub fn told_id(&self, person: usize, post: usize) -> String {
        let recipient = PersonId(self.people[person].id);
        let subject = self.posts[post].id;
        let matter = Matter::new(Kind::Commented, SubjectKind::Post, subject);
        let id = Group { recipient, matter }.id();
        NodeId::within(NodeKind::Notification, recipient.0, id.0).to_string()
    }

    /// That notification as somebody gets it: null for all but `person`.
    pub fn told_of_comments(&self, viewer: Viewer, person: usize, post: usize) -> Value {
        let told = self.told(person, &mut Reasons::new());
        let actors = told.get(&("COMMENTED".to_owned(), self.post_id(post)));
        let Some(actors) = actors.filter(|_| viewer == Some(person)) else {
            return Value::Null;
        };
        let people = (0..self.people.len()).filter(|n| actors.contains(&self.user_id(*n)));
        let people: Vec<_> = people.map(|n| self.user(viewer, n)).collect();
        json!({ "__typename": "Notification", "id": self.told_id(person, post),
            "actors": { "nodes": people }, "subject": self.post(viewer, post) })
    }

    /// Staff is told what others would be told.
    fn told(&self, me: usize, reasons: &mut Reasons) -> Told {
        let mut off_duty = self.clone();
        off_duty.people[me].is_staff = false;
        off_duty.told_off_duty(me, reasons)
    }

    fn told_off_duty(&self, me: usize, reasons: &mut Reasons) -> Told {
        let mut told = Told::new();
        for act in self.acts_towards(me) {
            match self.reason(me, &act) {
                "" => {
                    let group = told.entry((act.kind.to_owned(), act.subject)).or_default();
                    group.insert(self.user_id(act.actor));
                }
                reason => *reasons.entry(reason).or_default() += 1,
            }
        }
        told
    }
}

/// A list as it is answered, and the ids in it.
fn answered(viewer: &Value) -> (Told, Vec<String>) {
    let (mut told, mut ids) = (Told::new(), Vec::new());
    for node in viewer["notifications"]["nodes"].as_array().unwrap() {
        let actors = node["actors"]["nodes"].as_array().unwrap();
        let actors = BTreeSet::from_iter(actors.iter().map(|actor| text_of(&actor["id"])));
        assert_eq!(node["actorCount"], json!(actors.len()), "{node}");
        assert_eq!(node["actors"]["totalCount"], json!(actors.len()), "{node}");
        let subject = node["subject"]["id"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        let before = told.insert((text_of(&node["kind"]), subject), actors);
        assert_eq!(before, None, "one row for each group");
        ids.push(text_of(&node["id"]));
    }
    assert_eq!(viewer["unreadNotificationCount"], json!(ids.len()));
    (told, ids)
}

const GRAPHS: u64 = 30;
const NODES: &str = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }";

#[tokio::test]
async fn everybody_is_told_what_the_rules_say_and_nothing_else() {
    let cast = Cast::new().await;
    let now = cast.app.platform().now().0;
    let (mut reasons, mut kinds, mut full) = (Reasons::new(), BTreeSet::new(), 0);
    for seed in 0..GRAPHS {
        let graph = Graph::roll(seed, cast.people(), now, 85);
        graph.write(&cast.app).await;
        rebuild(&cast.app).await;
        let mut others = Vec::new();
        for me in (0..PEOPLE.len()).filter(|n| graph.may_act(Some(*n))) {
            let caller = cast.caller(Some(me));
            let found = caller.query(QUERY, json!({})).await;
            let (got, ids) = answered(&found["viewer"]);
            let expected = graph.told(me, &mut reasons);
            assert_eq!(got, expected, "graph {seed}, {}", graph.people[me].handle);
            full += usize::from(!got.is_empty());
            kinds.extend(got.into_keys().map(|(kind, _)| kind));
            let asked: Vec<_> = others.iter().chain(&ids).take(90).cloned().collect();
            let found = caller.query(NODES, json!({ "ids": asked })).await;
            for (id, node) in asked.iter().zip(found["nodes"].as_array().unwrap()) {
                assert_eq!(node.is_null(), !ids.contains(id), "graph {seed}: {id}");
            }
            others = [ids, others].concat();
        }
    }
    println!("{full} lists hold something; not told: {reasons:#?}");
    assert_eq!(reasons.len(), 7, "{reasons:?}");
    assert!(reasons.values().all(|n| *n >= 10), "{reasons:?}");
    assert_eq!(kinds.len(), 8, "{kinds:?}");
    assert!(full > 2 * usize::try_from(GRAPHS).unwrap(), "{full}");
}
