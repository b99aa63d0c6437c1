//! R6: a mutation aimed at what its caller may not see, or may not change.

use serde_json::{Value, json};

use super::world::World;
use crate::support::{attempt, number};

/// Everything that a refused mutation must leave alone, as one line of numbers.
async fn fingerprint(world: &World) -> Vec<i64> {
    let mut numbers = Vec::new();
    for sql in [
        "SELECT COUNT(*) AS n FROM post WHERE deleted_at IS NULL",
        "SELECT COUNT(*) AS n FROM post_edit",
        "SELECT COUNT(*) AS n FROM comment WHERE deleted_at IS NULL",
        "SELECT COUNT(*) AS n FROM comment WHERE is_gone",
        "SELECT COUNT(*) AS n FROM comment_edit",
        "SELECT COUNT(*) AS n FROM reaction",
        "SELECT CAST(COALESCE(SUM(count), 0) AS BIGINT) AS n FROM reaction_group",
        "SELECT CAST(COALESCE(SUM(value), 0) AS BIGINT) AS n FROM counter",
        "SELECT CAST(COALESCE(SUM(LENGTH(body)), 0) AS BIGINT) AS n FROM post",
        "SELECT CAST(COALESCE(SUM(LENGTH(body)), 0) AS BIGINT) AS n FROM comment",
    ] {
        numbers.push(number(&world.app, sql).await);
    }
    numbers
}

impl World {
    /// Aims every mutation at every post and comment that `viewer` may not change.
    pub async fn compare_targets(&self, viewer: usize) {
        let before = fingerprint(self).await;
        for post in &self.posts {
            let calls = post_calls(&post.id);
            if !self.sees(Some(viewer), post) {
                for (field, input, path) in &calls {
                    self.expect(viewer, field, input, &format!("NOT_FOUND at {path}"))
                        .await;
                }
            } else if post.author != viewer {
                for (field, input, path) in &calls[..2] {
                    self.expect(viewer, field, input, &format!("FORBIDDEN at {path}"))
                        .await;
                }
            }
        }
        for (n, comment) in self.comments.iter().enumerate() {
            let calls = comment_calls(&comment.id, &self.posts[comment.post].id);
            let is_seen = self.sees_comment(Some(viewer), n);
            if !is_seen || comment.is_deleted {
                for (field, input, path) in &calls[..4] {
                    self.expect(viewer, field, input, &format!("NOT_FOUND at {path}"))
                        .await;
                }
                let post_is_seen = self.sees(Some(viewer), &self.posts[comment.post]);
                let path = if post_is_seen { "parentId" } else { "postId" };
                let (field, input, _) = &calls[4];
                self.expect(viewer, field, input, &format!("NOT_FOUND at {path}"))
                    .await;
            } else if comment.author != viewer {
                for (field, input, path) in &calls[..2] {
                    self.expect(viewer, field, input, &format!("FORBIDDEN at {path}"))
                        .await;
                }
            }
        }
        assert_eq!(fingerprint(self).await, before, "seed {}", self.seed);
    }

    async fn expect(&self, viewer: usize, field: &str, input: &Value, expected: &str) {
        let got = attempt(&self.people[viewer], field, input.clone()).await;
        assert_eq!(
            got, expected,
            "{field} by {viewer}, {input}, seed {}",
            self.seed
        );
    }
}

type Call = (&'static str, Value, &'static str);

/// The first two are the author's alone.
fn post_calls(id: &str) -> [Call; 5] {
    [
        (
            "editPost",
            json!({ "postId": id, "body": "changed" }),
            "postId",
        ),
        ("deletePost", json!({ "postId": id }), "postId"),
        (
            "createComment",
            json!({ "postId": id, "body": "more" }),
            "postId",
        ),
        (
            "addReaction",
            json!({ "subjectId": id, "emoji": "🦊" }),
            "subjectId",
        ),
        (
            "removeReaction",
            json!({ "subjectId": id, "emoji": "👍" }),
            "subjectId",
        ),
    ]
}

/// The first two are the author's alone.
fn comment_calls(id: &str, post: &str) -> [Call; 5] {
    [
        (
            "editComment",
            json!({ "commentId": id, "body": "changed" }),
            "commentId",
        ),
        ("deleteComment", json!({ "commentId": id }), "commentId"),
        (
            "addReaction",
            json!({ "subjectId": id, "emoji": "🦊" }),
            "subjectId",
        ),
        (
            "removeReaction",
            json!({ "subjectId": id, "emoji": "👍" }),
            "subjectId",
        ),
        (
            "createComment",
            json!({ "postId": post, "parentId": id, "body": "more" }),
            "parentId",
        ),
    ]
}
