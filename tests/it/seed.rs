//! A town with a crowd around it, as `rookery seed --scale N` makes them.

use rookery::{cli::seed::sow, feed::rebuild::Feeds, search::rebuild::Searched, trends::Rescoring};
use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};

use crate::{
    concurrency::invariants,
    support::{Caller, PASSWORD, TestApp, number, rebuild, sign_in},
};

/// An app with a town and as many people around it, where of a few followers posts are pulled.
async fn stage() -> TestApp {
    let app = TestApp::start_with(|config| {
        config.limits.member_budget = u32::MAX;
        config.limits.guest_budget = u32::MAX;
        config.feed.feed_push_followers = 20;
    })
    .await;
    sow(app.platform(), 2, PASSWORD).await.unwrap();
    app
}

/// Whom the crowd is: they joined before the town was founded.
const CROWD: &str = "(SELECT id FROM person WHERE handle LIKE '%\\_1' ESCAPE '\\')";

/// What is counted of the crowd, and where it stands.
const COUNTED: [(&str, &str); 18] = [
    ("people", "person WHERE id IN CROWD"),
    ("private", "person WHERE is_private AND id IN CROWD"),
    ("follows", "following WHERE person_id IN CROWD"),
    ("posts", "post WHERE author_id IN CROWD"),
    (
        "reposts",
        "post WHERE repost_of_id IS NOT NULL AND author_id IN CROWD",
    ),
    (
        "for followers",
        "post WHERE visibility = 'FOLLOWERS' AND author_id IN CROWD",
    ),
    (
        "pulled",
        "post WHERE fan_out = 'PULL' AND author_id IN CROWD",
    ),
    ("comments", "comment WHERE author_id IN CROWD"),
    ("deep", "comment WHERE depth = 3 AND author_id IN CROWD"),
    (
        "tombstones",
        "comment WHERE deleted_at > 0 AND NOT is_gone AND author_id IN CROWD",
    ),
    ("gone", "comment WHERE is_gone AND author_id IN CROWD"),
    ("reactions", "reaction WHERE person_id IN CROWD"),
    (
        "groups",
        "conversation WHERE kind = 'GROUP' AND creator_id IN CROWD",
    ),
    ("messages", "message WHERE sender_id IN CROWD"),
    ("blocks", "blocking WHERE person_id IN CROWD"),
    ("mutes", "mute WHERE person_id IN CROWD"),
    ("requests", "follow_request WHERE person_id IN CROWD"),
    (
        "hashtags",
        "post_hashtag h JOIN post p ON p.id = h.post_id WHERE p.author_id IN CROWD",
    ),
];

/// The rows that consumers derive, but for those of whom the log tells and the numbers.
async fn derived(app: &TestApp) -> Vec<String> {
    let db = app.platform().db.background();
    let mut found = Vec::new();
    for sql in [
        "SELECT subject_id AS id, kind || ' ' || term || ' ' || place AS what FROM search_word",
        "SELECT subject_id AS id, kind || ' ' || term || ' ' || place AS what FROM search_prefix",
        "SELECT subject_id AS id, kind || ' ' || score AS what FROM trend_score",
        "SELECT author_id AS id, CAST(is_marked AS text) AS what FROM feed_author",
        "SELECT post_id AS id, '' AS what FROM feed_entry",
    ] {
        let statement = Statement::from_string(db.get_database_backend(), sql);
        for row in db.query_all_raw(statement).await.unwrap() {
            let (id, what): (uuid::Uuid, String) = (
                row.try_get("", "id").unwrap(),
                row.try_get("", "what").unwrap(),
            );
            found.push(format!("{id} {what}"));
        }
    }
    found.sort();
    found
}

