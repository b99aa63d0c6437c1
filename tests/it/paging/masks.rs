//! Rows that the viewer may not see between those that they may, in any pattern: whoever walks by
//! what each page says meets every visible row once, and learns of no hidden one.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};
use serde_json::{Value, json};
use tokio::{runtime::Handle, task::block_in_place};

use super::lists::{NOON, app};
use crate::support::{
    Caller, TestApp,
    bulk::{KIND, begin, end, id, insert, person},
};

const POST: u8 = 2;
const ORIGINAL: u8 = 3;
/// How many rows there are at most, hidden ones included.
const ROWS: u32 = 1_500;

/// Visible and hidden rows in turns: how many of each.
fn mask() -> impl Strategy<Value = Vec<(u32, u32)>> {
    let hidden = prop_oneof![0..4_u32, 150..450_u32];
    prop::collection::vec((0..25_u32, hidden), 1..4)
}

/// The rows of one list, hidden or shown as a mask says.
struct Masked {
    app: TestApp,
    viewer: Caller,
    list: &'static str,
    at: &'static str,
}

impl Masked {
    /// Hides rows, takes those beyond the mask away, and tells which are seen.
    async fn put_on(&self, mask: &[(u32, u32)]) -> Vec<u32> {
        let (mut last, mut shown, mut hidden) = (0, Vec::new(), vec!["1 = 0".to_owned()]);
        for (seen, unseen) in mask {
            shown.extend(last + 1..=last + seen);
            last += seen + unseen;
            hidden.push(format!("row BETWEEN {} AND {last}", last - unseen + 1));
        }
        assert!(last <= ROWS);
        let row = "CAST(body AS integer)";
        let hidden = hidden.join(" OR ").replace("row", row);
        let shown_to_nobody = self.hide();
        self.app
            .sql(
                &format!(
                    "UPDATE post SET deleted_at = CASE WHEN {row} > {last} THEN 1 END, \
                 {shown_to_nobody} WHERE body <> 'Original'",
                )
                .replace("hidden", &hidden),
            )
            .await;
        shown
    }

    /// What is written to a row that is hidden.
    fn hide(&self) -> String {
        match self.at {
            // By an author who is suspended.
            "/explore" => format!(
                "author_id = CASE WHEN hidden THEN {} ELSE {} END",
                person("silenced"),
                person("author")
            ),
            // A repost of what nobody sees.
            _ => format!(
                "repost_of_id = CASE WHEN hidden THEN {} END",
                id(ORIGINAL, "100000 - CAST(body AS integer)")
            ),
        }
    }

    async fn ask(&self, variables: Value) -> Value {
        let page = "(first: $first, after: $after, last: $last, before: $before) { edges { cursor \
                    node { body } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }";
        let query = format!(
            "query($first: Int, $after: String, $last: Int, $before: String) {}",
            self.list.replace("PAGE", page)
        );
        let data = self.viewer.query(&query, variables).await;
        data.pointer(self.at)
            .unwrap_or_else(|| panic!("{data}"))
            .clone()
    }

    /// Walks from one end to the other; returns how many pages ended at a hidden row.
    async fn walk(&self, shown: &[u32], size: u32, backwards: bool) -> usize {
        let [size_name, from, end, more, less] = match backwards {
            true => [
                "last",
                "before",
                "startCursor",
                "hasPreviousPage",
                "hasNextPage",
            ],
            false => [
                "first",
                "after",
                "endCursor",
                "hasNextPage",
                "hasPreviousPage",
            ],
        };
        let (mut met, mut cursor, mut sealed) = (Vec::new(), Value::Null, 0);
        for pages in 0.. {
            assert!(pages < 2 * ROWS, "the walk does not end");
            let page = self.ask(json!({ size_name: size, from: cursor })).await;
            if !met.is_empty() {
                assert_eq!(page["pageInfo"][less], true, "rows lie behind");
            }
            let edges = page["edges"].as_array().unwrap();
            let mut rows: Vec<u32> = edges.iter().map(row).collect();
            if backwards {
                rows.reverse();
            }
            met.extend(rows);
            cursor = page["pageInfo"][end].clone();
            sealed += usize::from(is_sealed(&cursor));
            if page["pageInfo"][more] == false {
                break;
            }
        }
        if backwards {
            met.reverse();
        }
        assert_eq!(met, shown, "in steps of {size}");
        sealed
    }
}

/// The row that an edge is about, whose cursor names that row.
fn row(edge: &Value) -> u32 {
    let row: u32 = edge["node"]["body"].as_str().unwrap().parse().unwrap();
    let id = u128::from(u64::from(POST) * KIND + 100_000 - u64::from(row));
    let bytes = URL_SAFE_NO_PAD
        .decode(edge["cursor"].as_str().unwrap())
        .unwrap();
    assert!(bytes.ends_with(&id.to_be_bytes()), "{edge}");
    row
}

/// Whether a cursor is sealed: then nothing of a row can be read in it.
fn is_sealed(cursor: &Value) -> bool {
    let Some(cursor) = cursor.as_str() else {
        return false;
    };
    let bytes = URL_SAFE_NO_PAD.decode(cursor).unwrap();
    let named = bytes.windows(13).any(|part| part == b"post:created\0");
    // All ids and times of these rows begin with these bytes.
    let has_id = bytes.windows(11).any(|part| part == [0; 11]);
    let has_time = bytes
        .windows(4)
        .any(|part| part == &NOON.to_be_bytes()[..4]);
    assert_eq!((has_id, has_time), (named, named), "{cursor}");
    !named
}

