//! Every path to a post, comment or reaction, compared with the oracle.

use serde_json::{Value, json};

use super::world::{Subject, World};
use crate::support::Caller;

/// What was compared, to prove that it was worth it.
#[derive(Default)]
pub struct Tally {
    pub shown: u32,
    pub hidden: u32,
}

const THINGS: &str = "query($ids: [ID!]!) { nodes(ids: $ids) { __typename id \
    ... on Post { author { handle } body visibility mentions { handle } \
        comments(first: 50) { totalCount nodes { id post { id } parent { id } } } \
        reactions(first: 50) { totalCount nodes { id } } } \
    ... on Comment { tombstone post { id } parent { id post { id } } \
        replies(first: 50) { totalCount nodes { id } } \
        reactions(first: 50) { totalCount nodes { id } } } } }";

fn ids(connection: &Value) -> Vec<&str> {
    let nodes = connection["nodes"].as_array().expect("a connection");
    nodes
        .iter()
        .map(|node| node["id"].as_str().unwrap())
        .collect()
}

fn counted(connection: &Value) -> Vec<&str> {
    let ids = ids(connection);
    assert_eq!(connection["totalCount"], ids.len());
    ids
}

impl World {
    pub fn caller(&self, viewer: Option<usize>) -> Caller {
        viewer.map_or_else(|| self.app.guest(), |v| self.people[v].clone())
    }

    /// All ids of the graph, with whether `viewer` should see what they name.
    fn things(&self, viewer: Option<usize>) -> Vec<(&str, bool)> {
        let posts = self
            .posts
            .iter()
            .map(|p| (p.id.as_str(), self.sees(viewer, p)));
        let comments = self.comments.iter().enumerate();
        let comments = comments.map(|(n, c)| (c.id.as_str(), self.sees_comment(viewer, n)));
        let reactions = self.reactions.iter();
        let reactions = reactions.map(|r| (r.id.as_str(), self.sees_subject(viewer, r.subject)));
        posts.chain(comments).chain(reactions).collect()
    }

    /// R1, R2: `nodes` and `node` for everything there is.
    pub async fn compare_nodes(&self, viewer: Option<usize>, tally: &mut Tally) {
        let (caller, things) = (self.caller(viewer), self.things(viewer));
        for chunk in things.chunks(10) {
            let asked: Vec<_> = chunk.iter().map(|(id, _)| *id).collect();
            let data = caller.query(THINGS, json!({ "ids": asked })).await;
            let nodes = data["nodes"].as_array().unwrap();
            assert_eq!(nodes.len(), chunk.len());
            let one: String = asked
                .iter()
                .enumerate()
                .map(|(n, id)| format!("n{n}: node(id: \"{id}\") {{ id }} "))
                .collect();
            let single = caller.query(&format!("{{ {one} }}"), json!({})).await;
            for (n, (id, is_visible)) in chunk.iter().enumerate() {
                let expected = is_visible.then_some(*id);
                assert_eq!(
                    nodes[n]["id"].as_str(),
                    expected,
                    "nodes, {viewer:?}, seed {}",
                    self.seed
                );
                let alone = &single[format!("n{n}")]["id"];
                assert_eq!(
                    alone.as_str(),
                    expected,
                    "node, {viewer:?}, seed {}",
                    self.seed
                );
                match is_visible {
                    true => tally.shown += 1,
                    false => tally.hidden += 1,
                }
            }
            for node in nodes.iter().filter(|node| node.is_object()) {
                self.compare_inside(node);
            }
        }
    }

    /// R14, R32: what hangs on a post or comment that is visible.
    fn compare_inside(&self, node: &Value) {
        let (seed, id) = (self.seed, node["id"].as_str().unwrap());
        if let Some(n) = self.posts.iter().position(|post| post.id == id) {
            let post = &self.posts[n];
            assert_eq!(node["body"], *post.body, "seed {seed}");
            assert_eq!(node["visibility"], *post.level);
            assert_eq!(node["author"]["handle"], *self.people[post.author].handle);
            let mentions: Vec<_> = post
                .mentions
                .iter()
                .map(|m| json!({ "handle": self.people[*m].handle }))
                .collect();
            assert_eq!(node["mentions"], json!(mentions), "seed {seed}");
            assert_eq!(
                counted(&node["comments"]),
                self.thread(n, None),
                "seed {seed}"
            );
            for comment in node["comments"]["nodes"].as_array().unwrap() {
                assert_eq!(comment["post"]["id"], id);
                assert!(comment["parent"].is_null());
            }
            assert_eq!(
                counted(&node["reactions"]),
                self.reactions_on(Subject::Post(n)),
                "seed {seed}"
            );
        } else if let Some(n) = self.comments.iter().position(|comment| comment.id == id) {
            let comment = &self.comments[n];
            let parent = comment
                .parent
                .map(|parent| self.comments[parent].id.as_str());
            assert_eq!(node["post"]["id"], *self.posts[comment.post].id);
            assert_eq!(node["parent"]["id"].as_str(), parent, "seed {seed}");
            assert_eq!(
                node["tombstone"].is_null(),
                !comment.is_deleted,
                "seed {seed}"
            );
            assert_eq!(
                counted(&node["replies"]),
                self.thread(comment.post, Some(n)),
                "seed {seed}"
            );
            if comment.is_deleted {
                assert!(node["reactions"].is_null(), "seed {seed}");
            } else {
                assert_eq!(
                    counted(&node["reactions"]),
                    self.reactions_on(Subject::Comment(n))
                );
            }
        }
    }

    /// R9 to R12: every list of posts.
    pub async fn compare_lists(&self, viewer: Option<usize>) {
        let (caller, seed) = (self.caller(viewer), self.seed);
        let query = "{ explore(first: 100) { nodes { id } } viewer { homeFeed(first: 100) { nodes { id } } } \
            hashtag(name: \"tag\") { postCount posts(first: 100) { nodes { id } } } }";
        let data = caller.query(query, json!({})).await;
        let explore = self.list(viewer, |post| post.level == "PUBLIC");
        assert_eq!(
            ids(&data["explore"]),
            explore,
            "explore, {viewer:?}, seed {seed}"
        );
        match viewer {
            None => assert!(data["viewer"].is_null()),
            Some(v) => assert_eq!(
                ids(&data["viewer"]["homeFeed"]),
                self.home(v),
                "homeFeed, {v}, seed {seed}"
            ),
        }
        if !data["hashtag"].is_null() {
            let tagged = self.list(viewer, |post| post.level == "PUBLIC" && post.is_tagged);
            assert_eq!(data["hashtag"]["postCount"], tagged.len());
            assert_eq!(
                ids(&data["hashtag"]["posts"]),
                tagged,
                "hashtag, {viewer:?}, seed {seed}"
            );
        }
        for (author, person) in self.people.iter().enumerate() {
            let query = "query($id: ID!) { node(id: $id) { ... on User { postCount posts(first: 100) { nodes { id } } } } }";
            let user = caller.query(query, json!({ "id": person.id })).await["node"].clone();
            let posts = self.list(viewer, |post| post.author == author);
            assert_eq!(
                ids(&user["posts"]),
                posts,
                "user.posts, {viewer:?}, seed {seed}"
            );
            let living = self
                .posts
                .iter()
                .filter(|p| p.author == author && !p.is_deleted)
                .count();
            assert_eq!(user["postCount"], living, "a public number, seed {seed}");
        }
    }
}
