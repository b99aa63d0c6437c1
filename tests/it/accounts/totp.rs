//! Codes of an authenticator beside the password, and the recovery codes that stand in for it.

use rookery::accounts::commands::reseal;
use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};
use tokio::task::JoinSet;
use totp_rs::Totp;

use crate::support::{Caller, PASSWORD, TestApp, attempt, number, outcome, sign_in};

/// Somebody's authenticator.
#[derive(Clone)]
struct Authenticator {
    app: TestApp,
    totp: Totp,
}

impl Authenticator {
    /// Reads what `enableTotp` answers.
    async fn read(caller: &Caller) -> Self {
        let input = json!({ "currentPassword": PASSWORD });
        let done = caller.mutate("enableTotp", input, "otpauthUrl").await;
        assert_eq!(outcome(&done), "done");
        let totp = Totp::from_url(done["otpauthUrl"].as_str().unwrap()).unwrap();
        let app = caller.app.clone();
        Self { app, totp }
    }

    /// The code of the step so many after the present one.
    fn code(&self, steps: i64) -> String {
        let now = self.app.platform().now().seconds() + 30 * steps;
        self.totp.generate(now.try_into().unwrap()).to_string()
    }

    /// A code that is none of the five around the present one.
    fn wrong(&self) -> String {
        let near: Vec<_> = (-2..=2).map(|steps| self.code(steps)).collect();
        let codes = (0..6).map(|n| format!("{n:06}"));
        codes.into_iter().find(|code| !near.contains(code)).unwrap()
    }
}

/// Switches codes on: the authenticator and the recovery codes.
async fn enable(caller: &Caller) -> (Authenticator, Vec<String>) {
    let own = Authenticator::read(caller).await;
    let input = json!({ "code": own.code(-1) });
    let done = caller
        .mutate(
            "confirmTotp",
            input,
            "recoveryCodes viewer { isTotpEnabled recoveryCodesLeft }",
        )
        .await;
    assert_eq!(outcome(&done), "done");
    assert_eq!(
        done["viewer"],
        json!({ "isTotpEnabled": true, "recoveryCodesLeft": 10 })
    );
    let codes = done["recoveryCodes"].as_array().unwrap().iter();
    let codes = codes.map(|code| code.as_str().unwrap().to_owned());
    (own, codes.collect())
}

async fn enter(app: &TestApp, totp: Option<&str>) -> Value {
    let input = json!({ "login": "ada", "password": PASSWORD, "totp": totp });
    app.guest()
        .mutate("signIn", input, "session { accessToken }")
        .await
}

async fn entered(app: &TestApp, totp: &str) -> String {
    outcome(&enter(app, Some(totp)).await)
}

async fn factor(caller: &Caller) -> Value {
    let query = "{ viewer { isTotpEnabled recoveryCodesLeft } }";
    caller.query(query, json!({})).await["viewer"].clone()
}

const WRONG: &str = "INVALID_CREDENTIALS at totp";

#[tokio::test]
async fn a_code_is_asked_for_after_the_password_and_only_once_it_was_confirmed() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    let (elsewhere, _) = sign_in(&app, "ada").await;
    let pending = Authenticator::read(&ada).await;
    assert_eq!(outcome(&enter(&app, None).await), "done");
    assert_eq!(
        factor(&ada).await,
        json!({ "isTotpEnabled": false, "recoveryCodesLeft": 0 })
    );
    let wrong = json!({ "code": pending.wrong() });
    assert_eq!(
        attempt(&ada, "confirmTotp", wrong).await,
        "INVALID_CREDENTIALS at code"
    );
    let (own, _) = enable(&ada).await;
    for nothing in [None, Some(""), Some(" ")] {
        let asked = outcome(&enter(&app, nothing).await);
        assert_eq!(asked, "TOTP_REQUIRED at totp");
    }
    let input = json!({ "login": "ada", "password": "wrong", "totp": own.code(0) });
    assert_eq!(
        attempt(&app.guest(), "signIn", input).await,
        "INVALID_CREDENTIALS"
    );
    assert_eq!(entered(&app, &own.code(0)).await, "done");
    // Sessions from before stay.
    assert_eq!(factor(&elsewhere).await["isTotpEnabled"], true);
}

