//! What is left of somebody whose account was erased: nothing that tells who they were.

use rookery::{app, privacy::erasure::erase_due};
use sea_orm::{ConnectionTrait, Statement};
use serde_json::json;
use uuid::Uuid;

use super::leaving::leave;
use crate::{
    concurrency::invariants,
    media::stage::Stage,
    support::{Caller, PASSWORD, TestApp, attempt, fields, node, number, on_postgres, sign_in},
};

const GRACE: u64 = 14 * 24 * 60 * 60;

/// Lets the time of grace pass, and erases who is due.
async fn erase(app: &TestApp) -> usize {
    app.advance(GRACE);
    for _ in 0..5 {
        app.settle().await;
        let erased = erase_due(app.platform(), &app::personal_data()).await;
        match erased.unwrap() {
            // Whoever follows the log had not heard of all of it.
            0 => {}
            erased => {
                app.settle().await;
                return erased;
            }
        }
    }
    0
}

async fn tables(app: &TestApp) -> Vec<String> {
    let sql = match on_postgres() {
        true => "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'",
        false => "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'",
    };
    let db = &app.platform().db;
    let rows = db
        .background()
        .query_all_raw(Statement::from_string(db.backend(), sql))
        .await
        .unwrap();
    rows.iter()
        .map(|row| row.try_get("", "name").unwrap())
        .collect()
}

/// Every row of every table, as text: UUIDs in all the ways in which one may be written.
async fn all_rows(app: &TestApp) -> Vec<String> {
    let db = &app.platform().db;
    let mut all = Vec::new();
    for table in tables(app).await {
        let sql = match on_postgres() {
            true => format!("SELECT CAST(t AS text) AS line FROM {table} t"),
            false => {
                let columns = format!("SELECT name FROM pragma_table_info('{table}')");
                let columns = db
                    .background()
                    .query_all_raw(Statement::from_string(db.backend(), columns))
                    .await
                    .unwrap();
                let parts: Vec<String> = columns
                    .iter()
                    .map(|row| row.try_get::<String>("", "name").unwrap())
                    .map(|name| {
                        format!(
                            "CASE typeof({name}) WHEN 'blob' THEN lower(hex({name})) \
                             ELSE COALESCE(CAST({name} AS text), '') END"
                        )
                    })
                    .collect();
                format!("SELECT {} AS line FROM {table}", parts.join(" || '|' || "))
            }
        };
        let rows = db
            .background()
            .query_all_raw(Statement::from_string(db.backend(), sql))
            .await
            .unwrap();
        all.extend(rows.iter().map(|row| {
            let line: String = row.try_get("", "line").unwrap();
            format!("{table}: {line}")
        }));
    }
    all
}

/// The id of a person, as it is stored.
async fn id_of(app: &TestApp, handle: &str) -> Uuid {
    let db = &app.platform().db;
    let sql = format!("SELECT id FROM person WHERE handle = '{handle}'");
    let row = db
        .background()
        .query_one_raw(Statement::from_string(db.backend(), sql))
        .await
        .unwrap();
    row.unwrap().try_get("", "id").unwrap()
}

/// Somebody does all that leaves something somewhere, towards somebody else who does the same.
async fn live(app: &TestApp, ada: &Caller, bob: &Caller) -> [String; 4] {
    let profile = json!({ "displayName": "Augusta Byron", "bio": "Poetical science" });
    assert_eq!(attempt(ada, "updateProfile", profile).await, "done");
    for (one, other) in [(ada, bob), (bob, ada)] {
        one.follow(other).await;
    }
    let post = ada.post("An engine that weaves #algebra").await;
    let edit = json!({ "postId": post, "body": "An engine that weaves patterns #algebra" });
    assert_eq!(attempt(ada, "editPost", edit).await, "done");
    let poll = json!({ "body": "Which looms", "poll": { "options": ["jacquard", "flying"], "closesAt": "2026-05-02T12:00:00Z" } });
    let asked = ada
        .mutate(
            "createPost",
            poll,
            "postEdge { node { poll { id options { id } } } }",
        )
        .await;
    let asked = &asked["postEdge"]["node"];
    let theirs = bob.post("What do you think?").await;
    ada.post_to("For friends of numbers", "FOLLOWERS").await;
    let quote = json!({ "body": "Quoting enthusiasm", "quoteOfId": theirs });
    ada.mutate("createPost", quote, "").await;
    ada.mutate("repost", json!({ "postId": theirs }), "").await;
    let comment = ada.comment(&theirs, "A comment on looms").await;
    bob.reply(&theirs, &comment, "An answer").await;
    ada.react(&theirs, "👍").await;
    bob.react(&post, "🎉").await;
    bob.mutate("bookmarkPost", json!({ "postId": post }), "")
        .await;
    ada.mutate("bookmarkPost", json!({ "postId": theirs }), "")
        .await;
    ada.mutate(
        "muteThread",
        json!({ "postId": theirs, "isMuted": true }),
        "",
    )
    .await;
    ada.mutate("saveDraft", json!({ "body": "Unfinished thoughts" }), "")
        .await;
    ada.mutate("pinPost", json!({ "postId": post }), "").await;
    let option = asked["poll"]["options"][0]["id"].clone();
    bob.mutate(
        "votePoll",
        json!({ "pollId": asked["poll"]["id"], "optionIds": [option] }),
        "",
    )
    .await;
    let [direct, group] = talk(app, ada, bob).await;
    [post, comment, direct, group]
}

