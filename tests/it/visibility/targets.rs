//! R1, R6, R20: mutations aimed at what their caller may not see answer exactly as for what never
//! was, and change nothing.

use rookery::ids::NodeKind;
use serde_json::{Value, json};

use super::{graph::Subject, world::World};
use crate::support::{missing, missing_within, number, outcome};

/// Tables that a refused mutation must leave alone.
const TABLES: [&str; 18] = [
    "pinned_post",
    "following",
    "follower",
    "follow_request",
    "blocking",
    "blocked_by",
    "mute",
    "post WHERE deleted_at IS NULL",
    "post WHERE is_locked",
    "post_edit",
    "bookmark",
    "comment WHERE deleted_at IS NULL",
    "comment WHERE is_gone",
    "comment WHERE hidden_by_author_at IS NULL",
    "comment_edit",
    "reaction",
    "post_mention",
    "comment_mention",
];

/// A mutation with its input: `$` stands for the target.
type Call = (&'static str, Value);

const SUMS: [(&str, &str); 4] = [
    ("value", "counter"),
    ("count", "reaction_group"),
    ("LENGTH(body)", "post"),
    ("LENGTH(body)", "comment"),
];

async fn fingerprint(world: &World) -> Vec<i64> {
    let counts = TABLES.map(|table| format!("SELECT COUNT(*) AS n FROM {table}"));
    let sums = SUMS.map(|(what, table)| {
        format!("SELECT CAST(COALESCE(SUM({what}), 0) AS BIGINT) AS n FROM {table}")
    });
    let mut numbers = Vec::new();
    for sql in counts.iter().chain(&sums) {
        numbers.push(number(&world.cast.app, sql).await);
    }
    numbers
}

fn aimed(input: &Value, id: &str) -> Value {
    let text = input.to_string().replace('$', id);
    serde_json::from_str(&text).expect("an input")
}

impl World {
    /// Aims every mutation at everything that `viewer` may not see, or may not change.
    pub async fn compare_targets(&self, viewer: usize) {
        let before = fingerprint(self).await;
        self.aim_at_people(viewer).await;
        self.aim_at_posts(viewer).await;
        self.aim_at_comments(viewer).await;
        assert_eq!(fingerprint(self).await, before, "seed {}", self.graph.seed);
    }

    async fn answer(&self, viewer: usize, (field, input): &Call, id: &str) -> Value {
        let caller = &self.cast.callers[viewer];
        caller.mutate(field, aimed(input, id), "").await
    }

    /// The answer for `id` is that for `missing`, word for word.
    async fn hides(&self, viewer: usize, call: &Call, id: &str, missing: &str) {
        let got = self.answer(viewer, call, id).await;
        let expected = self.answer(viewer, call, missing).await;
        let at = format!("{call:?} by {viewer} at {id}, seed {}", self.graph.seed);
        assert!(outcome(&got).starts_with("NOT_FOUND at "), "{at}: {got}");
        assert_eq!(got, expected, "{at}");
    }

    async fn forbids(&self, viewer: usize, call: &Call, id: &str) {
        let got = self.answer(viewer, call, id).await;
        let at = format!("{call:?} by {viewer} at {id}, seed {}", self.graph.seed);
        assert!(outcome(&got).starts_with("FORBIDDEN at "), "{at}: {got}");
    }

    async fn aim_at_people(&self, viewer: usize) {
        let graph = &self.graph;
        let beyond = [
            "followUser",
            "unfollowUser",
            "acceptFollowRequest",
            "rejectFollowRequest",
            "removeFollower",
            "muteUser",
        ];
        let by_name = ["blockUser", "unblockUser", "unmuteUser"];
        for n in (0..graph.people.len()).filter(|n| *n != viewer) {
            let is_named = graph.names_person(Some(viewer), n);
            let is_listed = graph.lists_person(Some(viewer), n);
            let mut fields: Vec<&str> = Vec::new();
            fields.extend(beyond.iter().filter(|_| !is_listed).copied());
            fields.extend(by_name.iter().filter(|_| !is_named).copied());
            if is_listed && !graph.requests(n, viewer) {
                fields.extend(&beyond[2..4]);
            }
            for field in fields {
                let call = (field, json!({ "userId": "$" }));
                self.hides(viewer, &call, &graph.user_id(n), &missing(NodeKind::User))
                    .await;
            }
        }
    }

    async fn aim_at_posts(&self, viewer: usize) {
        let graph = &self.graph;
        for (n, post) in graph.posts.iter().enumerate() {
            let id = graph.post_id(n);
            let is_own_repost = post.repost_of.is_some() && post.author == viewer;
            let original = post.repost_of.unwrap_or(n);
            if graph.sees(Some(viewer), n) {
                let [edit, delete, lock] = own_calls();
                for call in [edit, delete].iter().filter(|_| post.author != viewer) {
                    self.forbids(viewer, call, &id).await;
                }
                // Of a repost the original is locked.
                if graph.posts[original].author != viewer {
                    self.forbids(viewer, &lock, &id).await;
                }
                continue;
            }
            let has_reposted = graph.has_reposted(viewer, original);
            let reaction = self.own_reaction(viewer, Subject::Post(original));
            for call in own_calls().into_iter().chain(post_calls()) {
                // R22: what is one's own may be taken back from what is no longer seen.
                let is_own = match call.0 {
                    "deletePost" => is_own_repost && !post.is_deleted,
                    "undoRepost" => has_reposted,
                    "unbookmarkPost" => graph.keeps(viewer, original),
                    "removeReaction" => reaction.is_some(),
                    _ => false,
                };
                if !is_own {
                    self.hides(viewer, &call, &id, &missing(NodeKind::Post))
                        .await;
                }
            }
        }
    }

    async fn aim_at_comments(&self, viewer: usize) {
        let graph = &self.graph;
        for (n, comment) in graph.comments.iter().enumerate() {
            let (id, post) = (graph.comment_id(n), graph.post_id(comment.post));
            let none = missing_within(NodeKind::Comment, &post);
            let is_seen = graph.sees_subject(Some(viewer), Subject::Comment(n));
            let is_own = comment.author == viewer;
            let [edit, delete, hide, add, remove] = comment_calls();
            if is_seen {
                for call in [&edit, &delete].into_iter().filter(|_| !is_own) {
                    self.forbids(viewer, call, &id).await;
                }
                if !graph.is_host(Some(viewer), n) {
                    self.forbids(viewer, &hide, &id).await;
                }
                continue;
            }
            for call in [&edit, &hide, &add] {
                self.hides(viewer, call, &id, &none).await;
            }
            if !is_own || comment.is_deleted {
                self.hides(viewer, &delete, &id, &none).await;
            }
            if self.own_reaction(viewer, Subject::Comment(n)).is_none() {
                self.hides(viewer, &remove, &id, &none).await;
            }
            if graph.may_comment(viewer, comment.post) {
                let input = json!({ "postId": post, "parentId": "$", "body": "more" });
                self.hides(viewer, &("createComment", input), &id, &none)
                    .await;
            }
        }
    }
}

/// Only the author may; others who see the post are told so.
fn own_calls() -> [Call; 3] {
    [
        ("editPost", json!({ "postId": "$", "body": "changed" })),
        ("deletePost", json!({ "postId": "$" })),
        ("lockPost", json!({ "postId": "$", "isLocked": true })),
    ]
}

fn post_calls() -> [Call; 9] {
    let post = json!({ "postId": "$" });
    [
        ("createComment", json!({ "postId": "$", "body": "more" })),
        ("createPost", json!({ "quoteOfId": "$", "body": "more" })),
        ("addReaction", json!({ "subjectId": "$", "emoji": "🦊" })),
        ("removeReaction", json!({ "subjectId": "$", "emoji": "👍" })),
        ("pinPost", post.clone()),
        ("repost", post.clone()),
        ("undoRepost", post.clone()),
        ("bookmarkPost", post.clone()),
        ("unbookmarkPost", post),
    ]
}

fn comment_calls() -> [Call; 5] {
    [
        (
            "editComment",
            json!({ "commentId": "$", "body": "changed" }),
        ),
        ("deleteComment", json!({ "commentId": "$" })),
        ("hideComment", json!({ "commentId": "$", "isHidden": true })),
        ("addReaction", json!({ "subjectId": "$", "emoji": "🦊" })),
        ("removeReaction", json!({ "subjectId": "$", "emoji": "👍" })),
    ]
}
