//! A copy, read by a stranger, against the database.

use std::collections::{BTreeMap, BTreeSet};

use rookery::{
    app::personal_data,
    cli::seed::sow,
    clock::Timestamp,
    ids::{MediaId, PersonId},
    media::{objects::original, queries::originals},
    personal::Copied,
    privacy::words::{copied, held},
};
use sea_orm::{ConnectionTrait, Statement, Value as Bound};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{
    archive::{ask, exports, load, stage, tend},
    registry::{columns, is_id},
};
use crate::support::{PASSWORD, TestApp, number, outcome, sign_in};

/// Which rows are whose, said once more: `$1` is the person.
const OWN: &[(&str, &str)] = &[
    ("account", "person_id = $1"),
    ("blocking", "person_id = $1"),
    ("bookmark", "person_id = $1"),
    ("comment", "author_id = $1"),
    (
        "comment_edit",
        "comment_id IN (SELECT id FROM comment WHERE author_id = $1)",
    ),
    (
        "comment_mention",
        "comment_id IN (SELECT id FROM comment WHERE author_id = $1)",
    ),
    (
        "conversation",
        "creator_id = $1 OR id IN \
         (SELECT conversation_id FROM conversation_member WHERE person_id = $1)",
    ),
    ("conversation_member", "person_id = $1"),
    ("data_export", "person_id = $1"),
    ("draft", "author_id = $1"),
    ("email_address", "person_id = $1"),
    ("follow_request", "person_id = $1 OR requester_id = $1"),
    ("follower", "person_id = $1"),
    ("following", "person_id = $1"),
    ("handle", "person_id = $1"),
    ("identity", "person_id = $1"),
    ("letter", "person_id = $1"),
    ("media", "uploader_id = $1"),
    (
        "media_attachment",
        "media_id IN (SELECT id FROM media WHERE uploader_id = $1)",
    ),
    ("message", "sender_id = $1"),
    ("mute", "person_id = $1"),
    ("notification_marker", "person_id = $1"),
    ("notification_off", "person_id = $1"),
    ("person", "id = $1"),
    ("pinned_post", "person_id = $1"),
    (
        "poll",
        "post_id IN (SELECT id FROM post WHERE author_id = $1)",
    ),
    (
        "poll_option",
        "post_id IN (SELECT id FROM post WHERE author_id = $1)",
    ),
    ("poll_vote", "person_id = $1"),
    ("post", "author_id = $1"),
    (
        "post_edit",
        "post_id IN (SELECT id FROM post WHERE author_id = $1)",
    ),
    (
        "post_hashtag",
        "post_id IN (SELECT id FROM post WHERE author_id = $1)",
    ),
    ("post_mention", "author_id = $1"),
    ("report", "reporter_id = $1"),
    ("reaction", "person_id = $1"),
    ("session", "person_id = $1"),
    ("thread_mute", "person_id = $1"),
    ("totp", "person_id = $1"),
];

/// What people write, besides a table's `WHERE`.
const TEXTS: &[(&str, &str)] = &[
    ("post", "body"),
    ("comment", "body"),
    ("message", "body"),
    ("draft", "body"),
    ("post_edit", "body"),
    ("comment_edit", "body"),
    ("poll_option", "body"),
    ("person", "bio"),
    ("person", "handle"),
    ("account", "email"),
    ("media", "alt_text"),
];

/// Secrets, and what tells people apart who are not to be told apart.
const SECRETS: &[&str] = &[
    "SELECT password_hash AS secret FROM account",
    "SELECT hash AS secret FROM refresh_token",
    "SELECT hash AS secret FROM mailed_token",
    "SELECT hash AS secret FROM recovery_code",
    "SELECT secret FROM totp",
    "SELECT request_hash AS secret FROM post WHERE request_hash IS NOT NULL",
    "SELECT request_hash AS secret FROM data_export WHERE request_hash IS NOT NULL",
    "SELECT object_name AS secret FROM data_export",
    "SELECT raw_name AS secret FROM media",
    "SELECT private_name AS secret FROM media",
];

async fn rows(app: &TestApp, sql: String, bound: Vec<Bound>) -> Vec<sea_orm::QueryResult> {
    let db = app.platform().db.background();
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, bound);
    db.query_all_raw(statement).await.unwrap()
}

/// A column as a copy has to show it.
fn shown(row: &sea_orm::QueryResult, column: &str, kind: &str) -> Value {
    let kind = kind.to_lowercase();
    if is_id(&kind) {
        let id: Option<Uuid> = row.try_get("", column).unwrap();
        return id.map(|id| id.to_string()).into();
    }
    match kind.as_str() {
        "text" => row.try_get::<Option<String>>("", column).unwrap().into(),
        "boolean" => row.try_get::<Option<bool>>("", column).unwrap().into(),
        "integer" => row.try_get::<Option<i32>>("", column).unwrap().into(),
        "bigint" => {
            let number: Option<i64> = row.try_get("", column).unwrap();
            let is_late = number.is_some_and(|number| number > 1_000_000_000_000_000);
            // Never, as a moment.
            let is_never = number == Some(0) && column.ends_with("until");
            match is_late || is_never {
                true => number.map(|number| Timestamp(number).rfc3339()).into(),
                false => number.into(),
            }
        }
        other => panic!("{column} is a {other}"),
    }
}