#[tokio::test]
async fn an_app_asks_nobody_else_for_a_code() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    enable(&ada).await;
    sign_in(&app, "bob").await;
    assert_eq!(
        factor(&bob).await,
        json!({ "isTotpEnabled": false, "recoveryCodesLeft": 0 })
    );
}

#[tokio::test]
async fn a_code_is_good_once_and_none_before_it_is_good_again() {
    let app = TestApp::start().await;
    let (own, _) = enable(&app.user("ada").await).await;
    // The last step's was used to confirm.
    assert_eq!(entered(&app, &own.code(-1)).await, WRONG);
    assert_eq!(entered(&app, &own.code(-2)).await, WRONG);
    assert_eq!(entered(&app, &own.code(2)).await, WRONG, "two steps ahead");
    assert_eq!(entered(&app, &own.code(1)).await, "done", "one step ahead");
    assert_eq!(entered(&app, &own.code(1)).await, WRONG);
    assert_eq!(entered(&app, &own.code(0)).await, WRONG, "an earlier one");
    app.advance(90);
    assert_eq!(entered(&app, &own.code(-2)).await, WRONG, "two steps ago");
    assert_eq!(entered(&app, &own.code(-1)).await, "done", "one step ago");
}

#[tokio::test]
async fn each_recovery_code_is_good_once_however_it_is_typed() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    let (own, codes) = enable(&ada).await;
    let typed = codes[0].to_lowercase().replace('-', " ");
    assert_eq!(entered(&app, &typed).await, "done");
    assert_eq!(entered(&app, &codes[0]).await, WRONG);
    for code in &codes[1..9] {
        assert_eq!(entered(&app, code).await, "done");
    }
    assert_eq!(factor(&ada).await["recoveryCodesLeft"], 1);
    assert_eq!(entered(&app, &own.code(0)).await, "done");
    let input = json!({ "currentPassword": PASSWORD, "code": codes[9] });
    let done = ada
        .mutate("disableTotp", input, "viewer { isTotpEnabled }")
        .await;
    assert_eq!(outcome(&done), "done");
    assert_eq!(done["viewer"]["isTotpEnabled"], false);
    assert_eq!(outcome(&enter(&app, None).await), "done");
}

#[tokio::test]
async fn the_recovery_codes_of_one_person_are_nothing_to_another() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    enable(&ada).await;
    let (_, codes) = enable(&bob).await;
    assert_eq!(entered(&app, &codes[0]).await, WRONG);
}

#[tokio::test]
async fn codes_that_are_switched_off_are_worth_nothing_when_others_are_switched_on() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    let (own, codes) = enable(&ada).await;
    let input = json!({ "currentPassword": PASSWORD, "code": own.code(0) });
    assert_eq!(attempt(&ada, "disableTotp", input).await, "done");
    let (_, again) = enable(&ada).await;
    assert_eq!(entered(&app, &codes[0]).await, WRONG);
    assert_eq!(entered(&app, &own.code(1)).await, WRONG);
    assert_eq!(entered(&app, &again[0]).await, "done");
}

#[tokio::test]
async fn what_is_on_is_not_switched_on_again_and_a_proposal_is_replaced_by_the_next() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    let confirm = |code: String| json!({ "code": code });
    let off = |code: String| json!({ "currentPassword": PASSWORD, "code": code });
    let nothing = confirm("123456".to_owned());
    assert_eq!(attempt(&ada, "confirmTotp", nothing).await, "CONFLICT");
    let first = Authenticator::read(&ada).await;
    let early = off(first.code(0));
    assert_eq!(attempt(&ada, "disableTotp", early).await, "CONFLICT");
    let second = Authenticator::read(&ada).await;
    let stale = confirm(first.code(0));
    assert_eq!(
        attempt(&ada, "confirmTotp", stale).await,
        "INVALID_CREDENTIALS at code"
    );
    let good = confirm(second.code(0));
    assert_eq!(attempt(&ada, "confirmTotp", good).await, "done");
    let input = json!({ "currentPassword": PASSWORD });
    assert_eq!(attempt(&ada, "enableTotp", input).await, "CONFLICT");
    let again = confirm(second.code(1));
    assert_eq!(attempt(&ada, "confirmTotp", again).await, "CONFLICT");
}

