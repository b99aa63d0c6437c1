//! `serve --demo`: the first thing that a newcomer runs.

use std::{
    fs,
    path::Path,
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use super::{
    server::{PATIENCE, Server},
    wire::{Answer, get, post},
};
use crate::support::raw::{Reply, send};

const PASSWORD: &str = "rookery by the sea";

/// The example tabs, in their order, as the page opens them.
fn examples() -> Vec<(String, String)> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("playground/examples");
    let mut paths: Vec<_> = fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    let read = |path: std::path::PathBuf| {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        (
            name,
            fs::read_to_string(&path)
                .unwrap()
                .replace("your password", PASSWORD),
        )
    };
    paths.into_iter().map(read).collect()
}

fn succeeded(name: &str, answer: &Answer) -> Value {
    assert_eq!(answer.status, 200, "{name}: {answer:?}");
    assert!(answer.body.get("errors").is_none(), "{name}: {answer:?}");
    answer.body["data"].clone()
}

fn some<'a>(name: &str, list: &'a Value) -> &'a Vec<Value> {
    let list = list
        .as_array()
        .unwrap_or_else(|| panic!("{name}: no list but {list}"));
    assert!(!list.is_empty(), "{name}: an empty list");
    list
}

#[test]
fn the_demo_ends_in_a_page_whose_examples_run_as_they_stand() {
    let server = Server::start(&["--demo"]);
    for told in [
        "Playground  http://",
        "mara_lind",
        "moderator",
        "administrator",
        PASSWORD,
        "Media       http://",
        "bucket media",
    ] {
        assert!(server.greeting.contains(told), "{}", server.greeting);
    }
    let page = get(server.address, "/");
    assert_eq!(page.status, 200);
    assert!(
        page.head.contains("content-type: text/html"),
        "{}",
        page.head
    );
    assert!(
        page.head
            .contains("content-security-policy: default-src 'none'"),
        "{}",
        page.head
    );
    assert!(page.text.contains("id=\"graphiql\"") && page.text.contains("<title>rookery</title>"));
    let examples = examples();
    // The eighth is live: it is run in the playground's own tests.
    assert_eq!(examples.len(), 14);
    assert_eq!(page.text.matches("class=\"example\"").count(), 14);
    let run = |at: usize, token: Option<&str>| {
        let (name, text) = &examples[at];
        succeeded(name, &post(server.address, token, text, json!({})))
    };
    check_guest(&run);
    let signed_in = &run(2, None)["signIn"];
    assert_eq!(
        signed_in["viewer"]["user"]["handle"], "mara_lind",
        "{signed_in}"
    );
    check_signed_in(&run, signed_in["session"]["accessToken"].as_str().unwrap());

    let as_staff = examples[2].1.replace("mara_lind", "tomas_ferro");
    let answer = post(server.address, None, &as_staff, json!({}));
    let staff = &succeeded("staff", &answer)["signIn"]["session"]["accessToken"];
    let desk = &run(13, staff.as_str())["moderation"];
    for list in ["reports", "auditLog"] {
        assert!(desk[list]["nodes"].is_array(), "{desk:#}");
    }
}

#[test]
fn the_demo_shows_pictures_that_load_from_its_store() {
    let server = Server::start(&["--demo"]);
    let store = server.greeting.split("Media       ").nth(1).unwrap();
    let store = store.split_whitespace().next().unwrap();
    let page = get(server.address, "/");
    for directive in ["connect-src 'self'", "img-src 'self' data:"] {
        let may = format!("{directive} {store};");
        assert!(page.head.contains(&may), "no {may} in {}", page.head);
    }

    let query = "{ explore(first: 20) { nodes { author { handle avatar { url(variant: THUMBNAIL) } \
                 banner { url(variant: LARGE) } } media { altText blurhash width height status \
                 contentType url(variant: SMALL) } } } }";
    let answer = post(server.address, None, query, json!({}));
    let square = succeeded("pictures", &answer);
    let posts = some("posts", &square["explore"]["nodes"]);
    let media = posts
        .iter()
        .flat_map(|post| post["media"].as_array().unwrap())
        .collect::<Vec<_>>();
    assert!(media.len() >= 2, "{square:#}");
    for media in &media {
        assert_eq!(media["status"], "READY");
        assert_eq!(media["contentType"], "image/jpeg");
        for told in ["altText", "blurhash"] {
            assert!(media[told].as_str().unwrap().len() > 10, "{media}");
        }
        assert!(media["width"].as_i64() > Some(0) && media["height"].as_i64() > Some(0));
    }
    let authors = || posts.iter().map(|post| &post["author"]);
    let banner = authors().find_map(|author| author["banner"]["url"].as_str());
    let avatars = authors().map(|author| author["avatar"]["url"].as_str());
    let urls = media.iter().map(|media| media["url"].as_str());
    for url in avatars.chain(urls).chain([banner]) {
        let url = url.expect("an address");
        assert!(url.starts_with(store), "{url}");
        let loaded = load(url);
        assert_eq!(loaded.status, 200, "{url}");
        assert_eq!(loaded.header("content-type"), Some("image/webp"));
        assert!(loaded.body.starts_with(b"RIFF") && loaded.body[8..].starts_with(b"WEBP"));
    }
}

fn load(url: &str) -> Reply {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(send("GET", url, &[], b""))
}

