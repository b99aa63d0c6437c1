//! What a real server writes to its log, and what it says of its own faults.

use std::{fs, fs::File};

use serde_json::json;
use tempfile::TempDir;

use super::{
    server::Server,
    uploads::{call, send, word},
    wire,
};

const PASSWORD: &str = "zebra crossing nine";
const WRONG: &str = "wrong battery staple";

/// Signs up, in and on, uploads, and is refused; every secret that was in it.
fn live(server: &Server) -> Vec<String> {
    let session = "session { accessToken refreshToken } userErrors { code }";
    let input = |name: &str| {
        let ty = format!("{}{}", name[..1].to_uppercase(), &name[1..]);
        format!("mutation($input: {ty}Input!) {{ {name}(input: $input) {{ {session} }} }}")
    };
    let who = json!({ "handle": "ann", "email": "ann@example.org", "password": PASSWORD });
    let joined = call(server, "", &input("signUp"), who)["signUp"]["session"].clone();
    let right = json!({ "login": "ann", "password": PASSWORD });
    let came = call(server, "", &input("signIn"), right)["signIn"]["session"].clone();
    let wrong = json!({ "login": "ann", "password": WRONG });
    let refused = call(server, "", &input("signIn"), wrong);
    assert_eq!(
        refused["signIn"]["userErrors"][0]["code"],
        "INVALID_CREDENTIALS"
    );
    let token = json!({ "refreshToken": came["refreshToken"] });
    let renewed = call(server, "", &input("refreshSession"), token)["refreshSession"].clone();
    let access = word(&joined["accessToken"]);
    let announce = "mutation($input: CreateUploadInput!) { createUpload(input: $input) { upload { \
                    url headers { name value } } } }";
    let what = json!({ "purpose": "POST", "contentType": "image/png", "byteSize": 3 });
    let upload = call(server, &access, announce, what)["createUpload"]["upload"].clone();
    assert_eq!(send(&upload, b"png").status, 200);
    let url = word(&upload["url"]);
    let (_, signature) = url
        .split_once("X-Amz-Signature=")
        .expect("a signed address");
    let forged = format!("{access}x");
    let answer = wire::post(
        server.address,
        Some(&forged),
        "{ viewer { id } }",
        json!({}),
    );
    assert_eq!(answer.status, 401);
    vec![
        PASSWORD.to_owned(),
        WRONG.to_owned(),
        word(&joined["refreshToken"]),
        word(&came["accessToken"]),
        word(&came["refreshToken"]),
        word(&renewed["session"]["accessToken"]),
        word(&renewed["session"]["refreshToken"]),
        signature.split('&').next().expect("a part").to_owned(),
        access,
        "$argon2".to_owned(),
        "PRIVATE KEY".to_owned(),
    ]
}

#[test]
fn no_log_however_much_is_wanted_holds_a_password_a_token_or_a_signature() {
    let dir = TempDir::new().expect("a temporary folder");
    let path = dir.path().join("server.log");
    let log = File::create(&path).expect("a file");
    let server = Server::start_logged(dir.path(), "trace", log);
    let secrets = live(&server);
    assert_eq!(server.terminate(), Some(0));
    let text = fs::read(&path).expect("a log");
    let text = String::from_utf8_lossy(&text);
    for told in [
        "TRACE",
        "DEBUG",
        "audit",
        "InvalidCredentials",
        "refreshSession",
    ] {
        let is_told = text.to_lowercase().contains(&told.to_lowercase());
        assert!(is_told, "{told} is not in {} bytes of log", text.len());
    }
    for secret in secrets {
        // The last part of an access token is what nobody else can make.
        let tail = secret.rsplit('.').next().expect("a part");
        let line = text.lines().find(|line| line.contains(tail));
        assert_eq!(line, None, "{secret}");
    }
}

#[test]
fn a_panic_is_an_internal_error_of_its_request_alone_and_says_nothing_of_the_inside() {
    let dir = TempDir::new().expect("a temporary folder");
    let mut server = Server::start_in(dir.path(), &[], &[("FAILPOINTS", "operation=2*panic")]);
    let sign_in = "mutation { signIn(input: { login: \"ann\", password: \"nonsense 1\" }) { \
                   userErrors { code } } }";
    for query in ["{ viewer { id } }", sign_in] {
        let answer = wire::post(server.address, None, query, json!({}));
        assert_eq!(
            (answer.status, answer.code()),
            (500, "INTERNAL"),
            "{answer:?}"
        );
        let error = &answer.body["errors"][0];
        let id = error["extensions"]["requestId"].as_str().expect("an id");
        assert!(
            answer.head.contains(&format!("x-request-id: {id}")),
            "{answer:?}"
        );
        let say = "Something broke on our side. Try again; if it stays, report the request id.";
        assert_eq!(error["message"], say);
    }
    let answer = wire::post(server.address, None, sign_in, json!({}));
    let told = &answer.body["data"]["signIn"]["userErrors"][0]["code"];
    assert_eq!(told, "INVALID_CREDENTIALS", "{answer:?}");
    server.still_answers("two panics");
}