#[tokio::test]
async fn a_stolen_session_neither_switches_codes_on_nor_off() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    let refused = "INVALID_CREDENTIALS at currentPassword";
    for password in ["wrong", ""] {
        let input = json!({ "currentPassword": password });
        assert_eq!(attempt(&ada, "enableTotp", input).await, refused);
    }
    let (own, _) = enable(&ada).await;
    let input = json!({ "currentPassword": "wrong", "code": own.code(0) });
    assert_eq!(attempt(&ada, "disableTotp", input).await, refused);
    let input = json!({ "currentPassword": PASSWORD, "code": own.wrong() });
    assert_eq!(
        attempt(&ada, "disableTotp", input).await,
        "INVALID_CREDENTIALS at code"
    );
    assert_eq!(factor(&ada).await["isTotpEnabled"], true);
}

#[tokio::test]
async fn after_five_wrong_codes_none_is_looked_at_for_a_minute_and_then_ever_longer() {
    let app = TestApp::start().await;
    let (own, codes) = enable(&app.user("ada").await).await;
    let waits = |told: &Value| told["userErrors"][0]["retryAfterSeconds"].clone();
    for _ in 0..5 {
        assert_eq!(entered(&app, &own.wrong()).await, WRONG);
    }
    for code in [own.code(0), own.wrong(), codes[0].clone()] {
        let told = enter(&app, Some(&code)).await;
        assert_eq!(outcome(&told), "RATE_LIMITED at totp");
        assert_eq!(waits(&told), 60);
    }
    app.advance(59);
    assert_eq!(waits(&enter(&app, Some(&own.code(0))).await), 1);
    app.advance(1);
    assert_eq!(entered(&app, &own.wrong()).await, WRONG);
    assert_eq!(waits(&enter(&app, Some(&own.code(0))).await), 120);
    app.advance(120);
    assert_eq!(entered(&app, &own.code(0)).await, "done");
    // A right one wipes the wrong ones out.
    for _ in 0..5 {
        assert_eq!(entered(&app, &own.wrong()).await, WRONG);
    }
    let told = enter(&app, Some(&codes[0])).await;
    assert_eq!(waits(&told), 60);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_who_use_one_code_at_once_one_comes_in() {
    let app = TestApp::start().await;
    let (own, codes) = enable(&app.user("ada").await).await;
    for code in [own.code(0), codes[0].clone()] {
        let mut tasks = JoinSet::new();
        for _ in 0..5 {
            let (app, code) = (app.clone(), code.clone());
            tasks.spawn(async move { entered(&app, &code).await });
        }
        let mut told = tasks.join_all().await;
        told.sort();
        assert_eq!(told, [WRONG, WRONG, WRONG, WRONG, "done"]);
        // Four wrong ones are not too many, and a right one wipes them out.
        assert_eq!(
            entered(&app, &codes[1]).await,
            if code.len() == 6 { "done" } else { WRONG }
        );
    }
}

/// Every row of the table, as text.
async fn rows(app: &TestApp, table: &str) -> String {
    let db = app.platform().db.background();
    let sql = match table {
        "totp" => "SELECT secret AS text FROM totp",
        _ => "SELECT hash AS text FROM recovery_code",
    };
    let rows = db
        .query_all_raw(Statement::from_string(db.get_database_backend(), sql))
        .await
        .unwrap();
    assert!(!rows.is_empty(), "{table}");
    let text = |row: &sea_orm::QueryResult| row.try_get::<String>("", "text").unwrap();
    rows.iter().map(text).collect()
}

#[tokio::test]
async fn a_leaked_database_gives_no_codes_and_statements_carry_no_secrets() {
    let app = TestApp::start().await;
    app.forget_seen().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    let (own, codes) = enable(&ada).await;
    assert_eq!(entered(&app, &codes[1]).await, "done");
    let code = own.code(0);
    assert_eq!(entered(&app, &code).await, "done");
    let secret = own.totp.secret().to_base32();
    let mut kept = rows(&app, "totp").await + &rows(&app, "recovery_code").await;
    kept += &format!("{:?}", app.seen());
    assert!(kept.contains("key_id"), "statements were seen");
    for secret in [
        secret.as_str(),
        &codes[0],
        &codes[1],
        &codes[0].replace('-', ""),
    ] {
        assert!(!kept.contains(secret), "{secret}");
    }
    assert!(!kept.contains(&format!("\"{code}\"")), "{code}");
    // Put into the row of somebody else, what is sealed opens for nobody.
    let (bobs, _) = enable(&bob).await;
    app.sql(
        "UPDATE totp SET secret = (SELECT t.secret FROM totp t JOIN handle h ON \
         h.person_id = t.person_id WHERE h.key = 'bob')",
    )
    .await;
    let input = json!({ "login": "ada", "password": PASSWORD, "totp": bobs.code(0) });
    let query = "mutation($input: SignInInput!) { signIn(input: $input) { session { accessToken } \
                 userErrors { code } } }";
    let reply = app.guest().send(query, json!({ "input": input })).await;
    assert_eq!(reply.code(), "INTERNAL");
}

#[tokio::test]
async fn secrets_are_sealed_anew_with_the_present_key_and_still_open() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    let (own, _) = enable(&ada).await;
    enable(&bob).await;
    assert_eq!(reseal(app.platform()).await.unwrap(), 0, "nothing to do");
    let before = rows(&app, "totp").await;
    app.sql("UPDATE totp SET key_id = 'before'").await;
    app.sql(
        "UPDATE totp SET secret = 'broken' WHERE person_id = \
         (SELECT person_id FROM handle WHERE key = 'bob')",
    )
    .await;
    assert_eq!(reseal(app.platform()).await.unwrap(), 1);
    assert_ne!(rows(&app, "totp").await, before);
    let left = "SELECT COUNT(*) AS n FROM totp WHERE key_id = 'before'";
    assert_eq!(
        number(&app, left).await,
        1,
        "what does not open stays as it is"
    );
    assert_eq!(entered(&app, &own.code(0)).await, "done");
}

