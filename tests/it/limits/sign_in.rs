//! Signing in: by account and by address.

use rookery::{
    accounts::commands::invalid_credentials, error::Code, platform::config::LimitsConfig,
};
use serde_json::json;
use tokio::task::JoinSet;

use super::{limited, sign_in, sign_in_from, told};
use crate::support::{PASSWORD, TestApp, number, outcome};

#[tokio::test]
async fn the_eleventh_attempt_on_an_account_waits_however_its_login_is_written() {
    let app = TestApp::limited(|_| ()).await;
    app.users(["ada", "bob"]).await;
    let logins = [
        "ada",
        " ADA ",
        "ａda",
        "ada@example.org",
        "ADA@Example.ORG ",
    ];
    for login in logins.iter().cycle().take(9) {
        let wrong = sign_in(&app, login, "not the password").await;
        assert_eq!(outcome(&wrong), "INVALID_CREDENTIALS");
    }
    assert_eq!(outcome(&sign_in(&app, "ada", PASSWORD).await), "done");
    for login in logins {
        let refused = sign_in(&app, login, PASSWORD).await;
        assert_eq!(told(&refused), limited(6), "{login}");
    }
    assert_eq!(outcome(&sign_in(&app, "bob", PASSWORD).await), "done");
    app.advance(5);
    assert_eq!(told(&sign_in(&app, "ada", PASSWORD).await), limited(1));
    app.advance(1);
    assert_eq!(outcome(&sign_in(&app, "ada", PASSWORD).await), "done");
    assert_eq!(told(&sign_in(&app, "ada", PASSWORD).await), limited(6));
}

/// The statements about buckets since they were forgotten.
async fn bucket_statements(app: &TestApp) -> Vec<String> {
    let mut all = app.statements().await;
    all.retain(|sql| sql.contains("bucket"));
    all.sort();
    all
}

#[tokio::test]
async fn a_refusal_does_not_tell_whether_there_is_such_an_account() {
    let app = TestApp::limited(|_| ()).await;
    app.user("ada").await;
    let mut seen = Vec::new();
    for login in [
        "ada",
        "nobody",
        "ada@example.org.",
        "nobody@example.org",
        "@",
    ] {
        app.advance(120);
        app.forget_statements().await;
        let mut answers = Vec::new();
        for _ in 0..12 {
            answers.push(sign_in(&app, login, "not the password").await);
        }
        seen.push((answers, bucket_statements(&app).await));
    }
    let first = seen.first().unwrap();
    assert_eq!(told(&first.0[9]).0, "INVALID_CREDENTIALS");
    assert_eq!(told(&first.0[11]), limited(6));
    // Twelve of the address, twelve of the account, and two looks at how long it takes.
    assert_eq!(first.1.len(), 26, "{:#?}", first.1);
    assert!(seen.iter().all(|each| each == first), "{seen:#?}");
}

#[tokio::test]
async fn an_address_has_sixty_attempts_a_minute_over_all_accounts_and_a_64_is_an_address() {
    let app = TestApp::limited(|_| ()).await;
    let p = app.platform();
    for n in 0..60 {
        let at = format!("2001:db8:0:7::{n:x}");
        let told = sign_in_from(p, &at, &format!("nobody{n}")).await;
        assert_eq!(told, (Some(Code::InvalidCredentials), None));
    }
    let refused = (Some(Code::RateLimited), Some(1));
    let again = sign_in_from(p, "2001:db8:0:7:ffff::1", "nobody60").await;
    assert_eq!(again, refused);
    let other = sign_in_from(p, "2001:db8:0:8::1", "nobody60").await;
    assert_eq!(other, (Some(Code::InvalidCredentials), None));
    // What was refused for its address took nothing from its account.
    assert_eq!(number(&app, "SELECT COUNT(*) AS n FROM bucket").await, 63);
}

/// A mutation with so many sign-ins as `login`.
fn aliased(times: usize, login: &str) -> String {
    let one = |n| {
        format!(
            "a{n}: signIn(input: {{ login: \"{login}\", password: \"not the password\" }}) \
             {{ userErrors {{ code retryAfterSeconds }} }}"
        )
    };
    let all: Vec<_> = (0..times).map(one).collect();
    format!("mutation {{ {} }}", all.join(" "))
}

#[tokio::test]
async fn each_alias_counts_and_fifty_are_refused_before_the_first_is_looked_at() {
    let app = TestApp::limited(|_| ()).await;
    app.user("ada").await;
    for _ in 0..2 {
        let data = app.guest().query(&aliased(5, "ada"), json!({})).await;
        for n in 0..5 {
            let code = &data[format!("a{n}")]["userErrors"][0]["code"];
            assert_eq!(code, "INVALID_CREDENTIALS");
        }
    }
    let data = app.guest().query(&aliased(2, "ada"), json!({})).await;
    for alias in ["a0", "a1"] {
        let error = &data[alias]["userErrors"][0];
        assert_eq!(error["code"], "RATE_LIMITED");
        assert_eq!(error["retryAfterSeconds"], 6);
    }
    app.forget_statements().await;
    let reply = app.guest().send(&aliased(50, "bob"), json!({})).await;
    assert_eq!(reply.code(), "QUERY_TOO_COMPLEX", "{:#}", reply.body);
    // Without a statement no account is found, and without one no password is tried.
    assert_eq!(app.statements().await, Vec::<String>::new());
    assert_eq!(number(&app, "SELECT COUNT(*) AS n FROM bucket").await, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_attempt_costs_no_argon2() {
    let app = TestApp::limited(|_| ()).await;
    app.user("ada").await;
    for _ in 0..10 {
        sign_in(&app, "ada", "not the password").await;
    }
    let mut hashing = JoinSet::new();
    for _ in 0..100 {
        let passwords = app.platform().passwords.clone();
        hashing.spawn(async move { passwords.hash("something else").await });
    }
    // The first that is turned away: every place where passwords are tried is taken, and whoever
    // comes for one now is told to come again in two seconds.
    while hashing.join_next().await.unwrap().unwrap().is_ok() {}
    let refused = sign_in(&app, "ada", PASSWORD).await;
    assert_eq!(told(&refused), limited(6));
    hashing.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_thirty_at_once_exactly_ten_pass() {
    let app = TestApp::limited(|_| ()).await;
    app.user("ada").await;
    let mut tasks = JoinSet::new();
    for _ in 0..30 {
        let app = app.clone();
        tasks.spawn(async move { told(&sign_in(&app, "ada", PASSWORD).await) });
    }
    let all = tasks.join_all().await;
    let passed = all.iter().filter(|(code, _)| code == "done").count();
    let refused = all.iter().filter(|told| **told == limited(6)).count();
    assert_eq!((passed, refused), (10, 20), "{all:?}");
}

#[tokio::test]
async fn lifted_limits_refuse_nobody_and_keep_no_buckets() {
    let app = TestApp::start_with(|config| {
        let limits: &mut LimitsConfig = &mut config.limits;
        (limits.sign_ins_per_account, limits.sign_ins_per_address) = (1, 1);
    })
    .await;
    app.user("ada").await;
    let says = invalid_credentials().to_string();
    for _ in 0..3 {
        let wrong = sign_in(&app, "ada", "not the password").await;
        assert_eq!(wrong["userErrors"][0]["message"], says.as_str());
    }
    assert_eq!(number(&app, "SELECT COUNT(*) AS n FROM bucket").await, 0);
}
