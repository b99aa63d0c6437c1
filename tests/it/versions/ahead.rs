//! A program whose database a later one has migrated.

use migrations::{Migrator, MigratorTrait};
use rookery::{app, platform::tokens::Tokens};
use serde_json::{Value, json};

use super::{Running, environment};
use crate::{
    process::{server::Server, wire},
    support::{TestApp, number},
};

/// What a later step may have done while this program serves: it only added.
const LATER: [&str; 4] = [
    "ALTER TABLE post ADD COLUMN later text",
    "ALTER TABLE person ADD COLUMN later integer NOT NULL DEFAULT 7",
    "CREATE TABLE later (id integer NOT NULL PRIMARY KEY, person_id integer)",
    "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m9999_later', 0)",
];

const SIGN_UP: &str = "mutation($input: SignUpInput!) { signUp(input: $input) { \
    session { accessToken } userErrors { code } } }";
const WRITE: &str = "mutation($input: CreatePostInput!) { createPost(input: $input) { \
    postEdge { node { body author { handle } } } userErrors { code } } }";
const READ: &str = "{ explore { nodes { body author { handle } } } }";

fn ask(server: &Server, token: Option<&str>, query: &str, input: Value) -> Value {
    let answer = wire::post(server.address, token, query, json!({ "input": input }));
    assert_eq!(answer.body["errors"], Value::Null, "{answer:?}");
    answer.body["data"].clone()
}

/// Somebody new writes a post, and guests read it first.
fn write_and_read(server: &Server, handle: &str) {
    let who = json!({ "handle": handle, "email": format!("{handle}@example.org"),
                      "password": "correct horse battery" });
    let joined = ask(server, None, SIGN_UP, who);
    let token = joined["signUp"]["session"]["accessToken"].as_str();
    let body = format!("by {handle}");
    let wrote = ask(server, token, WRITE, json!({ "body": body }));
    let post = json!({ "body": body, "author": { "handle": handle } });
    assert_eq!(wrote["createPost"]["postEdge"]["node"], post, "{wrote}");
    let read = ask(server, None, READ, json!({}));
    assert_eq!(read["explore"]["nodes"][0], post, "{read}");
}

fn serve(app: &TestApp, key: &str) -> Server {
    let config = &app.config().database;
    let url = config.database_url.as_ref().map(|url| url.expose());
    let mut environment = vec![("ROOKERY_SIGNING_KEY", key)];
    environment.extend(url.map(|url| ("DATABASE_URL", url)));
    Server::start_in(&config.data_dir, &[], &environment)
}

#[tokio::test]
async fn a_server_goes_on_while_a_later_program_migrates_and_starts_on_what_it_left() {
    let app = TestApp::start().await;
    app.hold();
    let key = Tokens::new_pem().unwrap();
    let server = serve(&app, &key);
    write_and_read(&server, "ann");
    write_and_read(&server, "bob");
    for sql in LATER {
        app.sql(sql).await;
    }
    write_and_read(&server, "cleo");
    assert_eq!(server.terminate(), Some(0));

    let server = serve(&app, &key);
    write_and_read(&server, "dan");
    assert_eq!(server.terminate(), Some(0));
    let kept = "SELECT COUNT(*) AS n FROM person WHERE later = 7 AND handle <> ''";
    assert_eq!(number(&app, kept).await, 4);
}

#[tokio::test]
async fn a_database_that_is_ahead_is_left_as_it_is_and_one_that_is_behind_is_refused() {
    let app = TestApp::start().await;
    let environment = environment(&app.config().database);
    for sql in LATER {
        app.sql(sql).await;
    }
    assert!(app::is_up_to_date(&app.platform().db).await.unwrap());
    let mut migrating = Running::start(&["migrate"], &environment);
    assert_eq!(migrating.ends().await, Some(0), "{}", migrating.said());
    let mut asking = Running::start(&["events", "status"], &environment);
    assert_eq!(asking.ends().await, Some(0), "{}", asking.said());
    let said = asking.said();
    assert!(
        said.contains("A later program has migrated the database"),
        "{said}"
    );
    assert!(said.contains("m9999_later"), "{said}");

    // What this program needs must be there, whatever else is.
    let own = Migrator::migrations();
    let last = own.last().unwrap().name();
    app.sql(&format!(
        "DELETE FROM seaql_migrations WHERE version = '{last}'"
    ))
    .await;
    assert!(!app::is_up_to_date(&app.platform().db).await.unwrap());
    let mut asking = Running::start(&["events", "status"], &environment);
    assert_eq!(asking.ends().await, Some(1), "{}", asking.said());
    let say = format!("run `rookery migrate` (it lacks {last})");
    assert!(asking.said().contains(&say), "{}", asking.said());
}
