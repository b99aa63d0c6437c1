//! What happens to media at the same time.

use serde_json::json;

use super::stage::Stage;
use crate::support::{attempt, number};

/// Rows that cannot be: deleted media that hang on something, and media that do not know whether
/// they hang on anything.
const WRONG: &str = "SELECT COUNT(*) AS n FROM media m WHERE (m.deleted_at IS NOT NULL AND EXISTS \
    (SELECT 1 FROM media_attachment a WHERE a.media_id = m.id)) OR (m.deleted_at IS NULL AND \
    (m.loose_since IS NULL) <> EXISTS (SELECT 1 FROM media_attachment a WHERE a.media_id = m.id))";

#[tokio::test]
async fn attaching_and_deleting_at_once_leaves_nothing_deleted_on_a_post() {
    let stage = Stage::start().await;
    let ann = stage.app.user("ann").await;
    for round in 0..10 {
        let id = stage.picture(&ann).await;
        let post = json!({ "body": "look", "mediaIds": [id] });
        let gone = json!({ "mediaId": id });
        let done = tokio::join!(
            attempt(&ann, "createPost", post.clone()),
            attempt(&ann, "createPost", post),
            attempt(&ann, "deleteMedia", gone),
        );
        assert_eq!(done.2, "done", "round {round}");
        for posted in [done.0, done.1] {
            assert!(
                ["done", "NOT_FOUND at mediaIds.0"].contains(&posted.as_str()),
                "{posted}"
            );
        }
        assert_eq!(number(&stage.app, WRONG).await, 0, "round {round}");
    }
}

#[tokio::test]
async fn an_edit_that_keeps_a_picture_while_it_is_deleted_does_not_hang_it_up_again() {
    let stage = Stage::start().await;
    let ann = stage.app.user("ann").await;
    for round in 0..10 {
        let (one, two) = (stage.picture(&ann).await, stage.picture(&ann).await);
        let input = json!({ "body": "look", "mediaIds": [one] });
        let made = ann
            .mutate("createPost", input, "postEdge { node { id } }")
            .await;
        let post = &made["postEdge"]["node"]["id"];
        let both = json!({ "postId": post, "mediaIds": [two, one] });
        let (edited, gone) = tokio::join!(
            attempt(&ann, "editPost", both),
            attempt(&ann, "deleteMedia", json!({ "mediaId": one })),
        );
        assert_eq!(gone, "done", "round {round}");
        assert!(
            ["done", "NOT_FOUND at mediaIds.1"].contains(&edited.as_str()),
            "{edited}"
        );
        assert_eq!(number(&stage.app, WRONG).await, 0, "round {round}");
    }
}

#[tokio::test]
async fn an_avatar_and_a_banner_named_for_a_post_are_not_locked_out_of_order() {
    let stage = Stage::start().await;
    let ann = stage.app.user("ann").await;
    let banner = stage.picture_for(&ann, "BANNER").await;
    let avatar = stage.picture_for(&ann, "AVATAR").await;
    for _ in 0..10 {
        let both = json!({ "avatarId": avatar, "bannerId": banner });
        let wrong = json!({ "body": "look", "mediaIds": [banner, avatar] });
        let done = tokio::join!(
            attempt(&ann, "updateProfile", both),
            attempt(&ann, "createPost", wrong),
        );
        assert_eq!(done.0, "done");
        assert_eq!(done.1, "BAD_USER_INPUT at mediaIds.0");
        let none = json!({ "avatarId": null, "bannerId": null });
        assert_eq!(attempt(&ann, "updateProfile", none).await, "done");
    }
}

#[tokio::test]
async fn pictures_that_are_swapped_between_posts_at_once_wait_for_each_other_in_one_order() {
    let stage = Stage::start().await;
    let ann = stage.app.user("ann").await;
    let (one, two) = (stage.picture(&ann).await, stage.picture(&ann).await);
    let mut posts = Vec::new();
    for ids in [[&one, &two], [&two, &one]] {
        let input = json!({ "body": "look", "mediaIds": ids });
        let made = ann
            .mutate("createPost", input, "postEdge { node { id } }")
            .await;
        posts.push(made["postEdge"]["node"]["id"].clone());
    }
    for round in 0..10 {
        let edit =
            |post: usize, ids: [&String; 2]| json!({ "postId": posts[post], "mediaIds": ids });
        let (a, b) = match round % 2 {
            0 => ([&two, &one], [&one, &two]),
            _ => ([&one, &two], [&two, &one]),
        };
        let done = tokio::join!(
            attempt(&ann, "editPost", edit(0, a)),
            attempt(&ann, "editPost", edit(1, b)),
            attempt(
                &ann,
                "updateMedia",
                json!({ "mediaId": one, "altText": format!("{round}") })
            ),
        );
        assert_eq!(
            done,
            ("done".to_owned(), "done".to_owned(), "done".to_owned())
        );
    }
    assert_eq!(number(&stage.app, WRONG).await, 0);
}

#[tokio::test]
async fn announcements_at_once_never_exceed_what_one_person_may_keep() {
    let stage = Stage::start().await;
    let ann = stage.app.user("ann").await;
    let film = json!({ "purpose": "POST", "contentType": "video/mp4", "byteSize": 100 << 20 });
    for _ in 0..18 {
        assert_eq!(attempt(&ann, "createUpload", film.clone()).await, "done");
    }
    let four = (0..4).map(|_| attempt(&ann, "createUpload", film.clone()));
    let mut done = futures_util::future::join_all(four).await;
    done.sort();
    assert_eq!(
        done,
        [
            "CONFLICT at byteSize",
            "CONFLICT at byteSize",
            "done",
            "done"
        ]
    );
}
