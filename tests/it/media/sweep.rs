//! What is left behind is taken away.

use serde_json::json;

use super::{pictures::photo, stage::Stage};
use crate::support::{attempt, text_of};

#[tokio::test]
async fn an_upload_that_was_never_completed_is_gone_after_a_day_with_its_bytes() {
    let stage = Stage::start().await;
    let ann = stage.app.user("ann").await;
    let bytes = photo(64, 48);
    let upload = stage
        .announce(&ann, "POST", "image/jpeg", bytes.len())
        .await;
    assert_eq!(stage.send(&upload, &bytes).await, 200);
    let id = text_of(&upload["media"]["id"]);
    stage.app.advance(24 * 3_600 - 1);
    stage.sweep().await;
    assert_eq!(stage.status(&ann, &id).await, "PENDING");
    assert_eq!(stage.objects().await.len(), 1);
    stage.app.advance(1);
    stage.sweep().await;
    assert_eq!(stage.status(&ann, &id).await, "null");
    assert_eq!(stage.objects().await, Vec::<String>::new());
}

#[tokio::test]
async fn what_hangs_on_nothing_for_a_day_is_gone_and_what_hangs_on_something_stays() {
    let stage = Stage::start().await;
    let ann = stage.app.user("ann").await;
    let (kept, loose) = (stage.picture(&ann).await, stage.picture(&ann).await);
    let input = json!({ "body": "look", "mediaIds": [kept] });
    assert_eq!(attempt(&ann, "createPost", input).await, "done");
    for _ in 0..3 {
        stage.app.advance(24 * 3_600);
        stage.sweep().await;
    }
    assert_eq!(stage.status(&ann, &kept).await, "READY");
    assert_eq!(stage.status(&ann, &loose).await, "null");
    assert_eq!(
        stage.row(&kept).await.sweep_at,
        None,
        "nothing is left to do"
    );
    assert_eq!(stage.row(&loose).await.sweep_at, None);
}

#[tokio::test]
async fn bytes_that_come_after_the_deletion_are_swept_too() {
    let stage = Stage::start().await;
    let ann = stage.app.user("ann").await;
    let bytes = photo(64, 48);
    let upload = stage
        .announce(&ann, "POST", "image/jpeg", bytes.len())
        .await;
    let id = text_of(&upload["media"]["id"]);
    assert_eq!(
        attempt(&ann, "deleteMedia", json!({ "mediaId": id })).await,
        "done"
    );
    stage.app.settle().await;
    assert_eq!(
        stage.send(&upload, &bytes).await,
        200,
        "the address is good for a while"
    );
    assert_eq!(stage.objects().await.len(), 1);
    stage.app.advance(2 * 3_600);
    stage.sweep().await;
    assert_eq!(stage.objects().await, Vec::<String>::new());
    assert_eq!(stage.row(&id).await.sweep_at, None);
}

#[tokio::test]
async fn bytes_sent_again_after_a_picture_was_made_ready_are_swept_and_change_nothing() {
    let stage = Stage::start().await;
    let ann = stage.app.user("ann").await;
    let bytes = photo(64, 48);
    let upload = stage
        .announce(&ann, "POST", "image/jpeg", bytes.len())
        .await;
    assert_eq!(stage.send(&upload, &bytes).await, 200);
    assert_eq!(stage.send(&upload, &bytes).await, 412, "once is enough");
    let id = text_of(&upload["media"]["id"]);
    assert_eq!(stage.complete(&ann, &id).await, "PROCESSING");
    stage.app.settle().await;
    let ready = stage.objects().await;
    assert_eq!(stage.send(&upload, &bytes).await, 200, "the first are gone");
    stage.app.advance(2 * 3_600);
    stage.sweep().await;
    assert_eq!(stage.objects().await, ready);
    assert_eq!(stage.status(&ann, &id).await, "READY");
}
