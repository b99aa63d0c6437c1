//! What screens of conversations cost: the same for one row and for thirty.

use rookery::ids::MessageId;
use serde_json::json;

use super::stage::{Talk, key};
use crate::support::{Caller, TestApp};

/// ada, in thirty conversations with three others, each with five messages.
async fn town() -> (TestApp, Caller, Talk) {
    let app = TestApp::start_with(|config| {
        config.limits.member_budget = u32::MAX;
        config.limits.max_cost = 1_000_000;
    })
    .await;
    let [ada, bob, cid, dan] = app.users(["ada", "bob", "cid", "dan"]).await;
    let mut last = Talk::direct(&ada, &bob).await;
    for n in 0..30 {
        app.advance(1);
        let talk = match n {
            0 => last,
            _ => Talk::group(&[&ada, &bob, &cid, &dan]).await,
        };
        let mut answered = None;
        for sender in [&ada, &bob, &bob, &ada, &bob] {
            let message = talk
                .say_with(sender, "text", |row| row.reply_to_id = answered)
                .await;
            answered = Some(MessageId(key(&message)));
        }
        talk.reads(&bob, 3).await;
        last = talk;
    }
    (app, ada, last)
}

async fn cost(app: &TestApp, caller: &Caller, query: &str, n: usize) -> usize {
    app.forget_statements().await;
    let variables = json!({ "n": n });
    let reply = caller.query(query, variables).await;
    assert!(reply.is_object());
    app.statements().await.len()
}

#[tokio::test]
async fn a_screen_costs_what_one_row_costs() {
    let (app, ada, talk) = town().await;
    let list = |fields: &str| {
        format!(
            "query($n: Int) {{ viewer {{ conversations(first: $n) {{ nodes {{ {fields} }} }} }} }}"
        )
    };
    let messages = |fields: &str| {
        format!(
            "query($n: Int) {{ node(id: \"{}\") {{ ... on Conversation {{ messages(last: $n) {{ \
             nodes {{ {fields} }} }} }} }} }}",
            talk.id
        )
    };
    // Besides the session.
    let cases = [
        (list("id kind title status viewerRole isMuted updatedAt"), 1),
        (list("unreadCount"), 2),
        (list("lastMessage { body sender { handle } }"), 3),
        (list("messages(last: 3) { nodes { body } }"), 2),
        (list("members { nodes { role user { handle } } }"), 3),
        (list("members { totalCount nodes { id } }"), 3),
        (
            list("members { nodes { lastReadMessage { body sender { handle } } } }"),
            4,
        ),
        (
            list(
                "unreadCount lastMessage { body sender { handle } } \
                 members { nodes { user { handle } } }",
            ),
            5,
        ),
        (
            messages("body viewerCanEdit viewerCanDelete idempotencyKey"),
            2,
        ),
        (messages("sender { handle } replyTo { body }"), 4),
        (messages("reactionCount reactionGroups { emoji }"), 4),
        (messages("conversation { title }"), 2),
        (
            list("id").replace("{ viewer {", "{ viewer { unreadMessageCount"),
            2,
        ),
    ];
    for (query, expected) in cases {
        for n in [1, 30] {
            let statements = cost(&app, &ada, &query, n).await;
            assert_eq!(statements, 1 + expected, "{n} of {query}");
        }
    }
}
