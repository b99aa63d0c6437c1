//! Letters, and the password of whoever is signed in.

use serde_json::json;

use super::{limited, once, passes};
use crate::support::{PASSWORD, TestApp};

#[tokio::test]
async fn three_letters_an_hour_reset_passwords_whether_or_not_anybody_has_the_address() {
    let app = TestApp::limited(|_| ()).await;
    app.user("ada").await;
    let guest = app.guest();
    for address in ["ada@example.org", "nobody@example.org"] {
        let input = json!({ "email": address });
        passes(&guest, 3, "requestPasswordReset", &input).await;
        let again = json!({ "email": address.to_uppercase() });
        let told = once(&guest, "requestPasswordReset", &again).await;
        assert_eq!(told, limited(20 * 60), "{address}");
    }
    assert_eq!(app.letters().await.len(), 3);
    app.advance(20 * 60);
    let input = json!({ "email": "ada@example.org" });
    passes(&guest, 1, "requestPasswordReset", &input).await;
}

#[tokio::test]
async fn sixty_addresses_a_minute_are_asked_for_from_one_place() {
    let app = TestApp::limited(|_| ()).await;
    let guest = app.guest();
    for n in 0..60 {
        let input = json!({ "email": format!("nobody{n}@example.org") });
        passes(&guest, 1, "requestPasswordReset", &input).await;
    }
    let input = json!({ "email": "nobody@example.org" });
    assert_eq!(
        once(&guest, "requestPasswordReset", &input).await,
        limited(1)
    );
}

#[tokio::test]
async fn three_letters_an_hour_verify_addresses() {
    let app = TestApp::limited(|_| ()).await;
    let ada = app.user("ada").await;
    app.sql("UPDATE account SET email_verified_at = NULL").await;
    passes(&ada, 3, "resendVerificationEmail", &json!({})).await;
    let told = once(&ada, "resendVerificationEmail", &json!({})).await;
    assert_eq!(told, limited(20 * 60));
    let input = json!({ "newEmail": "victim@example.org", "currentPassword": PASSWORD });
    passes(&ada, 3, "changeEmail", &input).await;
    assert_eq!(once(&ada, "changeEmail", &input).await, limited(20 * 60));
}

#[tokio::test]
async fn whoever_has_a_session_guesses_its_password_ten_times_a_minute() {
    let app = TestApp::limited(|_| ()).await;
    let ada = app.user("ada").await;
    let wrong = json!({ "currentPassword": "not the password", "newPassword": "a new password" });
    for _ in 0..10 {
        let told = once(&ada, "changePassword", &wrong).await;
        assert_eq!(told.0, "INVALID_CREDENTIALS at currentPassword");
    }
    let before = app.platform().passwords.runs();
    assert_eq!(once(&ada, "changePassword", &wrong).await, limited(6));
    assert_eq!(app.platform().passwords.runs(), before, "without an argon2");
}