#[tokio::test]
async fn an_account_without_a_password_is_entered_by_none() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    app.sql("UPDATE account SET password_hash = ''").await;
    for password in ["", " ", PASSWORD, "nobody has this password"] {
        let input = json!({ "login": "ada", "password": password });
        let told = attempt(&app.guest(), "signIn", input).await;
        assert_eq!(told, "INVALID_CREDENTIALS", "{password}");
        let input = json!({ "currentPassword": password });
        let told = attempt(&ada, "enableTotp", input).await;
        assert_eq!(told, "INVALID_CREDENTIALS at currentPassword", "{password}");
    }
}

#[tokio::test]
async fn a_letter_gives_a_new_password_and_does_not_stand_in_for_a_code() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    let (own, _) = enable(&ada).await;
    let input = json!({ "email": "ada@example.org" });
    assert_eq!(
        attempt(&app.guest(), "requestPasswordReset", input).await,
        "done"
    );
    let token = app.letter_to("ada@example.org").await.token();
    let new = "another horse battery";
    let input = json!({ "token": token, "newPassword": new });
    let payload = "session { accessToken } viewer { id }";
    let done = app.guest().mutate("resetPassword", input, payload).await;
    assert_eq!(outcome(&done), "done");
    assert_eq!(
        [&done["session"], &done["viewer"]],
        [&Value::Null, &Value::Null]
    );
    let input = json!({ "login": "ada", "password": new });
    assert_eq!(
        attempt(&app.guest(), "signIn", input).await,
        "TOTP_REQUIRED at totp"
    );
    let input = json!({ "login": "ada", "password": new, "totp": own.code(1) });
    assert_eq!(attempt(&app.guest(), "signIn", input).await, "done");
}

#[tokio::test]
async fn switching_codes_on_and_off_is_told_by_letter() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    let (own, _) = enable(&ada).await;
    let input = json!({ "currentPassword": PASSWORD, "code": own.code(0) });
    assert_eq!(attempt(&ada, "disableTotp", input).await, "done");
    assert_eq!(
        app.posted(0).await,
        [
            "ada@example.org: Two-step sign-in is on",
            "ada@example.org: Two-step sign-in is off"
        ]
    );
}