#[tokio::test]
async fn a_crowd_is_drawn_alike_by_both_engines_and_the_log_tells_of_the_town_alone() {
    let app = stage().await;
    let mut told = Vec::new();
    for (what, sql) in COUNTED {
        let sql = format!("SELECT COUNT(*) AS n FROM {}", sql.replace("CROWD", CROWD));
        told.push(format!("{what} {}", number(&app, &sql).await));
    }
    insta::assert_snapshot!(told.join("\n"), @r"
    people 60
    private 2
    follows 1259
    posts 1197
    reposts 57
    for followers 80
    pulled 717
    comments 5777
    deep 457
    tombstones 19
    gone 42
    reactions 10438
    groups 60
    messages 5578
    blocks 6
    mutes 59
    requests 4
    hashtags 351
    ");
    let facts = format!(
        "SELECT COUNT(*) AS n FROM activity WHERE aggregate IN {CROWD} OR actor IN {CROWD}"
    );
    assert_eq!(number(&app, &facts).await, 0);
    let town = "SELECT COUNT(*) AS n FROM activity WHERE kind = 'user.registered.v1'";
    assert_eq!(number(&app, town).await, 60);
}

#[tokio::test]
async fn what_follows_from_a_crowd_is_what_would_be_made_anew() {
    let app = stage().await;
    invariants::hold(&app).await;
    let before = derived(&app).await;
    assert!(before.len() > 20_000, "{}", before.len());
    rebuild(&app, &Searched).await;
    rebuild(&app, &Rescoring).await;
    rebuild(&app, &Feeds::new(app.platform())).await;
    let after = derived(&app).await;
    let differ = before
        .iter()
        .zip(&after)
        .find(|(before, after)| before != after);
    assert_eq!(differ, None);
    assert_eq!(before.len(), after.len());
    // Nobody has to be made anew who is new to such a database.
    let asked = "SELECT COUNT(*) AS n FROM activity_rebuild";
    assert_eq!(number(&app, asked).await, 0);
}

/// Every place of a home feed, from the newest.
async fn walk(reader: &Caller) -> Vec<Value> {
    let query = "query ($after: String) { viewer { homeFeed(first: 100, after: $after) \
                 { nodes { id } pageInfo { endCursor hasNextPage } } } }";
    let (mut found, mut after) = (Vec::new(), Value::Null);
    loop {
        let page =
            reader.query(query, json!({ "after": after })).await["viewer"]["homeFeed"].clone();
        found.extend(page["nodes"].as_array().unwrap().iter().cloned());
        after = page["pageInfo"]["endCursor"].clone();
        if page["pageInfo"]["hasNextPage"] == false {
            return found;
        }
    }
}

#[tokio::test]
async fn a_feed_of_the_crowd_is_the_same_before_and_after_it_lies_ready() {
    let app = stage().await;
    app.settle().await;
    app.hold();
    let (reader, _) = sign_in(&app, "mara_lind_1").await;
    let before = walk(&reader).await;
    assert!(before.len() > 200, "{}", before.len());
    app.settle().await;
    let ready = "SELECT COUNT(*) AS n FROM feed_entry";
    assert!(number(&app, ready).await > 50);
    assert_eq!(walk(&reader).await, before);
}

#[tokio::test]
async fn whoever_is_of_a_crowd_reads_pages_of_all_that_it_holds() {
    let app = stage().await;
    let (reader, _) = sign_in(&app, "tomas_ferro_1").await;
    let pages = [
        "{ explore(first: 50) { nodes { body author { handle followerCount } hashtags { name } reactionCount \
         commentCount comments(first: 10) { nodes { depth body replyCount author { handle } } } } } }",
        "{ user(handle: \"mara_lind_1\") { postCount followerCount \
         posts(first: 20) { nodes { visibility } } followers(first: 20) { nodes { handle } } \
         following(first: 20) { nodes { handle } } } }",
        "{ viewer { unreadMessageCount conversations(first: 50) { nodes { unreadCount title \
         members(first: 20) { nodes { user { handle } } } lastMessage { body } } } } }",
        "{ viewer { conversations(first: 5) { nodes { messages(first: 20) { nodes { body \
         replyTo { body } sender { handle } } } } } } }",
        "{ search(query: \"the\", type: POSTS, first: 20) { nodes { __typename } } }",
        "{ search(query: \"mara_lind_\", type: USERS, first: 20) { nodes { __typename } } }",
    ];
    let mut seen = Vec::new();
    for page in pages {
        seen.push(reader.query(page, json!({})).await);
    }
    let many = |page: usize, path: &str| {
        let nodes = seen[page].pointer(path).and_then(Value::as_array);
        nodes.map_or(0, Vec::len)
    };
    assert_eq!(many(0, "/explore/nodes"), 50);
    assert_eq!(many(1, "/user/posts/nodes"), 20);
    assert_eq!(many(1, "/user/followers/nodes"), 20);
    assert!(many(2, "/viewer/conversations/nodes") > 5);
    assert!(many(3, "/viewer/conversations/nodes/0/messages/nodes") > 0);
    assert_eq!(many(4, "/search/nodes"), 20);
    assert_eq!(many(5, "/search/nodes"), 1);
    let whole = "SELECT COUNT(*) AS n FROM message m JOIN conversation_member o \
         ON o.conversation_id = m.conversation_id JOIN person p ON p.id = o.person_id \
         WHERE p.handle = 'tomas_ferro_1' AND o.standing = 'ACTIVE' AND m.sequence > o.read_up_to \
         AND m.sender_id <> p.id AND m.deleted_at IS NULL AND NOT EXISTS \
         (SELECT 1 FROM blocking b WHERE b.person_id = p.id AND b.blocked_id = m.sender_id)";
    let unread = number(&app, whole).await;
    assert!(unread > 0);
    assert_eq!(seen[2]["viewer"]["unreadMessageCount"], unread);
}