/// They talk to each other, and in a group with somebody who wants nothing more of it.
async fn talk(app: &TestApp, ada: &Caller, bob: &Caller) -> [String; 2] {
    let direct = ada.talk_to(bob).await;
    ada.say(&direct, "A private word").await;
    bob.say(&direct, "And another").await;
    let cid = app.user("cid_01").await;
    let group = ada.gather(&[bob, &cid]).await;
    ada.say(&group, "A word among many").await;
    ada.mutate("muteUser", json!({ "userId": cid.id }), "")
        .await;
    cid.mutate("blockUser", json!({ "userId": ada.id }), "")
        .await;
    [direct, group]
}

/// Words by which somebody could be found.
const WORDS: [&str; 16] = [
    "ada_lovelace",
    "augusta",
    "byron",
    "poetical",
    "engine",
    "weaves",
    "patterns",
    "looms",
    "jacquard",
    "flying",
    "enthusiasm",
    "numbers",
    "unfinished",
    "private word",
    "among many",
    "ada_lovelace@example.org",
];

#[tokio::test]
async fn nothing_in_any_table_tells_of_somebody_who_was_erased() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada_lovelace", "bob"]).await;
    live(&app, &ada, &bob).await;
    app.settle().await;
    let id = id_of(&app, "ada_lovelace").await;
    let traces = |rows: Vec<String>| -> Vec<String> {
        let ids = [id.to_string(), id.simple().to_string()];
        let tells = |row: &String| {
            let row = row.to_lowercase();
            ids.iter().any(|id| row.contains(id)) || WORDS.iter().any(|word| row.contains(word))
        };
        rows.into_iter().filter(tells).collect()
    };
    assert!(traces(all_rows(&app).await).len() > 30);
    assert_eq!(leave(&ada, "ERASE").await, "done");
    assert_eq!(erase(&app).await, 1);
    assert_eq!(traces(all_rows(&app).await), Vec::<String>::new());
    assert_eq!(invariants::mended(&app).await, []);
    assert_eq!(erase(&app).await, 0);
}

/// What only followers could see is gone, and so is everything that tells whose it was.
async fn tells_nothing(app: &TestApp, id: Uuid) {
    let rows = all_rows(app).await;
    let ids = [id.to_string(), id.simple().to_string()];
    let tells = |row: &&String| {
        let row = row.to_lowercase();
        let words = [
            "ada_lovelace",
            "augusta",
            "poetical",
            "numbers",
            "unfinished",
        ];
        ids.iter().any(|id| row.contains(id)) || words.iter().any(|word| row.contains(word))
    };
    assert_eq!(
        rows.iter().filter(tells).collect::<Vec<_>>(),
        Vec::<&String>::new()
    );
}