fn check_guest(run: &dyn Fn(usize, Option<&str>) -> Value) {
    let square = run(0, None);
    let posts = some("the town square", &square["explore"]["nodes"]);
    assert_eq!(posts.len(), 10);
    assert!(
        posts
            .iter()
            .all(|post| post["author"]["handle"].is_string())
    );
    let with_comments = posts
        .iter()
        .filter(|post| post["comments"]["nodes"][0]["author"]["handle"].is_string());
    assert!(with_comments.count() >= 1, "no comments in {square:#}");
    assert!(
        posts
            .iter()
            .any(|post| post["reactionGroups"][0]["count"].is_number())
    );

    let shown = posts.iter().map(|post| &post["media"][0]["url"]);
    assert!(
        shown.filter(|url| url.is_string()).count() >= 2,
        "no pictures in {square:#}"
    );

    let person = &run(1, None)["user"];
    for picture in ["avatar", "banner"] {
        assert!(person[picture]["url"].is_string(), "{person:#}");
    }
    assert_eq!(person["handle"], "mara_lind");
    some("a person's posts", &person["posts"]["nodes"]);
    some("a person's followers", &person["followers"]["nodes"]);
    assert_eq!(person["viewerRelationship"], Value::Null);

    for at in [3, 6, 9] {
        assert_eq!(run(at, None)["viewer"], Value::Null);
    }
    assert_eq!(run(13, None)["moderation"], Value::Null);
    check_found(run);
    let costs = run(12, None);
    some("posts", &costs["explore"]["nodes"]);
    assert!(costs["rateLimit"]["cost"].as_i64() > Some(100), "{costs:#}");
    let posts = &run(5, None)["hashtag"]["posts"]["nodes"];
    let threads = some("a hashtag", posts).iter();
    let has_reply = |thread: &Value| {
        let comments = thread["comments"]["nodes"].as_array().unwrap().clone();
        comments
            .iter()
            .any(|comment| comment["replies"]["nodes"][0]["depth"] == 1)
    };
    assert!(
        threads.filter(|thread| has_reply(thread)).count() >= 1,
        "no reply in {posts:#}"
    );
}

fn check_found(run: &dyn Fn(usize, Option<&str>) -> Value) {
    // A new town is still being indexed when its first visitors come.
    let begun = Instant::now();
    let is_found = |list: &&str| run(8, None)[list]["nodes"][0].is_object();
    while !["posts", "people", "hashtags"].iter().all(is_found) {
        assert!(begun.elapsed() < PATIENCE, "nothing is found");
        thread::sleep(Duration::from_millis(200));
    }
    let poll = || run(10, None)["search"]["nodes"][0]["poll"].clone();
    while poll().is_null() {
        assert!(begun.elapsed() < PATIENCE, "no poll is found");
        thread::sleep(Duration::from_millis(200));
    }
    assert!(some("options", &poll()["options"]).len() > 2);
}

fn check_signed_in(run: &dyn Fn(usize, Option<&str>) -> Value, token: &str) {
    let viewer = &run(3, Some(token))["viewer"];
    assert_eq!(viewer["user"]["handle"], "mara_lind");
    some("the home feed", &viewer["homeFeed"]["nodes"]);

    let talks = &run(6, Some(token))["viewer"];
    let picture = some("conversations", &talks["conversations"]["nodes"])
        .iter()
        .flat_map(|talk| some("messages", &talk["messages"]["nodes"]))
        .find(|message| message["media"][0]["url"].is_string());
    assert!(picture.is_some(), "no picture in {talks:#}");
    let talks = (
        some("conversations", &talks["conversations"]["nodes"]).len(),
        some("requests", &talks["requests"]["nodes"]).len(),
        talks["unreadMessageCount"].as_i64(),
    );
    assert!(
        talks.0 >= 3 && talks.1 == 1 && talks.2 > Some(0),
        "{talks:?}"
    );

    let told = &run(9, Some(token))["viewer"];
    some("notifications", &told["notifications"]["nodes"]);
    let refused = run(11, Some(token));
    for (field, path) in [("empty", "body"), ("unknown", "postId")] {
        let error = &refused[field]["userErrors"][0];
        assert_eq!(error["code"], "BAD_USER_INPUT");
        assert_eq!(error["path"], json!([path]));
    }

    let written = &run(4, Some(token))["createPost"];
    assert_eq!(written["userErrors"], json!([]));
    let node = &written["postEdge"]["node"];
    assert_eq!(node["author"]["handle"], "mara_lind");
    assert!(node["body"].as_str().unwrap().contains("#harbour"));
    // What was written is where everybody looks first.
    let square = run(0, None);
    assert_eq!(square["explore"]["nodes"][0]["body"], node["body"]);
}

#[test]
fn a_server_without_the_demo_knows_no_password_and_does_not_print_one() {
    let server = Server::start(&[]);
    assert!(!server.greeting.contains(PASSWORD), "{}", server.greeting);
    assert!(
        !get(server.address, "/")
            .text
            .contains("rookery-demo-password")
    );
    let (name, text) = &examples()[2];
    let data = succeeded(name, &post(server.address, None, text, json!({})));
    assert_eq!(
        data["signIn"]["userErrors"][0]["code"],
        "INVALID_CREDENTIALS"
    );
}
