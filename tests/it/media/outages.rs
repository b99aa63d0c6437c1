//! The store is away.

use serde_json::json;

use super::{
    pictures::photo,
    stage::{Stage, media},
};
use crate::support::{attempt, text_of};

#[tokio::test]
async fn without_the_store_announcements_and_addresses_go_on_and_completing_can_be_repeated() {
    let (stage, door) = Stage::behind_a_door().await;
    let ann = stage.app.user("ann").await;
    let shown = stage.picture(&ann).await;
    let bytes = photo(64, 48);
    let upload = stage
        .announce(&ann, "POST", "image/jpeg", bytes.len())
        .await;
    assert_eq!(stage.send(&upload, &bytes).await, 200);
    let id = text_of(&upload["media"]["id"]);
    door.close();
    assert_eq!(stage.complete(&ann, &id).await, "UNAVAILABLE");
    assert_eq!(stage.status(&ann, &id).await, "PENDING");
    let next = stage.announce(&ann, "POST", "image/jpeg", 10).await;
    assert!(next["url"].is_string());
    assert!(stage.url(&ann, &shown).await.is_some());
    let post = json!({ "body": "look", "mediaIds": [shown] });
    assert_eq!(attempt(&ann, "createPost", post).await, "done");
    door.open();
    stage.until_it_answers().await;
    assert_eq!(stage.complete(&ann, &id).await, "PROCESSING");
    stage.app.settle().await;
    assert_eq!(stage.status(&ann, &id).await, "READY");
}

#[tokio::test]
async fn what_cannot_be_made_ready_for_the_stores_sake_waits_and_nothing_is_lost() {
    let (stage, door) = Stage::behind_a_door().await;
    let ann = stage.app.user("ann").await;
    stage.app.hold();
    let id = stage
        .upload_as(&ann, "POST", "image/jpeg", &photo(64, 48))
        .await;
    door.close();
    stage.app.settle().await;
    let seen = media(&ann, &id, "status").await;
    assert_eq!(seen["status"], "PROCESSING");
    assert_eq!(
        stage.row(&id).await.attempts,
        0,
        "that is not the picture's fault"
    );
    door.open();
    stage.until_it_answers().await;
    stage.until(&ann, &id, "READY").await;
}

#[tokio::test]
async fn a_sweep_without_the_store_is_done_by_the_next_one() {
    let (stage, door) = Stage::behind_a_door().await;
    let ann = stage.app.user("ann").await;
    let id = stage.picture(&ann).await;
    stage.app.hold();
    assert_eq!(
        attempt(&ann, "deleteMedia", json!({ "mediaId": id })).await,
        "done"
    );
    stage.app.advance(2 * 3_600);
    door.close();
    let store = stage.bucket();
    let swept = rookery::media::sweep::sweep(stage.app.platform(), &store).await;
    assert!(swept.is_err());
    door.open();
    stage.until_it_answers().await;
    stage.sweep().await;
    assert_eq!(stage.objects().await, Vec::<String>::new());
}