fn sorted(rows: impl IntoIterator<Item = Value>) -> Vec<String> {
    // By the names of columns, whatever their order.
    let ordered = |row: Value| -> String {
        let columns: BTreeMap<String, Value> = serde_json::from_value(row).unwrap();
        json!(columns).to_string()
    };
    let mut rows: Vec<_> = rows.into_iter().map(ordered).collect();
    rows.sort();
    rows
}

/// Every row of every copied table is there, with every column that is not withheld; how many.
async fn tables_are_whole(
    app: &TestApp,
    who: PersonId,
    files: &BTreeMap<String, Vec<u8>>,
) -> BTreeMap<&'static str, usize> {
    let columns = columns(&app.platform().db).await;
    let mut counted = BTreeMap::new();
    for held in copied(&personal_data()) {
        let table = held.table;
        let Copied::By(_, withheld) = held.copy else {
            unreachable!("it is copied")
        };
        let own = OWN.iter().find(|(name, _)| *name == table);
        let (_, own) = own.unwrap_or_else(|| panic!("say which rows of {table} are whose"));
        let kept = columns[table]
            .iter()
            .filter(|(name, _)| withheld.iter().all(|(column, _)| column != name));
        let kept: Vec<_> = kept.collect();
        let sql = format!("SELECT * FROM {table} WHERE {own}");
        let expected = rows(app, sql, vec![who.0.into()]).await;
        let expected = expected.iter().map(|row| {
            let columns = kept
                .iter()
                .map(|(name, kind)| (name.clone(), shown(row, name, kind)));
            Value::Object(columns.collect::<Map<_, _>>())
        });
        let got: Vec<Value> = serde_json::from_slice(&files[&format!("{table}.json")]).unwrap();
        counted.insert(table, got.len());
        assert_eq!(sorted(got), sorted(expected), "{table}");
    }
    counted
}

/// What everybody but `who` wrote, that they did not write too.
async fn texts_of_others(app: &TestApp, who: PersonId) -> BTreeSet<String> {
    let mut texts = BTreeSet::new();
    let mut own_texts = BTreeSet::new();
    for (table, column) in TEXTS {
        let (_, own) = OWN.iter().find(|(name, _)| name == table).unwrap();
        for (condition, texts) in [
            (format!("NOT ({own})"), &mut texts),
            ((*own).to_owned(), &mut own_texts),
        ] {
            let sql = format!(
                "SELECT {column} AS text FROM {table} WHERE {condition} AND {column} IS NOT NULL"
            );
            for row in rows(app, sql, vec![who.0.into()]).await {
                let text: String = row.try_get("", "text").unwrap();
                texts.insert(text);
            }
        }
    }
    texts.retain(|text| !text.is_empty() && !own_texts.contains(text));
    texts
}

/// All texts in a copy.
fn strings(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) => found.push(text.clone()),
        Value::Array(values) => values.iter().for_each(|value| strings(value, found)),
        Value::Object(values) => values.values().for_each(|value| strings(value, found)),
        _ => {}
    }
}

async fn nothing_else_is_there(app: &TestApp, who: PersonId, files: &BTreeMap<String, Vec<u8>>) {
    let mut found = Vec::new();
    for (name, bytes) in files.iter().filter(|(name, _)| name.ends_with(".json")) {
        let value: Value = serde_json::from_slice(bytes).unwrap();
        assert!(value.is_array(), "{name}");
        strings(&value, &mut found);
    }
    let others = texts_of_others(app, who).await;
    assert!(others.len() > 20, "{others:?}");
    let foreign: Vec<_> = found.iter().filter(|text| others.contains(*text)).collect();
    assert_eq!(foreign, [] as [&String; 0]);
    // A sentence of others within something longer.
    for text in others.iter().filter(|text| text.len() > 24) {
        assert!(
            !found.iter().any(|own| own.contains(text.as_str())),
            "{text}"
        );
    }
    let mut secrets = 0;
    for sql in SECRETS {
        for row in rows(app, (*sql).to_owned(), Vec::new()).await {
            let secret: String = row.try_get("", "secret").unwrap();
            secrets += 1;
            assert!(!found.contains(&secret), "{sql}");
        }
    }
    assert!(secrets > 3);
    for row in rows(app, "SELECT personid FROM personid".to_owned(), Vec::new()).await {
        let outside: Uuid = row.try_get("", "personid").unwrap();
        assert!(!found.contains(&outside.to_string()));
    }
}

