//! What hangs on posts and messages.

use serde_json::json;

use super::stage::{Stage, hanging};
use crate::support::{attempt, missing, outcome, text_of};
use rookery::ids::{NodeId, NodeKind};
use uuid::Uuid;

#[tokio::test]
async fn pictures_hang_on_a_post_in_their_order_each_once_while_they_are_made_ready_too() {
    let stage = Stage::start().await;
    let [ann, bob] = stage.app.users(["ann", "bob"]).await;
    let (one, two) = (stage.picture(&ann).await, stage.picture(&ann).await);
    stage.app.hold();
    let kind = "image/jpeg";
    let early = stage
        .upload_as(&ann, "POST", kind, &super::pictures::photo(9, 9))
        .await;
    let input = json!({ "body": "look", "mediaIds": [two, one, two, early] });
    let made = ann
        .mutate("createPost", input, "postEdge { node { id } }")
        .await;
    assert_eq!(outcome(&made), "done");
    let post = text_of(&made["postEdge"]["node"]["id"]);
    let all = Some(vec![two, one, early.clone()]);
    assert_eq!(hanging(&bob, &post).await, all);
    assert_eq!(stage.status(&bob, &early).await, "PROCESSING");
    stage.app.settle().await;
    assert_eq!(stage.status(&bob, &early).await, "READY");
    assert_eq!(hanging(&stage.app.guest(), &post).await, all);
}

#[tokio::test]
async fn only_own_uploads_that_are_complete_and_meant_for_it_are_attached() {
    let stage = Stage::start().await;
    let [ann, bob] = stage.app.users(["ann", "bob"]).await;
    let own = stage.picture(&ann).await;
    let others = stage.picture(&bob).await;
    let shown = json!({ "body": "mine", "mediaIds": [others] });
    assert_eq!(
        attempt(&bob, "createPost", shown).await,
        "done",
        "Ann sees it now"
    );
    let avatar = stage.picture_for(&ann, "AVATAR").await;
    let awaited = stage.announce(&ann, "POST", "image/png", 10).await;
    let awaited = text_of(&awaited["media"]["id"]);
    let failed = stage.announce(&ann, "POST", "image/png", 10).await;
    let failed = text_of(&failed["media"]["id"]);
    assert_eq!(stage.complete(&ann, &failed).await, "FAILED MISSING");
    let cases = [
        (others, "NOT_FOUND"),
        (missing(NodeKind::Media), "NOT_FOUND"),
        (avatar, "BAD_USER_INPUT"),
        (awaited, "CONFLICT"),
        (failed, "CONFLICT"),
        (ann.id.clone(), "BAD_USER_INPUT"),
        ("nonsense".to_owned(), "BAD_USER_INPUT"),
    ];
    for (id, code) in cases {
        let input = json!({ "body": "look", "mediaIds": [own, id] });
        let done = attempt(&ann, "createPost", input).await;
        assert_eq!(done, format!("{code} at mediaIds.1"), "{id}");
    }
    let many: Vec<_> = (0..11)
        .map(|n| NodeId::new(NodeKind::Media, Uuid::from_u128(n)).to_string())
        .collect();
    let input = json!({ "body": "look", "mediaIds": many });
    let done = attempt(&ann, "createPost", input).await;
    assert_eq!(done, "BAD_USER_INPUT at mediaIds");
}

