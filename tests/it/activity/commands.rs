//! What commands beside the mutations leave in the log: a role, and a seeded town.

use rookery::{
    accounts::Role,
    cli::seed::sow,
    ids::{NodeId, PersonId},
    moderation::commands::set_role_as_operator,
};

use serde_json::json;

use super::log::{Teller, entries};
use crate::{
    concurrency::invariants,
    support::{PASSWORD, TestApp, number, sign_in},
};

#[tokio::test]
async fn a_role_is_told_once_and_by_nobody() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    let mut teller = Teller::default();
    teller.news(&app).await;
    let (p, id) = (app.platform(), NodeId::parse(&ada.id).unwrap().id);
    for _ in 0..2 {
        let given = set_role_as_operator(p, PersonId(id), Role::Moderator);
        given.await.unwrap();
    }
    let told = "user.role_changed.v1 private of ada by the system {personid: ada, role: MODERATOR}";
    assert_eq!(teller.news(&app).await, [told]);
}

#[tokio::test]
async fn everybody_gets_a_personid_that_is_not_their_account() {
    let app = TestApp::start().await;
    app.users(["ada", "bob"]).await;
    let sql = "SELECT COUNT(DISTINCT i.personid) AS n FROM person p JOIN personid i \
               ON i.person_id = p.id WHERE i.personid <> p.id";
    assert_eq!(number(&app, sql).await, 2);
}

/// Whoever the demo suggests to sign in as finds talks, a request, and something to read.
async fn the_first_to_sign_in_has_somebody_to_talk_to(app: &TestApp) {
    let (mara, _) = sign_in(app, "mara_lind").await;
    let query = "{ viewer { unreadMessageCount \
        active: conversations { nodes { kind unreadCount lastMessage { body } } } \
        requests: conversations(status: REQUEST) { nodes { kind unreadCount } } } }";
    let seen = mara.query(query, json!({})).await["viewer"].clone();
    let active = seen["active"]["nodes"].as_array().unwrap();
    let of = |kind: &str| active.iter().filter(|talk| talk["kind"] == kind).count();
    assert!(of("DIRECT") >= 3 && of("GROUP") >= 2, "{seen:#}");
    assert!(
        active
            .iter()
            .all(|talk| talk["lastMessage"]["body"].is_string())
    );
    assert_eq!(seen["unreadMessageCount"], 7);
    let request = json!([{ "kind": "DIRECT", "unreadCount": 2 }]);
    assert_eq!(seen["requests"]["nodes"], request);
    for sql in [
        "SELECT COUNT(*) AS n FROM message WHERE shared_post_id IS NOT NULL",
        "SELECT COUNT(*) AS n FROM message WHERE reply_to_id IS NOT NULL",
        "SELECT COUNT(*) AS n FROM reaction WHERE subject_kind = 'MESSAGE'",
    ] {
        assert!(number(app, sql).await >= 2, "{sql}");
    }
}

#[tokio::test]
async fn a_seeded_town_is_told_when_it_happened_and_counted_at_the_end() {
    let app = TestApp::start().await;
    sow(app.platform(), 1, PASSWORD).await.unwrap();
    for (kinds, told, happened) in [
        ("'user.registered.v1'", "person", "id = a.aggregate"),
        ("'relation.followed.v1'", "following", "id = a.aggregate"),
        (
            "'post.published.v1', 'post.reposted.v1'",
            "post",
            "id = a.aggregate",
        ),
        ("'comment.created.v1'", "comment", "id = a.aggregate"),
        (
            "'conversation.started.v1'",
            "conversation",
            "outside_id = a.aggregate",
        ),
        (
            "'conversation.message_sent.v1'",
            "message",
            "conversation_id = a.home",
        ),
    ] {
        let things = number(
            &app,
            &format!("SELECT COUNT(*) AS n FROM {told} WHERE created_at > 0"),
        )
        .await;
        let facts = number(
            &app,
            &format!(
                "SELECT COUNT(*) AS n FROM activity a WHERE kind IN ({kinds}) AND EXISTS \
                 (SELECT 1 FROM {told} t WHERE t.{happened} AND t.created_at = a.happened_at)"
            ),
        )
        .await;
        assert!(things > 50, "{told}");
        assert_eq!(facts, things, "{told}");
    }
    the_first_to_sign_in_has_somebody_to_talk_to(&app).await;
    invariants::hold(&app).await;
    let reactions = number(&app, "SELECT COUNT(*) AS n FROM reaction").await;
    let entries = entries(&app).await;
    let added = entries
        .iter()
        .filter(|entry| entry.kind == "reaction.added.v1");
    assert_eq!(added.count() as i64, reactions);
    assert!(entries.iter().all(|entry| entry.counts.is_none()));
    let restricted = entries
        .iter()
        .filter(|entry| entry.visibility == "restricted");
    assert!(restricted.count() > 10, "there are private people in town");
    // Hashtags are counted as the log's followers would have it.
    let sql = "SELECT COUNT(*) AS n FROM post_hashtag h JOIN post p ON p.id = h.post_id \
               JOIN person a ON a.id = p.author_id \
               WHERE h.is_counted <> (p.visibility = 'PUBLIC' AND NOT a.is_private)";
    assert_eq!(number(&app, sql).await, 0);
}