async fn media_are_whole(app: &TestApp, who: PersonId, files: &BTreeMap<String, Vec<u8>>) -> usize {
    let p = app.platform();
    let (store, nothing) = (p.store().unwrap(), MediaId(Uuid::nil()));
    let uploads = originals(p.db.background(), who, nothing, 10_000)
        .await
        .unwrap();
    for row in &uploads {
        let (key, suffix) = original(row);
        let object = store.head(&key).await.unwrap().unwrap();
        let bytes = store
            .read(&key, object.byte_size, &object.etag)
            .await
            .unwrap();
        let file = &files[&format!("media/{}.{suffix}", row.id)];
        assert!(*file == bytes, "{}", row.id);
    }
    let media = files.keys().filter(|name| name.starts_with("media/"));
    assert_eq!(media.count(), uploads.len());
    uploads.len()
}

fn the_text_explains_every_file(files: &BTreeMap<String, Vec<u8>>) {
    let text = String::from_utf8(files["README.txt"].clone()).unwrap();
    for name in files.keys().filter(|name| name.ends_with(".json")) {
        assert!(text.contains(&format!("\n{name}\n")), "{name}");
    }
    for held in held(&personal_data()) {
        assert!(text.contains(held.what), "{}", held.table);
    }
}

#[tokio::test]
async fn copies_of_people_in_town_are_whole_and_hold_nothing_else() {
    let (app, _store) = stage().await;
    sow(app.platform(), 1, PASSWORD).await.unwrap();
    app.settle().await;
    let busiest = "SELECT p.handle, p.id FROM person p WHERE handle <> '' ORDER BY \
        (SELECT COUNT(*) FROM media m WHERE m.uploader_id = p.id) DESC, p.id LIMIT 3";
    let mut sums = BTreeMap::new();
    let mut pictures = 0;
    for row in rows(&app, busiest.to_owned(), Vec::new()).await {
        let handle: String = row.try_get("", "handle").unwrap();
        let who = PersonId(row.try_get("", "id").unwrap());
        let (caller, _) = sign_in(&app, &handle).await;
        assert_eq!(outcome(&ask(&caller, None).await), "done");
        tend(&app).await;
        let files = load(&caller).await;
        for (table, number) in whole(&app, who, &files).await {
            *sums.entry(table).or_insert(0) += number;
        }
        nothing_else_is_there(&app, who, &files).await;
        pictures += media_are_whole(&app, who, &files).await;
        the_text_explains_every_file(&files);
    }
    assert!(pictures > 3, "{pictures}");
    let filled = sums.values().filter(|number| **number > 0).count();
    assert!(filled >= 15, "{sums:?}");
}

/// [`tables_are_whole`], but for the export itself and its letter, which went on meanwhile.
async fn whole(
    app: &TestApp,
    who: PersonId,
    files: &BTreeMap<String, Vec<u8>>,
) -> BTreeMap<&'static str, usize> {
    app.sql("UPDATE data_export SET status = 'RUNNING', expires_at = NULL")
        .await;
    app.sql("DELETE FROM letter WHERE kind = 'EXPORT_READY'")
        .await;
    let mut files = files.clone();
    let mut own: Vec<Value> = serde_json::from_slice(&files["data_export.json"]).unwrap();
    for row in &mut own {
        let id: Uuid = row["id"].as_str().unwrap().parse().unwrap();
        let sql = "SELECT due_at FROM data_export WHERE id = $1".to_owned();
        let due: Option<i64> = rows(app, sql, vec![id.into()]).await[0]
            .try_get("", "due_at")
            .unwrap();
        row["due_at"] = due.map(|due| Timestamp(due).rfc3339()).into();
    }
    files.insert(
        "data_export.json".to_owned(),
        json!(own).to_string().into_bytes(),
    );
    let counted = tables_are_whole(app, who, &files).await;
    app.sql("UPDATE data_export SET status = 'READY', expires_at = due_at")
        .await;
    counted
}

#[tokio::test]
async fn more_rows_than_a_page_holds_are_all_there_each_once() {
    let (app, _store) = stage().await;
    let ada = app.user("ada").await;
    crate::support::bulk::insert(
        &app,
        "post",
        1_501,
        &[
            ("id", &crate::support::bulk::id(7, "n")),
            ("author_id", &crate::support::bulk::person("ada")),
            ("body", "'Number ' || n"),
            ("visibility", "'PUBLIC'"),
            ("created_at", "1777636800000000 + n"),
            ("created_by", "'createPost'"),
        ],
    )
    .await;
    ask(&ada, None).await;
    tend(&app).await;
    let files = load(&ada).await;
    let got: Vec<Value> = serde_json::from_slice(&files["post.json"]).unwrap();
    let bodies: BTreeSet<_> = got
        .iter()
        .map(|row| row["body"].as_str().unwrap())
        .collect();
    assert_eq!((got.len(), bodies.len()), (1_501, 1_501));
    assert_eq!(number(&app, "SELECT COUNT(*) AS n FROM post").await, 1_501);
    assert!(!exports(&ada).await.is_empty());
}
