//! A crowd at one thing.

use rookery::{
    activity::{Entry, Event, Interest, log::shard_of, reading},
    ids::{NodeId, PersonId},
    notifications::live::Told,
    platform::db::Place,
    reactions::events::Added,
    realtime::{Source, Topic},
};
use serde_json::json;

use crate::support::{Caller, TestApp, bulk, number};

fn person(caller: &Caller) -> PersonId {
    PersonId(NodeId::parse(&caller.id).unwrap().id)
}

/// `n` people who have reacted to everything that there is, without a word in the log.
async fn react_all(app: &TestApp, n: u32) {
    bulk::begin(app).await;
    let id = bulk::id(1, "n");
    let people = [
        ("id", id.as_str()),
        ("handle", "'p' || n"),
        ("display_name", "''"),
        ("created_at", "0"),
    ];
    bulk::insert(app, "person", n, &people).await;
    let (own, post) = (bulk::id(2, "n"), "(SELECT id FROM post)");
    let at = format!("{} + n", bulk::NOON);
    let reactions = [
        ("id", own.as_str()),
        ("home_id", post),
        ("subject_kind", "'POST'"),
        ("subject_id", post),
        ("person_id", id.as_str()),
        ("emoji", "'👍'"),
        ("created_at", at.as_str()),
    ];
    bulk::insert(app, "reaction", n, &reactions).await;
    bulk::end(app).await;
}

#[tokio::test]
async fn ten_thousand_who_react_are_one_notification_of_which_a_thousand_are_counted() {
    let app = TestApp::start().await;
    let [ann, bob] = app.users(["ann", "bob"]).await;
    let post = ann.post("a").await;
    react_all(&app, 10_000).await;
    app.advance(60);
    app.hold();
    bob.react(&post, "👍").await;
    app.forget_seen().await;
    app.settle().await;
    let looked = app.seen();
    let looked = looked.iter().filter(|seen| seen.sql.contains("\"newer\""));
    assert_eq!(looked.count(), 1, "one look at the crowd");
    assert_eq!(
        number(&app, "SELECT COUNT(*) AS n FROM notification").await,
        1
    );
    let query = "{ viewer { unreadNotificationCount notifications { nodes { actorCount \
        actors(first: 2) { nodes { handle } totalCount pageInfo { hasNextPage } } } } } }";
    let found = ann.query(query, json!({})).await;
    insta::assert_snapshot!(found["viewer"], @r#"{"notifications":{"nodes":[{"actorCount":1000,"actors":{"nodes":[{"handle":"bob"},{"handle":"p10000"}],"pageInfo":{"hasNextPage":true},"totalCount":null}}]},"unreadNotificationCount":1}"#);
}

/// The event of the one reaction, and others like it behind it.
async fn entries(app: &TestApp, post: &str, n: i64) -> Vec<Entry> {
    let shard = shard_of(NodeId::parse(post).unwrap().id);
    let begin = Place { shard, position: 0 };
    let kinds = Interest::Only(vec![Added::KIND.name]);
    let db = app.platform().db.background();
    let found = reading::run(db, begin, &kinds, 10).await.unwrap();
    let like = |position| Entry {
        position,
        ..found[0].clone()
    };
    (1..=n).map(like).collect()
}

#[tokio::test]
async fn a_storm_gives_one_hint_to_whoever_listens_and_none_to_others() {
    let app = TestApp::start().await;
    let [ann, bob] = app.users(["ann", "bob"]).await;
    let post = ann.post("a").await;
    bob.react(&post, "👍").await;
    let entries = entries(&app, &post, 500).await;
    let (db, hub) = (&app.platform().db, &app.parts().hub);
    let told = Told::new();
    let hints = async || told.hints(db, &entries, &hub.listening()).await.unwrap();
    let _other = hub.listen([Topic::Notifications(person(&bob))]);
    assert_eq!(hints().await, []);
    let topics = [
        Topic::Notifications(person(&ann)),
        Topic::Viewer(person(&ann)),
    ];
    let _listener = hub.listen(topics);
    let topic = |hint: &rookery::realtime::Hint| hint.topic;
    let heard: Vec<_> = hints().await.iter().map(topic).collect();
    assert_eq!(heard, topics);
}
