//! What people do in conversations at the same moment (R40).

use std::collections::BTreeSet;

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::{
    concurrency::{
        invariants,
        order::{Act, Wanted, patient_app, race},
    },
    support::{Caller, TestApp, attempt, number, outcome, sign_in},
};

/// All conversations there are.
fn conversations() -> Wanted {
    Wanted::Rows("SELECT id FROM conversation FOR UPDATE".to_owned())
}

fn send<'a>(who: &'a Caller, conversation: &str) -> Act<'a> {
    let input = json!({ "conversationId": conversation, "body": "hello" });
    (who, "sendMessage", input)
}

fn to_member<'a>(
    who: &'a Caller,
    field: &'static str,
    conversation: &str,
    mut input: Value,
) -> Act<'a> {
    input["conversationId"] = json!(conversation);
    (who, field, input)
}

async fn messages(app: &TestApp) -> i64 {
    number(app, "SELECT COUNT(*) AS n FROM message").await
}

/// Another server on the same database, and somebody's session there.
async fn beside(app: &TestApp, who: &Caller) -> (TestApp, Caller) {
    let database = app.config().database.clone();
    let other = TestApp::start_with(|config| {
        config.limits = app.config().limits.clone();
        config.database = database;
    })
    .await;
    let (caller, _) = sign_in(&other, &who.handle).await;
    (other, caller)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "needs TEST_DATABASE_URL; tests/run runs it on PostgreSQL"]
