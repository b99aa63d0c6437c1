//! Identities and accounts that exist already, and second factors behind them.

use serde_json::{Value, json};
use totp_rs::Totp;

use super::{app, caller, complete, completed, enter, returned, unverify, with};
use crate::support::{Caller, PASSWORD, attempt, number, outcome};

fn with_password(back: &Value) -> Value {
    with(back, "currentPassword", PASSWORD)
}

async fn unlink(caller: &Caller) -> String {
    let input = json!({ "provider": "oidc", "currentPassword": PASSWORD });
    attempt(caller, "unlinkOidcIdentity", input).await
}

#[tokio::test]
async fn an_address_alone_gives_nobody_an_account() {
    let Some((app, _provider)) = app().await else {
        return;
    };
    let ada = app.user("ada").await;
    app.sql("UPDATE account SET email_verified_at = 1").await;
    let back = returned(&app, "ada").await;
    assert_eq!(completed(&app, &back).await, "CONFLICT");
    // The return is still good, to be linked by whoever has the account.
    let wrong = with(&back, "currentPassword", "wrong");
    assert_eq!(
        attempt(&ada, "linkOidcIdentity", wrong).await,
        "INVALID_CREDENTIALS at currentPassword"
    );
    let linked = attempt(&ada, "linkOidcIdentity", with_password(&back)).await;
    assert_eq!(linked, "done");
    let linked = attempt(&ada, "linkOidcIdentity", with_password(&back)).await;
    assert_eq!(linked, "TOKEN_INVALID", "the return is used up");
    let entered = enter(&app, "ada").await;
    assert_eq!(entered["isNewAccount"], false);
    assert_eq!(entered["viewer"]["user"]["id"], *ada.id);
}

#[tokio::test]
async fn an_address_that_the_provider_has_not_seen_or_nobody_has_proven_is_in_nobodys_way() {
    let Some((app, _provider)) = app().await else {
        return;
    };
    app.user("ada").await;
    unverify(&app).await;
    app.user("unseen").await;
    // Who has proven it at the provider has it here, unless somebody else has.
    for (name, is_verified) in [("unseen", false), ("ada", true)] {
        let entered = enter(&app, name).await;
        assert_eq!(entered["isNewAccount"], true, "{name}");
        assert_eq!(entered["viewer"]["isEmailVerified"], is_verified, "{name}");
    }
}

#[tokio::test]
async fn an_identity_belongs_to_one_account_and_an_account_has_one_of_a_provider() {
    let Some((app, _provider)) = app().await else {
        return;
    };
    let [ada, bob] = app.users(["ada", "bob"]).await;
    let back = returned(&app, "mara").await;
    assert_eq!(
        attempt(&ada, "linkOidcIdentity", with_password(&back)).await,
        "done"
    );
    for (who, name) in [(&bob, "mara"), (&ada, "mara"), (&ada, "otto")] {
        let back = with_password(&returned(&app, name).await);
        let told = attempt(who, "linkOidcIdentity", back).await;
        assert_eq!(told, "CONFLICT", "{} {name}", who.handle);
    }
    assert_eq!(unlink(&bob).await, "done", "nothing to unlink");
    assert_eq!(enter(&app, "mara").await["viewer"]["user"]["id"], *ada.id);
    let wrong = json!({ "provider": "oidc", "currentPassword": "wrong" });
    assert_eq!(
        attempt(&ada, "unlinkOidcIdentity", wrong).await,
        "INVALID_CREDENTIALS at currentPassword"
    );
    assert_eq!(unlink(&ada).await, "done");
    assert_eq!(enter(&app, "mara").await["isNewAccount"], true);
    let told = "SELECT COUNT(*) AS n FROM activity WHERE kind IN \
                ('user.identity_linked.v1', 'user.identity_unlinked.v1')";
    assert_eq!(number(&app, told).await, 2);
}

#[tokio::test]
async fn whoever_has_no_password_does_not_lose_their_only_way_in() {
    let Some((app, _provider)) = app().await else {
        return;
    };
    let mara = caller(&app, &enter(&app, "mara").await);
    for password in ["", PASSWORD] {
        let input = json!({ "provider": "oidc", "currentPassword": password });
        assert_eq!(
            attempt(&mara, "unlinkOidcIdentity", input).await,
            "INVALID_CREDENTIALS at currentPassword"
        );
    }
    assert_eq!(enter(&app, "mara").await["isNewAccount"], false);
}

#[tokio::test]
async fn an_authenticator_is_asked_for_behind_a_provider_too() {
    let Some((app, _provider)) = app().await else {
        return;
    };
    let ada = app.user("ada").await;
    let back = with_password(&returned(&app, "mara").await);
    assert_eq!(attempt(&ada, "linkOidcIdentity", back).await, "done");
    let input = json!({ "currentPassword": PASSWORD });
    let told = ada.mutate("enableTotp", input, "otpauthUrl").await;
    let totp = Totp::from_url(told["otpauthUrl"].as_str().unwrap()).unwrap();
    let now = u64::try_from(app.platform().now().seconds()).unwrap();
    let code = |step: u64| totp.generate(now - 30 + 30 * step).to_string();
    let confirm = json!({ "code": code(0) });
    assert_eq!(attempt(&ada, "confirmTotp", confirm).await, "done");

    let back = returned(&app, "mara").await;
    assert_eq!(completed(&app, &back).await, "TOTP_REQUIRED at totp");
    let used = with(&back, "totp", &code(0));
    let told = completed(&app, &used).await;
    assert_eq!(told, "INVALID_CREDENTIALS at totp");
    let counted = "SELECT failed_count AS n FROM totp";
    assert_eq!(number(&app, counted).await, 1);
    let other = with(&with(&back, "totp", &code(1)), "code", "another");
    assert_eq!(completed(&app, &other).await, "TOKEN_INVALID");
    let done = complete(&app, &with(&back, "totp", &code(1))).await;
    assert_eq!(outcome(&done), "done");
    assert_eq!(done["viewer"]["user"]["id"], *ada.id);
}
