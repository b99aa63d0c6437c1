//! Keys that sign access tokens and seal cursors: two at once while they change, and nothing that
//! was not signed by one of them.

use axum::{Router, body::Body, http::Request};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ed25519_dalek::{Signer, SigningKey, pkcs8::DecodePrivateKey};
use rookery::{
    app::{self, Parts},
    http::playground::Page,
    platform::tokens::Tokens,
};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::support::TestApp;

/// A server over the app's database.
struct Instance {
    router: Router,
    parts: Parts,
}

impl Instance {
    async fn start(app: &TestApp, key: &str, previous: Option<&str>) -> Self {
        let mut config = app.config().clone();
        config.http.signing_key_previous = previous.map(|key| key.parse().unwrap());
        let clock = app.platform().clock.clone();
        let parts = app::parts(&config, key, clock, None).await.unwrap();
        let router = app::web(&parts, &config, Page::default()).unwrap().router;
        Self { router, parts }
    }

    /// The status and the body of an operation.
    async fn ask(&self, token: &str, query: &str) -> (u16, Value) {
        let mut request = Request::post("/graphql").header("content-type", "application/json");
        if !token.is_empty() {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let body = json!({ "query": query }).to_string();
        let request = request.body(Body::from(body)).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await;
        (status, serde_json::from_slice(&bytes.unwrap()).unwrap())
    }

    async fn data(&self, token: &str, query: &str) -> Value {
        let (status, body) = self.ask(token, query).await;
        assert_eq!((status, body.get("errors")), (200, None), "{body:#}");
        body["data"].clone()
    }

    /// Whether a token is somebody's here.
    async fn knows(&self, token: &str) -> bool {
        let (status, body) = self.ask(token, "{ viewer { user { handle } } }").await;
        let refused = body["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED";
        assert_eq!(status == 401, refused, "{body:#}");
        assert!(
            refused || body["data"]["viewer"]["user"]["handle"] == "ann",
            "{body:#}"
        );
        !refused
    }

    /// The tokens of somebody who joins.
    async fn sign_up(&self) -> (String, String) {
        let query = "mutation { signUp(input: { handle: \"ann\", email: \"ann@example.org\", \
            password: \"correct horse battery\" }) { session { accessToken refreshToken } } }";
        tokens(&self.data("", query).await["signUp"])
    }
}

fn tokens(payload: &Value) -> (String, String) {
    let text = |name: &str| {
        let token = payload["session"][name].as_str();
        token.unwrap_or_else(|| panic!("{payload:#}")).to_owned()
    };
    (text("accessToken"), text("refreshToken"))
}

fn posts(after: &str) -> String {
    format!(
        "{{ user(handle: \"ann\") {{ posts(first: 1, after: {after}) \
         {{ nodes {{ body }} pageInfo {{ endCursor }} }} }} }}"
    )
}

/// The cursor as a server seals it that may not show its row.
fn sealed(cursor: &str, instance: &Instance) -> String {
    let bytes = URL_SAFE_NO_PAD.decode(cursor).unwrap();
    let end = bytes.iter().position(|byte| *byte == 0).unwrap();
    let order = std::str::from_utf8(&bytes[..end]).unwrap();
    let closed = instance.parts.platform.seal.close(order, &bytes[end + 1..]);
    URL_SAFE_NO_PAD.encode([&[0][..], &closed.unwrap()].concat())
}

#[tokio::test]
async fn a_key_changes_without_ending_tokens_or_cursors_and_the_old_one_is_good_no_longer() {
    let app = TestApp::start().await;
    let [old_key, new_key] = [(); 2].map(|()| Tokens::new_pem().unwrap());
    let old = Instance::start(&app, &old_key, None).await;
    let (access, refresh) = old.sign_up().await;
    for body in ["one", "two"] {
        let post = format!(
            "mutation {{ createPost(input: {{ body: \"{body}\" }}) {{ userErrors {{ code }} }} }}"
        );
        old.data(&access, &post).await;
    }
    let page = old.data(&access, &posts("null")).await;
    let cursor = page["user"]["posts"]["pageInfo"]["endCursor"]
        .as_str()
        .unwrap();
    let cursor = json!(sealed(cursor, &old)).to_string();
    let next = json!({ "user": { "posts": {
        "nodes": [{ "body": "one" }],
        "pageInfo": old.data(&access, &posts(&cursor)).await["user"]["posts"]["pageInfo"],
    } } });

    let both = Instance::start(&app, &new_key, Some(&old_key)).await;
    assert!(both.knows(&access).await);
    assert_eq!(both.data(&access, &posts(&cursor)).await, next);
    let again = format!(
        "mutation {{ refreshSession(input: {{ refreshToken: \"{refresh}\" }}) {{ session {{ accessToken refreshToken }} }} }}"
    );
    let (renewed, _) = tokens(&both.data("", &again).await["refreshSession"]);
    assert!(both.knows(&renewed).await);
    assert!(
        !old.knows(&renewed).await,
        "new tokens are signed by the new key"
    );

    let new = Instance::start(&app, &new_key, None).await;
    assert!(
        new.knows(&renewed).await,
        "new tokens are signed by the new key"
    );
    assert!(!new.knows(&access).await);
    let (_, body) = new.ask(&renewed, &posts(&cursor)).await;
    assert_eq!(
        body["errors"][0]["extensions"]["code"], "BAD_CURSOR",
        "{body:#}"
    );
    let cursor = json!(sealed_by(&both, &page)).to_string();
    assert_eq!(new.data(&renewed, &posts(&cursor)).await, next);
}

fn sealed_by(instance: &Instance, page: &Value) -> String {
    let cursor = page["user"]["posts"]["pageInfo"]["endCursor"].as_str();
    sealed(cursor.unwrap(), instance)
}

/// Somebody's token, taken apart, and the key that signed it.
struct Forge {
    instance: Instance,
    key: SigningKey,
    head: Value,
    claims: Value,
    access: String,
    refresh: String,
}

impl Forge {
    async fn new(app: &TestApp) -> Self {
        let pem = Tokens::new_pem().unwrap();
        let instance = Instance::start(app, &pem, None).await;
        let (access, refresh) = instance.sign_up().await;
        let part = |at| {
            let part = URL_SAFE_NO_PAD.decode(access.split('.').nth(at).unwrap());
            serde_json::from_slice(&part.unwrap()).unwrap()
        };
        Self {
            key: SigningKey::from_pkcs8_pem(&pem).unwrap(),
            head: part(0),
            claims: part(1),
            instance,
            access,
            refresh,
        }
    }

    /// The token with another head and other claims, signed by `key`.
    async fn passes(&self, head: &Value, claims: &Value, key: &SigningKey) -> bool {
        let said = said(head, claims);
        let signature = URL_SAFE_NO_PAD.encode(key.sign(said.as_bytes()).to_bytes());
        self.instance.knows(&format!("{said}.{signature}")).await
    }
}

fn said(head: &Value, claims: &Value) -> String {
    let part = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
    format!("{}.{}", part(head), part(claims))
}

/// An object with one thing changed, or, by null, left out.
fn with(object: &Value, name: &str, value: Value) -> Value {
    let mut object = object.clone();
    let fields = object.as_object_mut().unwrap();
    match value {
        Value::Null => drop(fields.remove(name)),
        value => drop(fields.insert(name.to_owned(), value)),
    }
    object
}

#[tokio::test]
async fn a_head_that_asks_for_another_check_is_refused() {
    let app = TestApp::start().await;
    let forge = Forge::new(&app).await;
    let (head, claims) = (&forge.head, &forge.claims);
    assert_eq!(
        (&head["alg"], &head["typ"]),
        (&json!("EdDSA"), &json!("at+jwt"))
    );
    assert!(
        forge.passes(head, claims, &forge.key).await,
        "unchanged it is good"
    );
    for (name, value) in [
        ("alg", json!("none")),
        ("alg", json!("None")),
        ("alg", json!("HS256")),
        ("alg", json!("ES256")),
        ("alg", Value::Null),
        ("typ", json!("JWT")),
        ("typ", json!("refresh+jwt")),
        ("typ", Value::Null),
        ("kid", json!("unknown")),
        ("kid", json!("../../../../dev/null")),
        ("kid", json!("' OR 1=1 --")),
        ("kid", Value::Null),
        ("crit", json!(["exp"])),
    ] {
        let changed = with(head, name, value);
        assert!(
            !forge.passes(&changed, claims, &forge.key).await,
            "{changed}"
        );
    }
    // Not signed at all.
    for alg in ["none", "NONE", "nOnE", "EdDSA"] {
        let said = said(&with(head, "alg", json!(alg)), claims);
        assert!(!forge.instance.knows(&format!("{said}.")).await, "{alg}");
        assert!(!forge.instance.knows(&said).await, "{alg}");
    }
}

#[tokio::test]
async fn what_everybody_knows_of_the_key_signs_nothing() {
    use jsonwebtoken::{Algorithm, EncodingKey, crypto::sign};
    let app = TestApp::start().await;
    let forge = Forge::new(&app).await;
    let public = forge.key.verifying_key();
    let text = URL_SAFE_NO_PAD.encode(public.as_bytes());
    for algorithm in [Algorithm::HS256, Algorithm::HS512] {
        for secret in [&public.as_bytes()[..], text.as_bytes(), b""] {
            let alg = serde_json::to_value(algorithm).unwrap();
            let said = said(&with(&forge.head, "alg", alg), &forge.claims);
            let key = EncodingKey::from_secret(secret);
            let signature = sign(said.as_bytes(), &key, algorithm).unwrap();
            assert!(!forge.instance.knows(&format!("{said}.{signature}")).await);
        }
    }
}

#[tokio::test]
async fn keys_that_a_token_brings_along_are_not_looked_at() {
    let app = TestApp::start().await;
    let forge = Forge::new(&app).await;
    let theirs = SigningKey::from_bytes(&[7; 32]);
    let x = URL_SAFE_NO_PAD.encode(theirs.verifying_key().as_bytes());
    let jwk = json!({ "kty": "OKP", "crv": "Ed25519", "x": x, "kid": forge.head["kid"] });
    for (name, value) in [
        ("jwk", jwk),
        ("jku", json!("https://evil.example/jwks.json")),
        ("x5u", json!("https://evil.example/cert.pem")),
        ("x5c", json!(["MIIB"])),
    ] {
        let head = with(&forge.head, name, value);
        assert!(!forge.passes(&head, &forge.claims, &theirs).await, "{head}");
        assert!(
            forge.passes(&head, &forge.claims, &forge.key).await,
            "{head}"
        );
    }
    assert!(!forge.passes(&forge.head, &forge.claims, &theirs).await);
}

#[tokio::test]
async fn claims_of_another_house_time_or_person_are_refused() {
    let app = TestApp::start().await;
    let forge = Forge::new(&app).await;
    let now = app.platform().now().seconds();
    let nobody = json!("00000000-0000-7000-8000-000000000000");
    for (name, value) in [
        ("iss", json!("another")),
        ("iss", Value::Null),
        ("aud", json!("another")),
        ("aud", json!(["another"])),
        ("aud", Value::Null),
        ("exp", json!(now)),
        ("exp", json!(now - 1)),
        ("exp", json!("tomorrow")),
        ("exp", Value::Null),
        ("sub", nobody.clone()),
        ("sub", json!("ann")),
        ("sub", Value::Null),
        ("sid", nobody),
        ("sid", Value::Null),
    ] {
        let claims = with(&forge.claims, name, value);
        assert!(
            !forge.passes(&forge.head, &claims, &forge.key).await,
            "{claims}"
        );
    }
    assert!(
        !forge.instance.knows(&forge.refresh).await,
        "a refresh token"
    );
    let again = format!(
        "mutation {{ refreshSession(input: {{ refreshToken: \"{}\" }}) {{ userErrors {{ code }} }} }}",
        forge.access
    );
    let refused = forge.instance.data("", &again).await;
    let code = &refused["refreshSession"]["userErrors"][0]["code"];
    assert_eq!(code, "TOKEN_INVALID", "an access token");
}

#[tokio::test]
async fn a_previous_key_that_is_none_refuses_to_start() {
    let app = TestApp::start().await;
    let mut config = app.config().clone();
    let key = Tokens::new_pem().unwrap();
    for (previous, says) in [
        (
            "missing.pem",
            "ROOKERY_SIGNING_KEY_PREVIOUS is neither a PEM key nor a readable file",
        ),
        (
            "-----BEGIN NOTHING-----",
            "ROOKERY_SIGNING_KEY_PREVIOUS: the signing key is not an Ed25519 key",
        ),
    ] {
        config.http.signing_key_previous = Some(previous.parse().unwrap());
        let clock = app.platform().clock.clone();
        let refused = app::parts(&config, &key, clock, None).await.err().unwrap();
        assert!(refused.starts_with(says), "{refused}");
    }
}
