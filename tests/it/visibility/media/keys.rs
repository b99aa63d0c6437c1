//! Keys of announcements: one's own.

use serde_json::json;

use crate::{support::text_of, visibility::cast::Cast};

#[tokio::test]
async fn the_key_of_somebody_else_answers_with_nothing_of_theirs() {
    let cast = Cast::of(["ada", "bob"]).await;
    let input = json!({
        "purpose": "POST", "contentType": "image/png", "byteSize": 100, "idempotencyKey": "one",
    });
    let mut ids = Vec::new();
    for caller in [0, 1, 0] {
        let caller = &cast.callers[caller];
        let made = "upload { media { id } }";
        let done = caller.mutate("createUpload", input.clone(), made).await;
        ids.push(text_of(&done["upload"]["media"]["id"]));
    }
    assert_ne!(ids[0], ids[1]);
    assert_eq!(ids[0], ids[2]);
}
