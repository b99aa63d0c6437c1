//! Lists of posts and people, with rows around them that belong to nobody's page.

use super::listing::Listing;
use crate::support::{Caller, TestApp};

/// How many rows a list under test has.
pub const LENGTH: usize = 23;
/// The clock's moment in microseconds; keys are given around it.
pub const NOON: i64 = 1_777_636_800_000_000;

/// An app without budgets, because its clock stands still and they would never be refilled, and
/// with room for dear queries.
pub async fn app() -> TestApp {
    TestApp::start_with(|config| {
        config.limits.member_budget = u32::MAX;
        config.limits.guest_budget = u32::MAX;
        config.limits.max_cost = 100_000;
    })
    .await
}

/// A sort key for the `n`th row made: not in the order of making, and several rows share each.
pub fn key(n: usize) -> i64 {
    i64::try_from((n * 7) % 5).unwrap_or(0)
}

/// Rows in the order of a list: by key and, where keys are equal, by when they were made.
pub fn ordered(made: Vec<String>, is_descending: bool) -> Vec<String> {
    let mut rows: Vec<_> = made.into_iter().enumerate().collect();
    rows.sort_by_key(|(n, _)| (key(*n), *n));
    if is_descending {
        rows.reverse();
    }
    rows.into_iter().map(|(_, label)| label).collect()
}

/// Posts by `ada` under #sun, each with a key of its own, and other posts between them: hidden,
/// deleted and by somebody else without the hashtag.
async fn posts(app: &TestApp) -> (Caller, Vec<String>) {
    let [ada, bob] = app.users(["ada_01", "bob_01"]).await;
    let mut made = Vec::new();
    for n in 0..LENGTH {
        let body = format!("Post {n} #sun");
        ada.post(&body).await;
        for level in ["FOLLOWERS", "MENTIONED"] {
            ada.post_to(&format!("{level} {n} #sun"), level).await;
            bob.post_to(&format!("{level} {n}"), level).await;
        }
        if n % 4 == 0 {
            let gone = ada.post(&format!("Gone {n} #sun")).await;
            let input = serde_json::json!({ "postId": gone });
            ada.act("deletePost", input, "deletedPostId").await;
        }
        let at = NOON + key(n);
        app.sql(&format!(
            "UPDATE post SET created_at = {at} WHERE body LIKE '% {n} %' OR body LIKE '% {n}'"
        ))
        .await;
        made.push(body);
    }
    app.sql(
        "UPDATE post_hashtag SET created_at = \
         (SELECT created_at FROM post WHERE post.id = post_hashtag.post_id)",
    )
    .await;
    (app.user("eve_01").await, ordered(made, true))
}

fn of_posts(caller: Caller, around: &str, at: &'static str, rows: Vec<String>) -> Listing {
    Listing {
        caller,
        around: around.to_owned(),
        order: None,
        at,
        label: ("body", "/body"),
        is_counted: false,
        rows,
    }
}

pub async fn explore(app: &TestApp) -> Listing {
    let (_, rows) = posts(app).await;
    of_posts(app.guest(), "{ explore{page} }", "/explore", rows)
}

pub async fn posts_of_user(app: &TestApp) -> Listing {
    let (eve, rows) = posts(app).await;
    let around = "{ user(handle: \"ada_01\") { posts{page} } }";
    of_posts(eve, around, "/user/posts", rows)
}

pub async fn posts_of_hashtag(app: &TestApp) -> Listing {
    let (eve, rows) = posts(app).await;
    let around = "{ hashtag(name: \"sun\") { posts{page} } }";
    of_posts(eve, around, "/hashtag/posts", rows)
}

/// `eve` follows `bob` alone: his FOLLOWERS posts are hers to see, his MENTIONED ones are not.
pub async fn home_feed(app: &TestApp) -> Listing {
    let (eve, _) = posts(app).await;
    app.sql(
        "INSERT INTO following (person_id, followed_id, id, created_at) \
         SELECT e.id, b.id, e.id, 0 FROM person e, person b \
         WHERE e.handle = 'eve_01' AND b.handle = 'bob_01'",
    )
    .await;
    let made = (0..LENGTH).map(|n| format!("FOLLOWERS {n}")).collect();
    let around = "{ viewer { homeFeed{page} } }";
    of_posts(eve, around, "/viewer/homeFeed", ordered(made, true))
}

/// People who follow `ada` and whom she follows, in that order; some of them have left.
async fn circle(app: &TestApp, field: &str, table: &str) -> Listing {
    let ada = app.user("ada_01").await;
    let mut made = Vec::new();
    for n in 0..LENGTH + 3 {
        let other = app.user(&format!("person_{n}")).await;
        ada.follow(&other).await;
        other.follow(&ada).await;
        made.push(other.handle);
    }
    let other = match table {
        "follower" => "follower_id",
        _ => "followed_id",
    };
    for (n, handle) in made.iter().enumerate() {
        app.sql(&format!(
            "UPDATE {table} SET created_at = {} WHERE {other} = \
             (SELECT id FROM person WHERE handle = '{handle}')",
            NOON + key(n)
        ))
        .await;
    }
    app.sql(
        "UPDATE person SET deleted_at = 1 WHERE handle IN ('person_0', 'person_9', 'person_25')",
    )
    .await;
    let mut rows = ordered(made, true);
    rows.retain(|handle| !["person_0", "person_9", "person_25"].contains(&handle.as_str()));
    Listing {
        caller: app.guest(),
        around: format!("{{ user(handle: \"ada_01\") {{ {field}{{page}} }} }}"),
        order: None,
        at: match table {
            "follower" => "/user/followers",
            _ => "/user/following",
        },
        label: ("handle", "/handle"),
        is_counted: true,
        rows,
    }
}

pub async fn followers(app: &TestApp) -> Listing {
    circle(app, "followers", "follower").await
}

pub async fn following(app: &TestApp) -> Listing {
    circle(app, "following", "following").await
}
