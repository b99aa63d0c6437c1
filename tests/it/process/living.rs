//! What the demo's posts live by, and the worker that does what is due.

use std::time::{Duration, Instant};

use rookery::clock::Clock;
use serde_json::{Value, json};

use super::{server::Server, wire::post};

const PATIENCE: Duration = Duration::from_secs(60);

const SIGN_IN: &str = "mutation { signIn(input: { login: \"mara_lind\", \
    password: \"rookery by the sea\" }) { session { accessToken } } }";

const TOWN: &str = "{ user(handle: \"mara_lind\") { pinnedPost { body language } } \
    viewer { drafts { totalCount nodes { body publishAt } } } \
    asks: user(handle: \"dentist_dot\") { posts(first: 50) { nodes { poll { voteCount isClosed \
    viewerCanVote options { text voteCount } } } } } \
    warns: user(handle: \"vivi_velvet\") { posts(first: 50) { nodes { contentWarning } } } }";

fn ask(server: &Server, token: Option<&str>, query: &str, variables: Value) -> Value {
    let answer = post(server.address, token, query, variables);
    assert_eq!(answer.status, 200, "{answer:?}");
    assert!(answer.body.get("errors").is_none(), "{answer:?}");
    answer.body["data"].clone()
}

#[test]
fn the_demo_asks_warns_pins_and_publishes_what_waits_when_its_time_comes() {
    let server = Server::start(&["--demo"]);
    let session = ask(&server, None, SIGN_IN, json!({}));
    let token = session["signIn"]["session"]["accessToken"].as_str();
    let town = ask(&server, token, TOWN, json!({}));
    let pinned = &town["user"]["pinnedPost"];
    assert!(
        pinned["body"].as_str().unwrap().contains("storm loaf"),
        "{town:#}"
    );
    assert_eq!(pinned["language"], "en");
    let drafts = &town["viewer"]["drafts"];
    assert_eq!(drafts["totalCount"], 3, "{town:#}");
    let nodes = drafts["nodes"].as_array().unwrap();
    let scheduled = nodes.iter().filter(|draft| draft["publishAt"].is_string());
    assert_eq!(scheduled.count(), 1);
    let posts = town["asks"]["posts"]["nodes"].as_array().unwrap();
    let poll = posts.iter().find_map(|post| post["poll"].as_object());
    let poll = poll.expect("somebody asks");
    assert_eq!(poll["voteCount"], 23);
    assert_eq!(
        (&poll["isClosed"], &poll["viewerCanVote"]),
        (&json!(false), &json!(true))
    );
    let posts = town["warns"]["posts"]["nodes"].as_array().unwrap();
    assert!(
        posts.iter().any(|post| post["contentWarning"].is_string()),
        "{town:#}"
    );

    let soon = Clock::System.now().plus(Duration::from_secs(2)).rfc3339();
    let save = "mutation($input: SaveDraftInput!) { saveDraft(input: $input) { \
        draftEdge { node { id } } userErrors { code message } } }";
    let input = json!({ "input": { "body": "By itself, at its time", "publishAt": soon } });
    let saved = ask(&server, token, save, input)["saveDraft"].clone();
    assert_eq!(saved["userErrors"], json!([]));
    let query = "{ user(handle: \"mara_lind\") { posts(first: 1) { nodes { body } } } }";
    let begun = Instant::now();
    while ask(&server, None, query, json!({}))["user"]["posts"]["nodes"][0]["body"]
        != "By itself, at its time"
    {
        assert!(begun.elapsed() < PATIENCE, "nobody publishes it");
        std::thread::sleep(Duration::from_millis(100));
    }
    let id = json!({ "id": saved["draftEdge"]["node"]["id"] });
    let left = ask(
        &server,
        token,
        "query($id: ID!) { node(id: $id) { id } }",
        id,
    );
    assert_eq!(left["node"], Value::Null);
}
