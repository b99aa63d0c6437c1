//! What the fields of quotes, reposts and permissions cost: the same for one row and for twenty.

use serde_json::{Value, json};

use crate::support::{Caller, TestApp, attempt, outcome, states};

async fn publish(author: &Caller, input: Value) -> String {
    let payload = "postEdge { node { id } }";
    let done = author.mutate("createPost", input, payload).await;
    assert_eq!(outcome(&done), "done");
    done["postEdge"]["node"]["id"].as_str().unwrap().to_owned()
}

/// Twenty quotes by ada, every fourth of something that nobody sees any more, and twenty reposts
/// by bob; dan follows ada, eve follows bob.
async fn town() -> (TestApp, [Caller; 2], String) {
    let app = TestApp::start_with(|config| {
        config.limits.member_budget = u32::MAX;
        config.limits.guest_budget = u32::MAX;
        config.limits.max_cost = 1_000_000;
    })
    .await;
    let [ada, bob, cid, dan, eve] = app.users(["ada", "bob", "cid", "dan", "eve"]).await;
    dan.follow(&ada).await;
    eve.follow(&bob).await;
    let thread = ada.post("a thread").await;
    for n in 0..20 {
        let quoted = cid.post(&format!("original {n}")).await;
        let policy = ["EVERYONE", "FOLLOWERS", "MENTIONED", "NOBODY"][n % 4];
        let input =
            json!({ "body": format!("quote {n}"), "quoteOfId": quoted, "replyPolicy": policy });
        let quote = publish(&ada, input).await;
        let repost = json!({ "postId": quote });
        assert_eq!(attempt(&bob, "repost", repost).await, "done");
        ada.comment(&thread, &format!("comment {n}")).await;
        app.advance(1);
    }
    for n in [0, 4, 8, 12, 16] {
        states::hide(&app, &format!("original {}", n + 3)).await;
    }
    let policy = json!({ "postId": thread, "replyPolicy": "FOLLOWERS" });
    assert_eq!(attempt(&ada, "editPost", policy).await, "done");
    (app, [dan, eve], thread)
}

async fn cost(app: &TestApp, caller: &Caller, query: &str, n: usize) -> usize {
    app.forget_statements().await;
    let reply = caller.query(query, json!({ "n": n })).await;
    assert!(reply.is_object());
    app.statements().await.len()
}

#[tokio::test]
async fn a_level_of_quotes_reposts_or_permissions_costs_what_one_row_costs() {
    let (app, [dan, eve], thread) = town().await;
    let feed = |fields: &str| {
        format!("query($n: Int) {{ viewer {{ homeFeed(first: $n) {{ nodes {{ {fields} }} }} }} }}")
    };
    let profile = |handle: &str, fields: &str| {
        format!(
            "query($n: Int) {{ user(handle: \"{handle}\") {{ posts(first: $n) {{ nodes {{ {fields} }} }} }} }}"
        )
    };
    // How much more than the list itself, for a member and for a guest.
    let cases = [
        // The quoted posts; and, for those that are not seen, why: a guest blocks nobody.
        (
            &dan,
            "quoteOf { ... on Post { body } ... on PostTombstone { reason } }",
            2,
            1,
        ),
        (&eve, "repostOf { ... on Post { body } }", 1, 1),
        (&dan, "viewerHasBookmarked viewerHasReposted", 1, 0),
        (&dan, "viewerCanComment viewerCannotCommentReasons", 1, 0),
        // The author, whose account may be private.
        (&dan, "viewerCanRepost", 1, 0),
        (&dan, "repostCount quoteCount commentCount", 1, 1),
        (&dan, "quotes { nodes { id } }", 1, 1),
        (
            &dan,
            "viewerCanEdit viewerCanDelete replyPolicy isLocked hiddenAt",
            0,
            0,
        ),
    ];
    for (reader, fields, more, for_guests) in cases {
        let author = if reader.handle == "dan" { "ada" } else { "bob" };
        for (caller, query, expected) in [
            (reader, feed(fields), 2 + more),
            (&app.guest(), profile(author, fields), 2 + for_guests),
        ] {
            for n in [5, 20] {
                let statements = cost(&app, caller, &query, n).await;
                assert_eq!(statements, expected, "{n} {fields} for {}", caller.handle);
            }
        }
    }
    let below = format!(
        "query($n: Int) {{ node(id: \"{thread}\") {{ ... on Post {{ comments(first: $n) {{ nodes {{ \
         viewerCanReply viewerCanHide hiddenAt }} }} }} }} }}"
    );
    for n in [1, 20] {
        // The session, the post, its comments, its terms.
        assert_eq!(cost(&app, &eve, &below, n).await, 4);
        assert_eq!(cost(&app, &app.guest(), &below, n).await, 2);
    }
}

#[tokio::test]
async fn what_the_answer_of_a_permission_needs_is_asked_only_where_it_is_needed() {
    let (app, [_, eve], thread) = town().await;
    let open = publish(&eve, json!({ "body": "open" })).await;
    let ask = |id: &str| {
        format!(
            "query($n: Int) {{ node(id: \"{id}\") {{ ... on Post {{ viewerCanComment }} }} a: explore(first: $n) {{ nodes {{ id }} }} }}"
        )
    };
    // Session, post, explore; and what connects eve with the author.
    assert_eq!(cost(&app, &eve, &ask(&open), 1).await, 3);
    assert_eq!(cost(&app, &eve, &ask(&thread), 1).await, 4);
    assert_eq!(cost(&app, &app.guest(), &ask(&thread), 1).await, 2);
}
