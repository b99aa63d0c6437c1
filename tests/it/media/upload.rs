//! From an announcement to a picture that can be looked at.

use std::time::Duration;

use serde_json::{Value, json};

use super::{
    pictures::{photo, with_places},
    stage::{Stage, media},
};
use crate::support::{attempt, outcome, text_of};

#[tokio::test]
async fn a_picture_is_announced_sent_completed_and_made_ready() {
    let stage = Stage::start().await;
    let ann = stage.app.user("ann").await;
    let bytes = with_places(600, 400);
    let upload = stage
        .announce(&ann, "POST", "image/jpeg", bytes.len())
        .await;
    assert_eq!(upload["method"], "PUT");
    assert_eq!(upload["media"]["status"], "PENDING");
    let until = stage.app.platform().now().plus(Duration::from_secs(600));
    assert_eq!(upload["expiresAt"], json!(until.rfc3339()));
    assert_eq!(stage.send(&upload, &bytes).await, 200);
    let id = text_of(&upload["media"]["id"]);
    assert_eq!(stage.complete(&ann, &id).await, "PROCESSING");
    stage.app.settle().await;

    let forms = "status contentType width height blurhash durationMs \
                 url thumbnail: url(variant: THUMBNAIL) poster: url(variant: POSTER)";
    let seen = media(&ann, &id, forms).await;
    assert_eq!(seen["status"], "READY");
    assert_eq!(
        (&seen["width"], &seen["height"]),
        (&json!(600), &json!(400))
    );
    assert!(seen["blurhash"].as_str().is_some_and(|hash| hash.len() > 6));
    assert_eq!(seen["poster"], Value::Null, "nothing moves in it");

    let original = stage.browser.get(seen["url"].as_str().unwrap()).await;
    assert_eq!(original.status, 200);
    assert_eq!(original.header("content-type"), Some("image/jpeg"));
    assert_eq!(
        original.header("content-disposition"),
        Some("inline; filename=\"original.jpg\"")
    );
    assert!(original.body.starts_with(&[0xFF, 0xD8, 0xFF]));
    for trace in ["Exif", "GPS", "Canon", "secret place"] {
        let found = original
            .body
            .windows(trace.len())
            .any(|part| part == trace.as_bytes());
        assert!(!found, "{trace} is still in it");
    }
    let thumbnail = stage.browser.get(seen["thumbnail"].as_str().unwrap()).await;
    assert_eq!(thumbnail.header("content-type"), Some("image/webp"));
    assert!(thumbnail.body.len() < original.body.len());
    let left = stage.objects().await;
    assert!(
        left.iter().all(|key| key.starts_with("private/")),
        "{left:?}"
    );
}

#[tokio::test]
async fn nothing_of_a_picture_is_served_before_it_is_ready() {
    let stage = Stage::start().await;
    let ann = stage.app.user("ann").await;
    let upload = stage
        .announce(&ann, "POST", "image/jpeg", photo(8, 8).len())
        .await;
    let id = text_of(&upload["media"]["id"]);
    assert_eq!(stage.url(&ann, &id).await, None);
    assert_eq!(stage.send(&upload, &photo(8, 8)).await, 200);
    stage.app.hold();
    assert_eq!(stage.complete(&ann, &id).await, "PROCESSING");
    assert_eq!(stage.url(&ann, &id).await, None);
    stage.app.settle().await;
    assert!(stage.url(&ann, &id).await.is_some());
}

#[tokio::test]
async fn completing_twice_in_parallel_or_later_changes_nothing() {
    let stage = Stage::start().await;
    let ann = stage.app.user("ann").await;
    stage.app.hold();
    let bytes = photo(64, 48);
    let upload = stage
        .announce(&ann, "POST", "image/jpeg", bytes.len())
        .await;
    assert_eq!(stage.send(&upload, &bytes).await, 200);
    let id = text_of(&upload["media"]["id"]);
    let twice = tokio::join!(stage.complete(&ann, &id), stage.complete(&ann, &id));
    assert_eq!(twice, ("PROCESSING".to_owned(), "PROCESSING".to_owned()));
    stage.app.settle().await;
    assert_eq!(stage.complete(&ann, &id).await, "READY");
    let facts = "SELECT COUNT(*) AS n FROM activity WHERE kind = 'media.uploaded.v1'";
    assert_eq!(crate::support::number(&stage.app, facts).await, 1);
}

#[tokio::test]
async fn a_repeated_announcement_answers_with_the_first_one_whose_address_is_good_again() {
    let stage = Stage::start().await;
    let ann = stage.app.user("ann").await;
    let input = |size: i32| {
        json!({
            "purpose": "POST", "contentType": "image/png", "byteSize": size,
            "altText": "A boat", "idempotencyKey": "one",
        })
    };
    let fields = "upload { media { id altText } url expiresAt }";
    let first = ann.mutate("createUpload", input(100), fields).await["upload"].clone();
    stage.app.advance(3_600);
    let again = ann.mutate("createUpload", input(100), fields).await["upload"].clone();
    assert_eq!(first["media"], again["media"]);
    assert_eq!(first["media"]["altText"], "A boat");
    let until = stage.app.platform().now().plus(Duration::from_secs(600));
    assert_eq!(again["expiresAt"], json!(until.rfc3339()));
    assert_ne!(first["expiresAt"], again["expiresAt"]);
    assert_ne!(first["url"], again["url"]);
    let other = attempt(&ann, "createUpload", input(101)).await;
    assert_eq!(other, "IDEMPOTENCY_MISMATCH at idempotencyKey");
    let gone = json!({ "mediaId": first["media"]["id"] });
    assert_eq!(attempt(&ann, "deleteMedia", gone).await, "done");
    let after = attempt(&ann, "createUpload", input(100)).await;
    assert_eq!(after, "NOT_FOUND at idempotencyKey");
}

