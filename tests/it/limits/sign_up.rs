//! Joining, and letters for a new password.

use std::{net::IpAddr, time::Duration};

use rookery::{
    error::Code,
    people::commands::{self, SignUp},
    platform::{
        Platform,
        limiter::{Limit, Subject},
    },
};

use super::refusal;
use crate::support::TestApp;

async fn join(p: &Platform, address: &str, handle: &str) -> (Option<Code>, Option<u32>) {
    let new = SignUp {
        handle,
        email: &format!("{handle}@example.org"),
        password: "a herring gull at noon",
        display_name: None,
        user_agent: None,
        address: address.parse::<IpAddr>().unwrap(),
    };
    refusal(commands::sign_up(p, new).await)
}

#[tokio::test]
async fn so_many_join_from_one_address_in_an_hour_and_one_more_when_there_is_room() {
    let app = TestApp::limited(|config| config.limits.sign_ups_per_address = 3).await;
    let p = app.platform();
    for handle in ["ada", "bob", "cyd"] {
        assert_eq!(join(p, "192.0.2.1", handle).await, (None, None));
    }
    let refused = (Some(Code::RateLimited), Some(1_200));
    assert_eq!(join(p, "::ffff:192.0.2.1", "dan").await, refused);
    assert_eq!(join(p, "192.0.2.2", "eve").await, (None, None));
    app.advance(1_200);
    // What is wrong at first sight does not count.
    let wrong = join(p, "192.0.2.1", "not a handle").await;
    assert_eq!(wrong, (Some(Code::BadUserInput), None));
    assert_eq!(join(p, "192.0.2.1", "dan").await, (None, None));
    assert_eq!(join(p, "192.0.2.1", "fay").await, refused);
}

#[tokio::test]
async fn three_letters_for_a_new_password_go_to_one_address_in_an_hour() {
    let app = TestApp::limited(|_| ()).await;
    let p = app.platform();
    let ask = async |key| refusal(p.throttle(Limit::Letter, Subject::Text(key)).await);
    for _ in 0..3 {
        assert_eq!(ask("ada@example.org").await, (None, None));
    }
    let refused = (Some(Code::RateLimited), Some(1_200));
    assert_eq!(ask("ada@example.org").await, refused);
    assert_eq!(ask("bob@example.org").await, (None, None));
    p.clock.advance(Duration::from_secs(1_200));
    assert_eq!(ask("ada@example.org").await, (None, None));
}
