//! What all servers count together, and what they keep for that.

use rookery::{
    error::{Code, Error},
    people::commands::{self, SignIn},
    platform::{
        Platform,
        limiter::{Limit, Limiter, Subject},
    },
};
use sea_orm::{ConnectionTrait, Statement};

use super::sign_in_from;
use crate::support::{PASSWORD, TestApp, number};

#[tokio::test]
async fn two_servers_over_one_database_count_together() {
    let app = TestApp::limited(|_| ()).await;
    app.user("ada").await;
    let servers = [app.platform().clone(), app.another().await];
    for n in 0..10 {
        let told = sign_in_from(&servers[n % 2], "192.0.2.1", "ada").await;
        assert_eq!(told, (None, None));
    }
    for server in &servers {
        let told = sign_in_from(server, "192.0.2.1", "ada").await;
        assert_eq!(told, (Some(Code::RateLimited), Some(6)));
    }
}

async fn keys(p: &Platform) -> Vec<String> {
    let sql = "SELECT key FROM bucket ORDER BY key";
    let statement = Statement::from_string(p.db.backend(), sql);
    let rows = p.db.background().query_all_raw(statement).await.unwrap();
    rows.iter()
        .map(|row| row.try_get("", "key").unwrap())
        .collect()
}

#[tokio::test]
async fn no_address_and_no_login_is_kept_and_full_buckets_go() {
    let app = TestApp::limited(|_| ()).await;
    let ada = app.user("ada").await;
    let p = app.platform();
    for login in ["ada", "nobody", "nobody@example.org"] {
        sign_in_from(p, "192.0.2.1", login).await;
    }
    let kept = keys(p).await;
    assert_eq!(kept.len(), 4, "{kept:?}");
    for key in &kept {
        let (name, hash) = key.split_once(':').unwrap();
        assert!(
            ["sign-in-account", "sign-in-address"].contains(&name),
            "{key}"
        );
        assert_eq!(hash.len(), 43, "{key}");
        for secret in ["192.0.2.1", "nobody", "example", &ada.id] {
            assert!(!key.contains(secret), "{key}");
        }
    }
    // Somebody without the key cannot try addresses out.
    let plain = Limiter::new(&app.config().limits, false, [0; 32]);
    let subject = Subject::Network([192, 0, 2, 1].into());
    let limit = Limit::SignInAddress;
    plain.count(&p.db, limit, subject, p.now()).await.unwrap();
    assert_eq!(keys(p).await.len(), 5);

    app.advance(2);
    assert_eq!(p.limiter.sweep(&p.db, p.now()).await.unwrap(), 1);
    app.advance(4);
    assert_eq!(p.limiter.sweep(&p.db, p.now()).await.unwrap(), 4);
    assert_eq!(number(&app, "SELECT COUNT(*) AS n FROM bucket").await, 0);
}

#[tokio::test]
async fn more_buckets_than_one_transaction_takes_are_swept_too() {
    let app = TestApp::limited(|_| ()).await;
    let now = app.platform().now().0;
    let rows: Vec<_> = (0..1_201).map(|n| format!("('old:{n}', {now})")).collect();
    let rows = format!("{}, ('new', {})", rows.join(", "), now + 1);
    app.sql(&format!("INSERT INTO bucket (key, full_at) VALUES {rows}"))
        .await;
    let p = app.platform();
    assert_eq!(p.limiter.sweep(&p.db, p.now()).await.unwrap(), 1_201);
    assert_eq!(keys(p).await, ["new"]);
}

#[tokio::test]
async fn where_nothing_can_be_counted_nobody_signs_in() {
    let app = TestApp::limited(|_| ()).await;
    app.user("ada").await;
    app.sql("ALTER TABLE bucket RENAME TO lost").await;
    let who = SignIn {
        login: "ada",
        password: PASSWORD,
        totp: None,
        user_agent: None,
        address: [192, 0, 2, 1].into(),
    };
    let done = commands::sign_in(app.platform(), who).await;
    assert!(matches!(done, Err(Error::Internal(_))));
    app.sql("ALTER TABLE lost RENAME TO bucket").await;
    let told = sign_in_from(app.platform(), "192.0.2.1", "ada").await;
    assert_eq!(told, (None, None));
}
