//! Tokens: only the text that was issued proves anything.

use std::time::Duration;

use axum::{
    body::Body,
    http::{HeaderValue, Request, header},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use proptest::prelude::*;
use rookery::{clock::Timestamp, platform::tokens::Tokens};
use serde_json::json;
use uuid::Uuid;

use super::{
    campaign,
    choices::{changed, changed_text, changes, text},
    stage::{Stage, check},
};
use crate::support::sign_in;

const NOW: Timestamp = Timestamp(1_800_000_000_000_000);
const HEADS: [&str; 8] = [
    r#"{"alg":"none","typ":"JWT"}"#,
    r#"{"alg":"HS256","typ":"JWT","kid":"KID"}"#,
    r#"{"alg":"EdDSA","typ":"JWT"}"#,
    r#"{"alg":"EdDSA","kid":"KID","jku":"http://127.0.0.1/keys"}"#,
    r#"{"alg":"EdDSA","kid":"../../etc/passwd"}"#,
    r#"{"alg":"EdDSA","kid":"KID","jwk":{"kty":"OKP","crv":"Ed25519","x":"AA"}}"#,
    r#"{"alg":"ES256","kid":"KID"}"#,
    r#"{"alg":["EdDSA"],"kid":"KID"}"#,
];

/// What was done to a token.
#[derive(Clone, Debug)]
enum Forgery {
    /// Its text was changed.
    Text(Vec<super::choices::Change>),
    /// What one of its three parts says was changed.
    Part(usize, Vec<super::choices::Change>),
    /// Another head was put before it.
    Head(usize),
    /// A part was left out, repeated or swapped.
    Order([usize; 3]),
    /// It is something else.
    Noise(String),
}

fn forgeries() -> impl Strategy<Value = Forgery> {
    prop_oneof![
        changes(4).prop_map(Forgery::Text),
        (0..3_usize, changes(3)).prop_map(|(part, changes)| Forgery::Part(part, changes)),
        (0..HEADS.len()).prop_map(Forgery::Head),
        [0..4_usize, 0..4, 0..4].prop_map(Forgery::Order),
        text().prop_map(Forgery::Noise),
    ]
}

fn forge(token: &str, forgery: &Forgery) -> String {
    let mut parts: Vec<String> = token.split('.').map(str::to_owned).collect();
    match forgery {
        Forgery::Text(changes) => return changed_text(token, changes),
        Forgery::Noise(noise) => return noise.clone(),
        Forgery::Part(part, changes) => {
            let says = URL_SAFE_NO_PAD.decode(&parts[*part]).unwrap();
            parts[*part] = URL_SAFE_NO_PAD.encode(changed(&says, changes));
        }
        Forgery::Head(head) => {
            let own = URL_SAFE_NO_PAD.decode(&parts[0]).unwrap();
            let own: serde_json::Value = serde_json::from_slice(&own).unwrap();
            let head = HEADS[*head].replace("KID", own["kid"].as_str().unwrap());
            parts[0] = URL_SAFE_NO_PAD.encode(head);
        }
        Forgery::Order(order) => {
            let part = |n: &usize| parts.get(*n).cloned().unwrap_or_default();
            parts = order.iter().map(part).collect();
        }
    }
    parts.join(".")
}

#[test]
fn no_changed_access_token_is_read() {
    let tokens = Tokens::from_pem(&Tokens::new_pem().unwrap(), Duration::from_secs(900)).unwrap();
    let others = Tokens::from_pem(&Tokens::new_pem().unwrap(), Duration::from_secs(900)).unwrap();
    let cases = (forgeries(), any::<u128>(), any::<u128>());
    campaign(
        "access tokens",
        500,
        &cases,
        |(forgery, person, session)| {
            let (person, session) = (Uuid::from_u128(person), Uuid::from_u128(session));
            let (token, end) = tokens.sign(person, session, NOW).unwrap();
            let claims = tokens.read(&token, NOW).expect("its own token");
            prop_assert_eq!((claims.sub, claims.sid), (person, session));
            prop_assert!(tokens.read(&token, end).is_none() && others.read(&token, NOW).is_none());
            let forged = forge(&token, &forgery);
            prop_assert_eq!(
                tokens.read(&forged, NOW).is_some(),
                forged == token,
                "{}",
                forged
            );
            Ok(())
        },
    );
}

#[test]
fn no_changed_token_proves_anything_to_the_server() {
    let stage = Stage::begin();
    let app = stage.app.clone();
    let (ada, refresh) = stage.run(async move { sign_in(&app, "ada_01").await });
    let access = ada.token.unwrap();
    let query = json!({ "query": "{ viewer { user { handle } } }" }).to_string();
    let renew = "mutation($t: String!) { refreshSession(input: {refreshToken: $t}) \
                 { session { accessToken } userErrors { code } } }";
    campaign("tokens at the server", 80, &forgeries(), |forgery| {
        let forged = forge(&access, &forgery);
        if let Ok(value) = HeaderValue::from_str(&format!("Bearer {forged}")) {
            let request = Request::post("/graphql")
                .header(header::CONTENT_TYPE, "application/json")
                .header(header::AUTHORIZATION, value);
            let answer = stage.send(request.body(Body::from(query.clone())).unwrap());
            check(&answer)?;
            let proves = forged.trim() == access;
            prop_assert_eq!(answer.status, if proves { 200 } else { 401 }, "{}", forged);
        }
        let forged = match &forgery {
            Forgery::Text(changes) => changed_text(&refresh, changes),
            _ => forged,
        };
        if forged != refresh {
            let answer = stage.ask(None, renew, &json!({ "t": forged }));
            check(&answer)?;
            let payload = &answer.body["data"]["refreshSession"];
            prop_assert!(payload["session"].is_null(), "{answer:?}");
            let refused = answer.status != 200 || payload["userErrors"][0].is_object();
            prop_assert!(refused, "{answer:?}");
        }
        Ok(())
    });
}
