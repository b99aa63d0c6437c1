//! What a guest may not do.

use axum::http::StatusCode;
use rookery::ids::NodeKind;
use serde_json::json;

use crate::support::{TestApp, missing};

#[tokio::test]
async fn every_mutation_but_three_needs_a_session() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    let post = ada.post("mine").await;
    let comment = ada.comment(&post, "mine too").await;
    let calls = [
        ("signOut", json!({})),
        ("updateProfile", json!({ "bio": "taken over" })),
        ("changeHandle", json!({ "handle": "taken" })),
        ("followUser", json!({ "userId": ada.id })),
        ("unfollowUser", json!({ "userId": ada.id })),
        ("createPost", json!({ "body": "from nobody" })),
        ("editPost", json!({ "postId": post, "body": "from nobody" })),
        ("deletePost", json!({ "postId": post })),
        (
            "createComment",
            json!({ "postId": post, "body": "from nobody" }),
        ),
        (
            "editComment",
            json!({ "commentId": comment, "body": "from nobody" }),
        ),
        ("deleteComment", json!({ "commentId": comment })),
        ("addReaction", json!({ "subjectId": post, "emoji": "👍" })),
        (
            "removeReaction",
            json!({ "subjectId": post, "emoji": "👍" }),
        ),
        ("deletePost", json!({ "postId": missing(NodeKind::Post) })),
    ];
    for (field, input) in calls {
        let name = format!("{}{}Input", field[..1].to_uppercase(), &field[1..]);
        let query = format!(
            "mutation($input: {name}!) {{ {field}(input: $input) {{ userErrors {{ code }} }} }}"
        );
        let reply = app.guest().send(&query, json!({ "input": input })).await;
        assert_eq!(reply.code(), "UNAUTHENTICATED", "{field}: {:#}", reply.body);
        assert_eq!(reply.body["data"], json!({ field: null }));
        assert_eq!(reply.status, StatusCode::OK, "{field} ran and failed");
    }
    let screen = "{ explore { nodes { body commentCount reactionCount comments { nodes { body } } \
        author { handle bio followerCount } } } }";
    assert_eq!(
        app.guest().query(screen, json!({})).await,
        json!({ "explore": { "nodes": [{
            "body": "mine", "commentCount": 1, "reactionCount": 0,
            "comments": { "nodes": [{ "body": "mine too" }] },
            "author": { "handle": "ada", "bio": "", "followerCount": 0 }
        }] } })
    );
}
