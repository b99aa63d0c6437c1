//! Conversations in a database of many: nobody's screen reads what others write. Rows are counted
//! on PostgreSQL; SQLite answers the same, with fewer.

use serde_json::json;

use crate::support::{
    TestApp,
    bulk::{NOON, begin, end, id, insert, insert_where, person},
    on_postgres,
};

const TALK: u8 = 5;
const MEMBER: u8 = 6;
const MESSAGE: u8 = 7;

/// How many messages each conversation has.
const EACH: u32 = 20;

/// Conversations of two others with the last few of the reader, with messages in all of them.
async fn crowd(app: &TestApp, talks: u32, own: u32) {
    begin(app).await;
    let columns = [
        ("id", &*id(TALK, "n")),
        ("kind", "'GROUP'"),
        ("creator_id", &*person("bob")),
        ("outside_id", &*id(TALK, "n")),
        ("last_sequence", &*EACH.to_string()),
        ("created_at", &*NOON.to_string()),
        ("updated_at", &format!("{NOON} + n")),
    ];
    insert(app, "conversation", talks, &columns).await;
    for (n, handle, condition) in [
        (0, "bob", "1 = 1".to_owned()),
        (1, "cid", "1 = 1".to_owned()),
        (2, "ada", format!("n <= {own}")),
    ] {
        let columns = [
            ("conversation_id", &*id(TALK, "n")),
            ("person_id", &*person(handle)),
            ("id", &*id(MEMBER, &format!("n * 3 + {n}"))),
            ("role", "'MEMBER'"),
            ("standing", "'ACTIVE'"),
            ("joined_at", &*NOON.to_string()),
            ("reads_after", "0"),
            ("read_up_to", "n % 19"),
        ];
        insert_where(app, "conversation_member", talks, &condition, &columns).await;
    }
    let columns = [
        ("id", &*id(MESSAGE, "n")),
        (
            "conversation_id",
            &*id(TALK, &format!("(n - 1) / {EACH} + 1")),
        ),
        ("sequence", &*format!("(n - 1) % {EACH} + 1")),
        ("sender_id", &*person("bob")),
        ("body", "'text'"),
        ("created_at", &*NOON.to_string()),
    ];
    insert(app, "message", talks * EACH, &columns).await;
    end(app).await;
}

#[tokio::test]
async fn a_screen_of_conversations_reads_ones_own_rows_only() {
    let app = TestApp::start_with(|config| config.database.statement_timeout_ms = 120_000).await;
    let [ada, _, _] = app.users(["ada", "bob", "cid"]).await;
    let (talks, own) = (if on_postgres() { 5_000 } else { 200 }, 12);
    crowd(&app, talks, own).await;
    let screen = "{ viewer { unreadMessageCount conversations(first: 10) { nodes { id unreadCount \
        lastMessage { body } members { nodes { id } } messages(last: 5) { nodes { body } } } } } }";
    app.forget_seen().await;
    let seen = ada.query(screen, json!({})).await;
    let nodes = seen["viewer"]["conversations"]["nodes"].as_array().unwrap();
    assert_eq!(nodes.len(), 10);
    // Marker n in the nth: 20 - n are unread.
    assert_eq!(seen["viewer"]["unreadMessageCount"], 12 * 20 - 78);
    assert_eq!(nodes[0]["unreadCount"], 8);
    let mut counted = 0;
    for plan in app.plans().await {
        // There are three people here, who are read as they come.
        let scanned = plan.scanned.iter().filter(|table| *table != "person");
        assert_eq!(scanned.count(), 0, "{}\n{}", plan.sql, plan.told);
        for (table, allowed) in [
            // Looked at again by each door.
            ("conversation", 300),
            ("conversation_member", 600),
            ("message", u64::from(own * EACH) * 2),
        ] {
            let examined = plan.examined(table);
            counted += examined;
            assert!(
                examined <= allowed,
                "{examined} of {table}: {}\n{}",
                plan.sql,
                plan.told
            );
        }
    }
    assert!(counted > 0 || !on_postgres(), "nothing was counted");
}