async fn two_hundred_retries_on_two_servers_send_one_message() {
    let app = patient_app().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    let talk = ada.talk_to(&bob).await;
    let (_other, elsewhere) = beside(&app, &ada).await;
    let input = json!({ "conversationId": talk, "body": "once", "idempotencyKey": "k" });
    let retry = |who: &Caller| {
        let (who, input) = (who.clone(), input.clone());
        tokio::spawn(async move {
            let payload = "messageEdge { node { id sequence } }";
            let mut sent = who.mutate("sendMessage", input.clone(), payload).await;
            // Told to come back, a client does.
            while outcome(&sent) == "RATE_LIMITED" {
                sent = who.mutate("sendMessage", input.clone(), payload).await;
            }
            assert_eq!(outcome(&sent), "done");
            sent["messageEdge"]["node"].to_string()
        })
    };
    let all = [&ada, &elsewhere].into_iter().cycle().take(200).map(retry);
    let told: BTreeSet<_> = join_all(all)
        .await
        .into_iter()
        .map(Result::unwrap)
        .collect();
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(messages(&app).await, 1);
    let facts = "SELECT COUNT(*) AS n FROM activity WHERE kind = 'conversation.message_sent.v1'";
    assert_eq!(number(&app, facts).await, 1);
    invariants::hold(&app).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn messages_of_a_crowd_are_numbered_without_gaps() {
    let app = patient_app().await;
    let [ada, bob, cyd, dan] = app.users(["ada", "bob", "cyd", "dan"]).await;
    let group = ada.gather(&[&bob, &cyd, &dan]).await;
    let writes = [ada, bob, cyd, dan].map(|who| {
        let group = group.clone();
        tokio::spawn(async move {
            for n in 0..10 {
                who.say(&group, &format!("{} {n}", who.handle)).await;
            }
        })
    });
    for done in join_all(writes).await {
        done.unwrap();
    }
    assert_eq!(
        number(&app, "SELECT last_sequence AS n FROM conversation").await,
        40
    );
    invariants::hold(&app).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "needs TEST_DATABASE_URL; tests/run runs it on PostgreSQL"]
async fn two_who_start_the_same_conversation_at_once_have_one() {
    let app = patient_app().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    let start = |who, other: &Caller| -> Act<'_> {
        let input = json!({ "kind": "DIRECT", "memberIds": [other.id] });
        (who, "startConversation", input)
    };
    let pair = Wanted::pair(&ada, &bob);
    for _ in 0..3 {
        let told = race(&app, pair.clone(), start(&ada, &bob), start(&bob, &ada)).await;
        assert_eq!(told, ["done", "done"]);
        for (sql, n) in [
            ("SELECT COUNT(*) AS n FROM conversation", 1),
            ("SELECT COUNT(*) AS n FROM conversation_member", 2),
            (
                "SELECT COUNT(*) AS n FROM activity WHERE kind = 'conversation.started.v1'",
                1,
            ),
        ] {
            assert_eq!(number(&app, sql).await, n, "{sql}");
        }
        assert_eq!(ada.talk_to(&bob).await, bob.talk_to(&ada).await);
        for table in ["activity", "conversation_member", "conversation"] {
            app.sql(&format!("DELETE FROM {table}")).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "needs TEST_DATABASE_URL; tests/run runs it on PostgreSQL"]
async fn a_block_beside_what_is_written_or_started_comes_before_it_or_after() {
    let app = patient_app().await;
    let [ada, bob, cyd] = app.users(["ada", "bob", "cyd"]).await;
    let talk = ada.talk_to(&bob).await;
    let group = ada.gather(&[&cyd]).await;
    let pair = || Wanted::pair(&ada, &bob);
    let block: Act<'_> = (&bob, "blockUser", json!({ "userId": ada.id }));
    let new = json!({ "kind": "GROUP", "memberIds": [bob.id] });
    let ids = json!({ "userIds": [bob.id] });
    let cases: [(Act<'_>, &str, &str); 3] = [
        (send(&ada, &talk), "FORBIDDEN at conversationId", "message"),
        (
            (&ada, "startConversation", new),
            "NOT_FOUND at memberIds.0",
            "conversation",
        ),
        (
            to_member(&ada, "addConversationMembers", &group, ids),
            "NOT_FOUND at userIds.0",
            "conversation_member",
        ),
    ];
    for (act, refusal, table) in cases {
        let rows = async || number(&app, &format!("SELECT COUNT(*) AS n FROM {table}")).await;
        let before = rows().await;
        assert_eq!(
            race(&app, pair(), block.clone(), act.clone()).await,
            ["done", refusal]
        );
        assert_eq!(rows().await, before);
        assert_eq!(attempt(&bob, "unblockUser", block.2.clone()).await, "done");
        assert_eq!(
            race(&app, pair(), act, block.clone()).await,
            ["done", "done"]
        );
        assert_eq!(rows().await, before + 1);
        assert_eq!(attempt(&bob, "unblockUser", block.2.clone()).await, "done");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "needs TEST_DATABASE_URL; tests/run runs it on PostgreSQL"]
async fn whoever_is_removed_or_leaves_writes_before_it_or_not_at_all() {
    let app = patient_app().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    let group = ada.gather(&[&bob]).await;
    let ids = json!({ "userIds": [bob.id] });
    let remove = json!({ "userId": bob.id });
    let remove = to_member(&ada, "removeConversationMember", &group, remove);
    let leave = to_member(&bob, "leaveConversation", &group, json!({}));
    for end in [remove, leave] {
        let before = messages(&app).await;
        let told = race(&app, conversations(), end.clone(), send(&bob, &group)).await;
        assert_eq!(told, ["done", "NOT_FOUND at conversationId"]);
        assert_eq!(messages(&app).await, before);
        assert_eq!(
            ada.tries("addConversationMembers", &group, ids.clone())
                .await,
            "done"
        );
        let told = race(&app, conversations(), send(&bob, &group), end).await;
        assert_eq!(told, ["done", "done"]);
        assert_eq!(messages(&app).await, before + 1);
        assert_eq!(
            ada.tries("addConversationMembers", &group, ids.clone())
                .await,
            "done"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "needs TEST_DATABASE_URL; tests/run runs it on PostgreSQL"]
async fn a_group_is_never_handed_to_somebody_who_is_just_leaving() {
    let app = patient_app().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    let group = ada.gather(&[&bob]).await;
    let over = json!({ "userId": bob.id, "role": "OWNER" });
    let hand = || to_member(&ada, "changeMemberRole", &group, over.clone());
    let leave = || to_member(&bob, "leaveConversation", &group, json!({}));
    let told = race(&app, conversations(), leave(), hand()).await;
    assert_eq!(told, ["done", "NOT_FOUND at userId"]);
    let ids = json!({ "userIds": [bob.id] });
    assert_eq!(
        ada.tries("addConversationMembers", &group, ids).await,
        "done"
    );
    let told = race(&app, conversations(), hand(), leave()).await;
    assert_eq!(told, ["done", "CONFLICT at conversationId"]);
    assert_eq!(
        ada.members(&group).await,
        json!([["ada", "ADMIN"], ["bob", "OWNER"]])
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "needs TEST_DATABASE_URL; tests/run runs it on PostgreSQL"]
async fn a_demoted_admin_does_nothing_that_comes_after() {
    let app = patient_app().await;
    let [ada, bob, cyd] = app.users(["ada", "bob", "cyd"]).await;
    let group = ada.gather(&[&bob, &cyd]).await;
    let give = |role| {
        let input = json!({ "userId": bob.id, "role": role });
        to_member(&ada, "changeMemberRole", &group, input)
    };
    let remove = || {
        to_member(
            &bob,
            "removeConversationMember",
            &group,
            json!({ "userId": cyd.id }),
        )
    };
    let told = race(&app, conversations(), give("ADMIN"), remove()).await;
    assert_eq!(told, ["done", "done"]);
    let ids = json!({ "userIds": [cyd.id] });
    assert_eq!(
        ada.tries("addConversationMembers", &group, ids).await,
        "done"
    );
    let told = race(&app, conversations(), give("MEMBER"), remove()).await;
    assert_eq!(told, ["done", "FORBIDDEN at conversationId"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "needs TEST_DATABASE_URL; tests/run runs it on PostgreSQL"]
async fn of_two_readers_on_two_devices_the_further_one_stays() {
    let app = patient_app().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    let talk = ada.talk_to(&bob).await;
    let (first, second) = (ada.say(&talk, "one").await, ada.say(&talk, "two").await);
    let own = || Wanted::Rows("SELECT id FROM conversation_member FOR UPDATE".to_owned());
    let read = |message: &String| {
        let input = json!({ "upToMessageId": message });
        to_member(&bob, "markConversationRead", &talk, input)
    };
    let told = race(&app, own(), read(&second), read(&first)).await;
    assert_eq!(told, ["done", "done"]);
    let marker = "SELECT MAX(read_up_to) AS n FROM conversation_member";
    assert_eq!(number(&app, marker).await, 2);
    let facts = "SELECT COUNT(*) AS n FROM activity WHERE kind = 'conversation.read.v1'";
    assert_eq!(number(&app, facts).await, 1);
}