#[tokio::test]
async fn what_is_kept_stays_readable_and_nobody_is_its_author() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada_lovelace", "bob"]).await;
    let [post, comment, direct, group] = live(&app, &ada, &bob).await;
    let id = id_of(&app, "ada_lovelace").await;
    assert_eq!(leave(&ada, "KEEP_ANONYMISED").await, "done");
    assert_eq!(erase(&app).await, 1);

    let (bob, _) = sign_in(&app, "bob").await;
    let body = "body author { handle } viewerHasBookmarked";
    let kept = node(
        &app.guest(),
        &post,
        "... on Post { body author { handle } reactionCount }",
    )
    .await;
    assert_eq!(
        kept,
        json!({ "__typename": "Post", "body": "An engine that weaves patterns #algebra", "author": null, "reactionCount": 1 })
    );
    let kept = fields(&bob, &post, &format!("... on Post {{ {body} }}")).await;
    assert_eq!(kept["viewerHasBookmarked"], true);
    let kept = fields(
        &bob,
        &comment,
        "... on Comment { body author { handle } replyCount tombstone }",
    )
    .await;
    assert_eq!(
        kept,
        json!({ "body": "A comment on looms", "author": null, "replyCount": 1, "tombstone": null })
    );
    let messages = "... on Conversation { messages { nodes { body sender { handle } } } members { nodes { user { handle } role } } }";
    let talk = fields(&bob, &direct, messages).await;
    let said = json!([
        { "body": "A private word", "sender": null },
        { "body": "And another", "sender": { "handle": "bob" } },
    ]);
    assert_eq!(talk["messages"]["nodes"], said);
    let alone = json!([{ "role": "MEMBER", "user": { "handle": "bob" } }]);
    assert_eq!(talk["members"]["nodes"], alone);
    // The group goes on with another owner.
    let talk = fields(&bob, &group, messages).await;
    let said = json!([{ "body": "A word among many", "sender": null }]);
    assert_eq!(talk["messages"]["nodes"], said);
    let members = talk["members"]["nodes"].as_array().unwrap();
    let owners = members.iter().filter(|member| member["role"] == "OWNER");
    assert_eq!((members.len(), owners.count()), (2, 1));
    tells_nothing(&app, id).await;
    assert_eq!(invariants::mended(&app).await, []);
}

#[tokio::test]
async fn every_transaction_of_an_erasure_is_small() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    for n in 0..60 {
        let post = ada.post(&format!("Post {n} #sea")).await;
        bob.react(&post, "👍").await;
    }
    assert_eq!(leave(&ada, "ERASE").await, "done");
    app.advance(GRACE);
    app.settle().await;
    app.forget_seen().await;
    let _ = erase_due(app.platform(), &app::personal_data())
        .await
        .unwrap();
    // Each writes the positions of its events last: as many as it changed.
    let most = app
        .seen()
        .iter()
        .filter(|statement| statement.sql.contains("UPDATE activity_shard"))
        .map(|statement| statement.sql.matches("UNION ALL").count() + 1)
        .max();
    assert!(most.is_some_and(|most| most <= 10), "{most:?}");
}

#[tokio::test]
async fn the_objects_of_somebody_erased_go_and_those_that_stay_have_no_owner() {
    for content in ["ERASE", "KEEP_ANONYMISED"] {
        let stage = Stage::start().await;
        let app = &stage.app;
        let ada = app.user("ada").await;
        let shown = stage.picture(&ada).await;
        let loose = stage.picture_for(&ada, "AVATAR").await;
        let post = json!({ "body": "A picture", "mediaIds": [shown] });
        assert_eq!(attempt(&ada, "createPost", post).await, "done");
        let avatar = json!({ "avatarId": loose });
        assert_eq!(attempt(&ada, "updateProfile", avatar).await, "done");
        assert_eq!(leave(&ada, content).await, "done");
        assert_eq!(erase(app).await, 1, "{content}");
        let living = "SELECT COUNT(*) AS n FROM media WHERE deleted_at IS NULL";
        let kept = i64::from(content == "KEEP_ANONYMISED");
        assert_eq!(number(app, living).await, kept);
        app.advance(2 * 60 * 60);
        stage.sweep().await;
        assert_eq!(stage.objects().await.is_empty(), kept == 0, "{content}");
    }
}

#[tokio::test]
async fn whoever_was_erased_has_neither_sessions_nor_an_account() {
    let app = TestApp::start().await;
    app.user("ada").await;
    let (ada, token) = sign_in(&app, "ada").await;
    assert_eq!(leave(&ada, "ERASE").await, "done");
    assert_eq!(erase(&app).await, 1);
    let seen = ada.send("{ viewer { id } }", json!({})).await;
    assert_eq!(seen.code(), "UNAUTHENTICATED");
    let refresh = json!({ "refreshToken": token });
    let refreshed = attempt(&app.guest(), "refreshSession", refresh).await;
    assert_eq!(refreshed, "TOKEN_INVALID at refreshToken");
    for login in ["ada", "ada@example.org"] {
        let input = json!({ "login": login, "password": PASSWORD });
        let entered = attempt(&app.guest(), "signIn", input).await;
        assert_eq!(entered, "INVALID_CREDENTIALS");
    }
    // The handle and the address are free again.
    let input = json!({ "handle": "ada", "email": "ada@example.org", "password": PASSWORD });
    assert_eq!(attempt(&app.guest(), "signUp", input).await, "done");
}