/// Puts on masks and walks, and asks that pages have ended at hidden rows.
async fn prove(list: Masked) {
    let config = Config {
        cases: 10,
        failure_persistence: None,
        ..Config::default()
    };
    let sealed = std::cell::Cell::new(0);
    let given = (mask(), prop_oneof![Just(1_u32), Just(5), Just(30)]);
    // Ten masks, and more where too few of them hid the end of a page.
    for round in 0..6 {
        if round > 0 && sealed.get() >= 5 {
            break;
        }
        let walked = TestRunner::new(config.clone()).run(&given, |(mask, size)| {
            let walks = async {
                let shown = list.put_on(&mask).await;
                let forth = list.walk(&shown, size, false).await;
                forth + list.walk(&shown, size, true).await
            };
            let met = block_in_place(|| Handle::current().block_on(walks));
            sealed.set(sealed.get() + met);
            Ok(())
        });
        walked.unwrap_or_else(|error| panic!("{error}"));
    }
    assert!(sealed.get() >= 5, "only {} pages ended early", sealed.get());
}

/// Rows by `author`, two of each moment, the higher id first, and as many originals that nobody sees.
async fn rows(level: &str) -> TestApp {
    let app = app().await;
    app.users(["author", "silenced"]).await;
    app.sql("UPDATE person SET suspended_until = 9000000000000000 WHERE handle = 'silenced'")
        .await;
    begin(&app).await;
    let at = format!("{NOON} - n / 2");
    for (kind, author, body, level) in [
        (POST, "author", "CAST(n AS text)", level),
        (ORIGINAL, "silenced", "'Original'", "'UNLISTED'"),
    ] {
        let columns = [
            ("id", &*id(kind, "100000 - n")),
            ("author_id", &person(author)),
            ("body", body),
            ("visibility", level),
            ("created_at", &at),
            ("created_by", "'createPost'"),
        ];
        insert(&app, "post", ROWS, &columns).await;
    }
    end(&app).await;
    app
}

/// The list of all posts, for a guest.
async fn explore() -> Masked {
    let app = rows("'PUBLIC'").await;
    Masked {
        viewer: app.guest(),
        app,
        list: "{ explore PAGE }",
        at: "/explore",
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_walk_through_explore_meets_every_visible_post_once() {
    prove(explore().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_walk_through_a_profile_meets_the_posts_of_all_levels_once() {
    let levels = "CASE n % 3 WHEN 0 THEN 'PUBLIC' WHEN 1 THEN 'FOLLOWERS' ELSE 'MENTIONED' END";
    let app = rows(levels).await;
    let viewer = app.user("viewer").await;
    app.sql(&format!(
        "INSERT INTO following (person_id, followed_id, id, created_at) SELECT {me}, {author}, \
         {me}, 1",
        me = person("viewer"),
        author = person("author")
    ))
    .await;
    app.sql(&format!(
        "INSERT INTO post_mention (person_id, post_id, position, created_at, author_id, visibility) \
         SELECT {}, id, 0, created_at, author_id, visibility FROM post \
         WHERE visibility <> 'PUBLIC' AND body <> 'Original'",
        person("viewer")
    ))
    .await;
    prove(Masked {
        viewer,
        app,
        list: "{ user(handle: \"author\") { posts PAGE } }",
        at: "/user/posts",
    })
    .await;
}

#[tokio::test]
async fn a_sealed_cursor_is_good_in_its_order_and_on_its_servers_only() {
    let list = explore().await;
    list.put_on(&[(2, 400), (2, 0)]).await;
    let page = list.ask(json!({ "first": 5 })).await;
    let cursor = &page["pageInfo"]["endCursor"];
    assert!(is_sealed(cursor), "{page}");
    let ask = "query($c: String) { explore(after: $c) { nodes { body } } }";
    let guest = list.app.guest();
    let next = guest.query(ask, json!({ "c": cursor })).await;
    // The budget ended at row 250, and 153 hidden ones are left above the last two.
    assert_eq!(
        next["explore"]["nodes"],
        json!([{ "body": "403" }, { "body": "404" }])
    );
    // The same order elsewhere.
    let elsewhere =
        "query($c: String) { user(handle: \"author\") { posts(after: $c) { nodes { body } } } }";
    let found = guest.query(elsewhere, json!({ "c": cursor })).await;
    assert_eq!(found["user"]["posts"]["nodes"], next["explore"]["nodes"]);
    // Another order.
    let other =
        "query($c: String) { user(handle: \"author\") { followers(after: $c) { nodes { id } } } }";
    assert_eq!(
        guest.send(other, json!({ "c": cursor })).await.code(),
        "BAD_CURSOR"
    );
    // Another server's, cut or changed.
    let cursor = cursor.as_str().unwrap();
    let strange = app().await.guest();
    assert_eq!(
        strange.send(ask, json!({ "c": cursor })).await.code(),
        "BAD_CURSOR"
    );
    let mut bytes = URL_SAFE_NO_PAD.decode(cursor).unwrap();
    for at in [1, bytes.len() - 1] {
        bytes[at] ^= 1;
        let forged = URL_SAFE_NO_PAD.encode(&bytes);
        assert_eq!(
            guest.send(ask, json!({ "c": forged })).await.code(),
            "BAD_CURSOR"
        );
        bytes[at] ^= 1;
        let cut = URL_SAFE_NO_PAD.encode(&bytes[..at]);
        assert_eq!(
            guest.send(ask, json!({ "c": cut })).await.code(),
            "BAD_CURSOR"
        );
    }
}
