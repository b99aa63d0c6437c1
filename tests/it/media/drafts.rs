//! What hangs on drafts.

use rookery::posts::commands::publish_due;
use serde_json::{Value, json};

use super::stage::{Stage, hanging};
use crate::support::{Caller, attempt, fields, outcome, text_of};

async fn save(who: &Caller, input: Value) -> String {
    let payload = "draftEdge { node { id } }";
    let done = who.mutate("saveDraft", input, payload).await;
    assert_eq!(outcome(&done), "done");
    text_of(&done["draftEdge"]["node"]["id"])
}

#[tokio::test]
async fn pictures_of_a_draft_are_kept_for_its_author_and_move_to_the_post() {
    let stage = Stage::start().await;
    let [ann, bob] = stage.app.users(["ann", "bob"]).await;
    let (one, two) = (stage.picture(&ann).await, stage.picture(&ann).await);
    let draft = save(&ann, json!({ "mediaIds": [two, one] })).await;
    for _ in 0..3 {
        stage.app.advance(24 * 3_600);
        stage.sweep().await;
    }
    let both = Some(vec![two.clone(), one.clone()]);
    assert_eq!(hanging(&ann, &draft).await, both);
    for id in [&one, &two] {
        assert_eq!(stage.status(&ann, id).await, "READY");
        assert_eq!(stage.status(&bob, id).await, "null");
    }
    let input = json!({ "draftId": draft });
    let payload = "postEdge { node { id body } }";
    let done = ann.mutate("publishDraft", input, payload).await;
    assert_eq!(outcome(&done), "done");
    assert_eq!(done["postEdge"]["node"]["body"], "");
    let post = text_of(&done["postEdge"]["node"]["id"]);
    assert_eq!(hanging(&bob, &post).await, both);
    stage.app.advance(2 * 24 * 3_600);
    stage.sweep().await;
    assert_eq!(stage.status(&bob, &one).await, "READY");
    assert_eq!(stage.row(&one).await.loose_since, None);
}

#[tokio::test]
async fn what_a_draft_lets_go_of_is_gone_after_a_day() {
    let stage = Stage::start().await;
    let ann = stage.app.user("ann").await;
    let (one, two) = (stage.picture(&ann).await, stage.picture(&ann).await);
    let draft = save(&ann, json!({ "mediaIds": [one] })).await;
    let other = save(&ann, json!({ "mediaIds": [two] })).await;
    save(&ann, json!({ "draftId": draft, "mediaIds": null })).await;
    let gone = attempt(&ann, "deleteDraft", json!({ "draftId": other })).await;
    assert_eq!(gone, "done");
    stage.app.advance(24 * 3_600);
    stage.sweep().await;
    assert_eq!(stage.status(&ann, &one).await, "null");
    assert_eq!(stage.status(&ann, &two).await, "null");
}

#[tokio::test]
async fn a_draft_whose_picture_failed_meanwhile_waits_and_says_so() {
    let stage = Stage::start().await;
    let ann = stage.app.user("ann").await;
    let id = stage.picture(&ann).await;
    let at = stage
        .app
        .platform()
        .now()
        .plus(std::time::Duration::from_secs(600));
    let input = json!({ "body": "look", "mediaIds": [id], "publishAt": at.rfc3339() });
    let draft = save(&ann, input).await;
    let sql = "UPDATE media SET status = 'FAILED', failure_reason = 'UNREADABLE'";
    stage.app.sql(sql).await;
    let now = attempt(&ann, "publishDraft", json!({ "draftId": draft })).await;
    assert_eq!(now, "CONFLICT at draftId");
    stage.app.advance(600);
    publish_due(stage.app.platform()).await.unwrap();
    let told = fields(&ann, &draft, "body publishAt publishFailure media { id }").await;
    assert_eq!(
        told,
        json!({ "body": "look", "publishAt": null, "publishFailure": "MEDIA",
            "media": [{ "id": id }] })
    );
}
