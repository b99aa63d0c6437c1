//! Reactions to messages.

use rookery::{counters::recount, ids::NodeKind, messaging::entity::conversation_member::Standing};
use serde_json::{Value, json};

use super::stage::{Talk, key};
use crate::support::{
    Caller, TestApp, attempt, fields, missing_within, node, number, outcome, states,
};

async fn of(caller: &Caller, field: &str, subject: &str) -> String {
    let input = json!({ "subjectId": subject, "emoji": "👍" });
    attempt(caller, field, input).await
}

#[tokio::test]
async fn a_message_is_reacted_to_like_anything_else() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    let talk = Talk::direct(&ada, &bob).await;
    let message = talk.say(&ada, "text").await;
    let payload = "subject { __typename id reactionCount \
        reactionGroups { emoji count viewerHasReacted } ... on Message { body } \
        reactions { totalCount nodes { emoji user { handle } } } }";
    let input = json!({ "subjectId": message, "emoji": "👍" });
    let group = json!([{ "emoji": "👍", "count": 1, "viewerHasReacted": true }]);
    let one = json!({ "totalCount": 1, "nodes": [{ "emoji": "👍", "user": { "handle": "bob" } }] });
    let none = json!({ "totalCount": 0, "nodes": [] });
    for (field, count, groups, list) in [
        ("addReaction", 1, group, one),
        ("removeReaction", 0, json!([]), none),
    ] {
        let done = bob.mutate(field, input.clone(), payload).await;
        assert_eq!(outcome(&done), "done");
        let expected = json!({ "__typename": "Message", "id": message, "body": "text",
            "reactionCount": count, "reactionGroups": groups, "reactions": list });
        assert_eq!(done["subject"], expected);
    }
}

#[tokio::test]
async fn reactions_to_messages_are_counted_like_all_others() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    let talk = Talk::direct(&ada, &bob).await;
    let message = talk.say(&ada, "text").await;
    ada.react(&message, "👍").await;
    bob.react(&message, "👍").await;
    app.settle().await;
    let db = &app.platform().db;
    let proven = recount::prove(db, &rookery::app::counters(), &rookery::app::truths()).await;
    let wrong = proven.unwrap().into_iter().filter(|(_, wrong)| *wrong > 0);
    assert_eq!(wrong.collect::<Vec<_>>(), []);
    for counted in [
        "SELECT value AS n FROM counter WHERE kind = 'REACTIONS'",
        "SELECT count AS n FROM reaction_group",
    ] {
        assert_eq!(number(&app, counted).await, 2);
    }
}

#[tokio::test]
async fn events_of_such_reactions_do_not_tell_which_conversation_it_is() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    let talk = Talk::direct(&ada, &bob).await;
    let message = talk.say(&ada, "text").await;
    bob.react(&message, "👍").await;
    of(&bob, "removeReaction", &message).await;
    let home = key(&talk.id);
    for (what, expected) in [
        ("visibility = 'private'".to_owned(), 2),
        (format!("payload LIKE '%{}%'", key(&message)), 2),
        (format!("payload LIKE '%{home}%'"), 0),
    ] {
        let sql =
            format!("SELECT COUNT(*) AS n FROM activity WHERE kind LIKE 'reaction.%' AND {what}");
        assert_eq!(number(&app, &sql).await, expected, "{what}");
    }
    let homes = "SELECT COUNT(*) AS n FROM activity a JOIN conversation c ON a.home = c.id";
    assert_eq!(number(&app, homes).await, 2);
}

#[tokio::test]
async fn only_members_react_and_only_to_what_they_see() {
    let app = TestApp::start().await;
    let [ada, bob, gone, asked, late] = app.users(["ada", "bob", "gone", "asked", "late"]).await;
    let talk = Talk::group(&[&ada, &bob, &gone, &asked]).await;
    let message = talk.say(&ada, "text").await;
    let deleted = talk.say(&ada, "deleted").await;
    gone.react(&message, "🎉").await;
    talk.deletes(&deleted).await;
    talk.leaves(&gone).await;
    talk.stands(&asked, Standing::Request).await;
    talk.join(
        &late,
        rookery::messaging::entity::conversation_member::Role::Member,
    )
    .await;
    let nothing = "NOT_FOUND at subjectId";
    let wrong = [
        (&gone, &message, nothing),
        (&late, &message, nothing),
        (&asked, &message, "FORBIDDEN at subjectId"),
        (&bob, &deleted, nothing),
        (&bob, &missing_within(NodeKind::Message, &talk.id), nothing),
        (&bob, &talk.id, "BAD_USER_INPUT at subjectId"),
    ];
    for (caller, subject, expected) in wrong {
        let told = of(caller, "addReaction", subject).await;
        assert_eq!(told, expected, "{}", caller.handle);
    }
    // What one did is taken back from outside too, and nothing is shown for it.
    let input = json!({ "subjectId": message, "emoji": "🎉" });
    let done = gone.mutate("removeReaction", input, "subject { id }").await;
    assert_eq!(
        (outcome(&done), &done["subject"]),
        ("done".to_owned(), &Value::Null)
    );
    assert_eq!(of(&gone, "removeReaction", &message).await, nothing);
    assert_eq!(number(&app, "SELECT COUNT(*) AS n FROM reaction").await, 0);
}

#[tokio::test]
async fn nobody_reacts_towards_somebody_beyond_a_block() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    let (direct, group) = (
        Talk::direct(&ada, &bob).await,
        Talk::group(&[&ada, &bob]).await,
    );
    let (between, among) = (direct.say(&ada, "a").await, group.say(&ada, "b").await);
    bob.react(&between, "🎉").await;
    let list = fields(&ada, &between, "reactions { nodes { id } }").await;
    let reaction = list["reactions"]["nodes"][0]["id"].as_str().unwrap();
    assert!(node(&ada, reaction, "").await.is_object());
    states::block(&app, &ada, &bob).await;
    assert_eq!(node(&ada, reaction, "").await, Value::Null);
    let list = fields(&ada, &between, "reactions { nodes { id } }").await;
    assert_eq!(list["reactions"]["nodes"], json!([]));
    let told = of(&bob, "addReaction", &between).await;
    assert_eq!(told, "FORBIDDEN at subjectId");
    let told = of(&bob, "addReaction", &among).await;
    assert_eq!(told, "NOT_FOUND at subjectId");
}
