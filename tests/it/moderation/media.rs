//! Pictures that staff hides: their uploader and staff alone have them (R15, R32).

use serde_json::json;

use super::stage::{hiding, moderator, report, restoring};
use crate::{
    media::stage::Stage,
    support::{Caller, fields, node, outcome, states, text_of},
};

const OF_POST: &str = "... on Post { media { id } }";

#[tokio::test]
async fn a_hidden_picture_is_nowhere_but_with_its_uploader_and_staff() {
    let stage = Stage::start().await;
    let [ann, bob] = stage.app.users(["ann", "bob"]).await;
    let staff = moderator(&stage.app).await;
    let id = stage.picture(&ann).await;
    let input = json!({ "body": "look", "mediaIds": [id] });
    let made = ann
        .mutate("createPost", input, "postEdge { node { id } }")
        .await;
    let post = text_of(&made["postEdge"]["node"]["id"]);
    let sees = async |who: &Caller| {
        let alone = node(who, &id, "... on Media { url hiddenAt }").await;
        let hangs = fields(who, &post, OF_POST).await["media"] != json!([]);
        assert_eq!(alone.is_object(), hangs, "{}", who.handle);
        alone["url"].is_string()
    };
    let guest = stage.app.guest();
    assert_eq!(hiding(&staff, &id).await, "done");
    for (who, is_seen) in [(&ann, true), (&staff, true), (&bob, false), (&guest, false)] {
        assert_eq!(sees(who).await, is_seen, "{}", who.handle);
    }
    let at = node(&ann, &id, "... on Media { hiddenAt }").await;
    assert!(at["hiddenAt"].is_string());
    assert_eq!(restoring(&staff, &id).await, "done");
    for who in [&ann, &staff, &bob, &guest] {
        assert!(sees(who).await, "{}", who.handle);
    }
}

#[tokio::test]
async fn staff_has_the_pictures_of_what_is_reported_through_blocks_and_membership() {
    let stage = Stage::start().await;
    let [ann, bob] = stage.app.users(["ann", "bob"]).await;
    let staff = moderator(&stage.app).await;
    let room = ann.talk_to(&bob).await;
    let id = stage.picture_for(&ann, "MESSAGE").await;
    let message = ann
        .say_with(json!({ "conversationId": room, "mediaIds": [id] }))
        .await;
    states::block(&stage.app, &ann, &staff).await;
    let made = report(&bob, &message).await;
    let alone = report(&bob, &id).await;
    for report in [&made, &alone] {
        let found = fields(&staff, report, "... on Report { media { id url } }").await;
        assert_eq!(found["media"][0]["id"], json!(id));
        assert!(found["media"][0]["url"].is_string());
        let found = fields(&bob, report, "... on Report { media { id } }").await;
        assert_eq!(found["media"], json!(null), "for staff alone");
    }
    assert!(node(&staff, &id, "").await.is_null(), "not outside");
    let input = json!({ "subjectId": id, "reason": "r" });
    let done = staff
        .mutate("hideContent", input, "subject { ... on Media { id } }")
        .await;
    assert_eq!(outcome(&done), "done");
    assert!(node(&bob, &id, "").await.is_null());
}