#[tokio::test]
async fn an_edit_replaces_what_hangs_on_a_post_and_what_is_not_named_stays() {
    let stage = Stage::start().await;
    let ann = stage.app.user("ann").await;
    let (one, two) = (stage.picture(&ann).await, stage.picture(&ann).await);
    let input = json!({ "body": "", "mediaIds": [one] });
    let made = ann
        .mutate("createPost", input, "postEdge { node { id body } }")
        .await;
    assert_eq!(outcome(&made), "done", "a picture needs no words");
    assert_eq!(made["postEdge"]["node"]["body"], "");
    let post = text_of(&made["postEdge"]["node"]["id"]);
    let edit = |rest: serde_json::Value| {
        let mut input = rest;
        input["postId"] = json!(post);
        input
    };
    let none = attempt(&ann, "editPost", edit(json!({ "mediaIds": null }))).await;
    assert_eq!(none, "BAD_USER_INPUT at body", "nothing would be left");
    assert_eq!(hanging(&ann, &post).await, Some(vec![one.clone()]));
    let words = edit(json!({ "body": "words" }));
    assert_eq!(attempt(&ann, "editPost", words).await, "done");
    assert_eq!(hanging(&ann, &post).await, Some(vec![one.clone()]));
    let both = edit(json!({ "mediaIds": [two, one] }));
    assert_eq!(attempt(&ann, "editPost", both).await, "done");
    assert_eq!(hanging(&ann, &post).await, Some(vec![two, one]));
    let none = edit(json!({ "mediaIds": null }));
    assert_eq!(attempt(&ann, "editPost", none).await, "done");
    assert_eq!(hanging(&ann, &post).await, Some(vec![]));
}

#[tokio::test]
async fn a_message_carries_pictures_without_words_and_its_tombstone_carries_none() {
    let stage = Stage::start().await;
    let [ann, bob, cyd] = stage.app.users(["ann", "bob", "cyd"]).await;
    let picture = stage.picture_for(&ann, "MESSAGE").await;
    let room = ann.talk_to(&bob).await;
    let message = ann
        .say_with(json!({ "conversationId": room, "mediaIds": [picture] }))
        .await;
    assert_eq!(hanging(&bob, &message).await, Some(vec![picture.clone()]));
    assert_eq!(stage.status(&bob, &picture).await, "READY");
    assert_eq!(stage.status(&cyd, &picture).await, "null");
    let gone = json!({ "messageId": message });
    assert_eq!(attempt(&ann, "deleteMessage", gone).await, "done");
    assert_eq!(hanging(&bob, &message).await, None);
    assert_eq!(stage.status(&bob, &picture).await, "null");
    assert_eq!(
        stage.status(&ann, &picture).await,
        "READY",
        "her own until it is swept"
    );
}

#[tokio::test]
async fn the_same_key_with_other_pictures_is_another_request() {
    let stage = Stage::start().await;
    let ann = stage.app.user("ann").await;
    let (one, two) = (stage.picture(&ann).await, stage.picture(&ann).await);
    let input = |id: &str| json!({ "body": "look", "mediaIds": [id], "idempotencyKey": "k" });
    assert_eq!(attempt(&ann, "createPost", input(&one)).await, "done");
    assert_eq!(attempt(&ann, "createPost", input(&one)).await, "done");
    let other = attempt(&ann, "createPost", input(&two)).await;
    assert_eq!(other, "IDEMPOTENCY_MISMATCH at idempotencyKey");
}

#[tokio::test]
async fn a_page_of_posts_with_pictures_costs_one_statement_more_however_many_there_are() {
    let stage = Stage::start().await;
    let ann = stage.app.user("ann").await;
    let page = "{ explore(first: 40) { nodes { body media { id url thumbnail: url(variant: \
                THUMBNAIL) blurhash } } } }";
    let mut counts = Vec::new();
    for many in [1, 4] {
        for _ in 0..many {
            let (one, two) = (stage.picture(&ann).await, stage.picture(&ann).await);
            let input = json!({ "body": "look", "mediaIds": [one, two] });
            assert_eq!(attempt(&ann, "createPost", input).await, "done");
        }
        stage.app.forget_statements().await;
        let got = ann.query(page, json!({})).await;
        assert!(got["explore"]["nodes"][0]["media"][1]["url"].is_string());
        counts.push(stage.app.statements().await.len());
    }
    let without = "{ explore(first: 40) { nodes { body } } }";
    stage.app.forget_statements().await;
    ann.query(without, json!({})).await;
    let plain = stage.app.statements().await.len();
    assert_eq!(counts, [plain + 1, plain + 1]);
}
