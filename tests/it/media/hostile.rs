//! Bytes that are not what they claim to be.

use serde_json::json;

use super::{
    pictures::{clip, photo, png_header, polyglot},
    stage::{Stage, media},
};
use crate::support::text_of;

/// What becomes of bytes that are announced as `kind`.
async fn fate(kind: &str, bytes: &[u8]) -> String {
    let stage = Stage::start().await;
    let ann = stage.app.user("ann").await;
    let upload = stage.announce(&ann, "POST", kind, bytes.len()).await;
    assert_eq!(stage.send(&upload, bytes).await, 200);
    let id = text_of(&upload["media"]["id"]);
    stage.complete(&ann, &id).await;
    stage.app.settle().await;
    let fate = stage.status(&ann, &id).await;
    if fate != "READY" {
        assert_eq!(stage.url(&ann, &id).await, None, "{fate}");
        assert_eq!(stage.objects().await, Vec::<String>::new(), "{fate}");
    }
    fate
}

#[tokio::test]
async fn html_named_a_picture_is_of_the_wrong_type() {
    assert_eq!(
        fate("image/png", b"<html><script>alert(1)</script></html>").await,
        "FAILED WRONG_TYPE"
    );
}

#[tokio::test]
async fn a_png_announced_as_jpeg_is_of_the_wrong_type() {
    assert_eq!(
        fate("image/jpeg", &png_header(8, 8)).await,
        "FAILED WRONG_TYPE"
    );
}

#[tokio::test]
async fn a_header_of_30000_by_30000_is_too_large_before_a_pixel_is_read() {
    assert_eq!(
        fate("image/png", &png_header(30_000, 30_000)).await,
        "FAILED TOO_LARGE"
    );
}

#[tokio::test]
async fn a_picture_that_is_cut_off_is_unreadable() {
    let whole = photo(640, 480);
    assert_eq!(
        fate("image/jpeg", &whole[..whole.len() / 2]).await,
        "FAILED UNREADABLE"
    );
}

#[tokio::test]
async fn a_header_without_pixels_is_unreadable() {
    assert_eq!(
        fate("image/png", &png_header(64, 64)).await,
        "FAILED UNREADABLE"
    );
}

#[tokio::test]
async fn half_a_film_is_unreadable() {
    let whole = clip();
    assert_eq!(
        fate("video/mp4", &whole[..whole.len() / 2]).await,
        "FAILED UNREADABLE"
    );
}

#[tokio::test]
async fn what_hangs_behind_a_picture_is_not_served() {
    let stage = Stage::start().await;
    let ann = stage.app.user("ann").await;
    let id = stage
        .upload_as(&ann, "POST", "image/jpeg", &polyglot())
        .await;
    stage.app.settle().await;
    assert_eq!(stage.status(&ann, &id).await, "READY");
    let keys = stage.objects().await;
    assert!(keys.len() >= 4, "{keys:?}");
    for key in keys {
        let bytes = stage.bucket().first_bytes(&key, 1 << 20).await.unwrap();
        let has = |what: &[u8]| bytes.windows(what.len()).any(|part| part == what);
        assert!(!has(b"<script>") && !has(b"PK\x03\x04"), "{key}");
    }
}

#[tokio::test]
async fn the_store_refuses_more_less_and_other_bytes_than_were_announced() {
    let stage = Stage::start().await;
    let ann = stage.app.user("ann").await;
    let bytes = photo(64, 48);
    let upload = stage
        .announce(&ann, "POST", "image/jpeg", bytes.len())
        .await;
    let longer = [bytes.as_slice(), b"more"].concat();
    for wrong in [&longer[..], &bytes[..bytes.len() - 1]] {
        assert_eq!(
            stage.send(&upload, wrong).await,
            403,
            "{} bytes",
            wrong.len()
        );
    }
    let mut typed = upload.clone();
    for header in typed["headers"].as_array_mut().unwrap() {
        if header["name"] == "content-type" {
            header["value"] = json!("text/html");
        }
    }
    assert_eq!(stage.send(&typed, &bytes).await, 403);
    let mut elsewhere = upload.clone();
    let url = text_of(&upload["url"]);
    elsewhere["url"] = json!(url.replacen("/incoming/", "/private/", 1));
    assert_eq!(stage.send(&elsewhere, &bytes).await, 403);
    assert_eq!(stage.objects().await, Vec::<String>::new());
    let id = text_of(&upload["media"]["id"]);
    assert_eq!(stage.complete(&ann, &id).await, "FAILED MISSING");
}

#[tokio::test]
async fn an_address_for_an_upload_ends_after_ten_minutes() {
    let stage = Stage::start().await;
    let ann = stage.app.user("ann").await;
    stage.app.rewind(601);
    let bytes = photo(64, 48);
    let upload = stage
        .announce(&ann, "POST", "image/jpeg", bytes.len())
        .await;
    assert_eq!(stage.send(&upload, &bytes).await, 403);
}

#[tokio::test]
async fn an_upload_of_somebody_else_is_not_found_by_whoever_knows_its_id() {
    let stage = Stage::start().await;
    let [ann, bob] = stage.app.users(["ann", "bob"]).await;
    let upload = stage.announce(&ann, "POST", "image/jpeg", 10).await;
    let id = text_of(&upload["media"]["id"]);
    assert_eq!(stage.complete(&bob, &id).await, "NOT_FOUND at mediaId");
    assert_eq!(stage.status(&bob, &id).await, "null");
    assert_eq!(media(&ann, &id, "byteSize").await["byteSize"], 10);
}

#[tokio::test]
async fn a_picture_that_has_ended_five_workers_is_given_up() {
    let stage = Stage::start().await;
    let ann = stage.app.user("ann").await;
    stage.app.hold();
    let id = stage
        .upload_as(&ann, "POST", "image/jpeg", &photo(8, 8))
        .await;
    stage.app.sql("UPDATE media SET attempts = 5").await;
    stage.app.settle().await;
    assert_eq!(stage.status(&ann, &id).await, "FAILED UNREADABLE");
    assert_eq!(stage.objects().await, Vec::<String>::new());
}