#[tokio::test]
async fn an_announcement_is_refused_where_its_words_do_not_fit() {
    let stage = Stage::start().await;
    let ann = stage.app.user("ann").await;
    let cases = [
        ("POST", "image/svg+xml", 10, "BAD_USER_INPUT at contentType"),
        ("POST", "text/html", 10, "BAD_USER_INPUT at contentType"),
        ("POST", "", 10, "BAD_USER_INPUT at contentType"),
        ("AVATAR", "video/mp4", 10, "BAD_USER_INPUT at contentType"),
        ("POST", "image/jpeg", 0, "BAD_USER_INPUT at byteSize"),
        ("POST", "image/jpeg", -1, "BAD_USER_INPUT at byteSize"),
        (
            "POST",
            "image/jpeg",
            (20 << 20) + 1,
            "BAD_USER_INPUT at byteSize",
        ),
        ("POST", "image/jpeg", 20 << 20, "done"),
        (
            "MESSAGE",
            "video/webm",
            (100 << 20) + 1,
            "BAD_USER_INPUT at byteSize",
        ),
        ("MESSAGE", "video/webm", 100 << 20, "done"),
        ("BANNER", "IMAGE/WEBP", 10, "done"),
    ];
    for (purpose, kind, size, expected) in cases {
        let input = json!({ "purpose": purpose, "contentType": kind, "byteSize": size });
        let done = ann.mutate("createUpload", input, "upload { url }").await;
        assert_eq!(outcome(&done), expected, "{purpose} {kind} {size}");
    }
    let long = json!({ "purpose": "POST", "contentType": "image/png", "byteSize": 1,
        "altText": "x".repeat(1_001) });
    let done = attempt(&ann, "createUpload", long).await;
    assert_eq!(done, "BAD_USER_INPUT at altText");
}

#[tokio::test]
async fn nobody_announces_more_than_they_may_keep() {
    let stage = Stage::start().await;
    let [ann, bob] = stage.app.users(["ann", "bob"]).await;
    let film = json!({ "purpose": "POST", "contentType": "video/mp4", "byteSize": 100 << 20 });
    let mut first = None;
    for _ in 0..20 {
        let done = ann
            .mutate("createUpload", film.clone(), "upload { media { id } }")
            .await;
        assert_eq!(outcome(&done), "done");
        first.get_or_insert_with(|| text_of(&done["upload"]["media"]["id"]));
    }
    // 2,000 of 2,048 MiB.
    assert_eq!(
        attempt(&ann, "createUpload", film.clone()).await,
        "CONFLICT at byteSize"
    );
    assert_eq!(attempt(&bob, "createUpload", film.clone()).await, "done");
    let gone = json!({ "mediaId": first });
    assert_eq!(attempt(&ann, "deleteMedia", gone).await, "done");
    let again = attempt(&ann, "createUpload", film.clone()).await;
    assert_eq!(again, "CONFLICT at byteSize", "its bytes may still arrive");
    stage.app.advance(2 * 3_600);
    assert_eq!(attempt(&ann, "createUpload", film).await, "done");
}

#[tokio::test]
async fn a_description_is_changed_by_its_uploader_alone_and_stays_where_it_is_not_named() {
    let stage = Stage::start().await;
    let [ann, bob] = stage.app.users(["ann", "bob"]).await;
    let id = stage.picture(&ann).await;
    let said = |text: Value| json!({ "mediaId": id, "altText": text });
    assert_eq!(
        attempt(&ann, "updateMedia", said(json!("A boat"))).await,
        "done"
    );
    assert_eq!(
        attempt(&ann, "updateMedia", json!({ "mediaId": id })).await,
        "done"
    );
    assert_eq!(media(&ann, &id, "altText").await["altText"], "A boat");
    let refused = attempt(&bob, "updateMedia", said(json!("A ship"))).await;
    assert_eq!(refused, "NOT_FOUND at mediaId");
    let post = json!({ "body": "look", "mediaIds": [id] });
    assert_eq!(attempt(&ann, "createPost", post).await, "done");
    let refused = attempt(&bob, "updateMedia", said(json!("A ship"))).await;
    assert_eq!(refused, "FORBIDDEN at mediaId", "they see it now");
    assert_eq!(
        attempt(&ann, "updateMedia", said(Value::Null)).await,
        "done"
    );
    assert_eq!(media(&bob, &id, "altText").await["altText"], Value::Null);
}
