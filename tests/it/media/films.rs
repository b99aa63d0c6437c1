//! Films: kept as they are, but for what tells of their maker.

use super::{
    pictures::{clip, with_place_of},
    stage::{Stage, media},
};

#[tokio::test]
async fn a_film_keeps_its_length_and_loses_what_its_camera_noted() {
    let stage = Stage::start().await;
    let ann = stage.app.user("ann").await;
    let bytes = clip();
    assert!(with_place_of(&bytes));
    let id = stage.upload_as(&ann, "POST", "video/mp4", &bytes).await;
    stage.app.settle().await;
    let fields = "status contentType byteSize width height durationMs blurhash url \
                  thumbnail: url(variant: THUMBNAIL) poster: url(variant: POSTER)";
    let seen = media(&ann, &id, fields).await;
    assert_eq!(seen["status"], "READY", "{seen}");
    assert_eq!(seen["contentType"], "video/mp4");
    assert_eq!(seen["byteSize"], bytes.len());
    assert_eq!(
        (seen["width"].as_i64(), seen["height"].as_i64()),
        (Some(64), Some(48))
    );
    assert_eq!(seen["durationMs"], 1_500);
    assert!(seen["blurhash"].is_null() && seen["thumbnail"].is_null() && seen["poster"].is_null());
    let served = stage.browser.get(seen["url"].as_str().unwrap()).await;
    assert_eq!(served.header("content-type"), Some("video/mp4"));
    assert_eq!(served.body.len(), bytes.len());
    assert!(!with_place_of(&served.body));
}
