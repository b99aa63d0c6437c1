//! Copies as their people get them.

use std::{
    collections::BTreeMap,
    io::{Cursor, Read},
};

use rookery::{app::personal_data, privacy::writing::work};
use serde_json::{Value, json};
use zip::ZipArchive;

use crate::support::{
    Caller, TestApp,
    store::{Browser, TestStore},
};

pub const EXPORT: &str = "dataExport { id status createdAt expiresAt url }";
const LIST: &str = "{ viewer { dataExports { totalCount \
    nodes { id status createdAt expiresAt url } } } }";

/// An app with a store, whose sessions outlive the days that tests let pass.
pub async fn stage() -> (TestApp, TestStore) {
    let store = TestStore::start().await;
    let app = TestApp::start_with_store(store.store(), |config| {
        config.http.access_token_seconds = 30 * 24 * 3_600;
    });
    (app.await, store)
}

/// Asks for a copy, with this key.
pub async fn ask(caller: &Caller, key: Option<&str>) -> Value {
    let input = json!({ "idempotencyKey": key });
    caller.mutate("requestDataExport", input, EXPORT).await
}

/// What the viewer has asked for, the latest first.
pub async fn exports(caller: &Caller) -> Vec<Value> {
    let data = caller.query(LIST, json!({})).await;
    let exports = &data["viewer"]["dataExports"];
    let nodes = exports["nodes"].as_array().unwrap().clone();
    assert_eq!(exports["totalCount"], json!(nodes.len()));
    nodes
}

/// Lets a worker do what is due; how much it was.
pub async fn tend(app: &TestApp) -> usize {
    let p = app.platform();
    let store = p.store().unwrap();
    work(p, store, &personal_data()).await.unwrap()
}

/// Loads the latest copy of `caller` by its address: each file in it by its name.
pub async fn load(caller: &Caller) -> BTreeMap<String, Vec<u8>> {
    let latest = exports(caller).await.remove(0);
    assert_eq!(latest["status"], "READY");
    let reply = Browser.get(latest["url"].as_str().unwrap()).await;
    assert_eq!(reply.status, 200);
    assert_eq!(reply.header("content-type"), Some("application/zip"));
    let disposition = "attachment; filename=\"rookery-data.zip\"";
    assert_eq!(reply.header("content-disposition"), Some(disposition));
    opened(reply.body)
}

/// The files of an archive.
pub fn opened(bytes: Vec<u8>) -> BTreeMap<String, Vec<u8>> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut files = BTreeMap::new();
    for at in 0..archive.len() {
        let mut file = archive.by_index(at).unwrap();
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).unwrap();
        files.insert(file.name().unwrap().into_owned(), bytes);
    }
    files
}

/// Every object that lies where copies do.
pub async fn objects(store: &TestStore) -> Vec<String> {
    let page = store.store().list("exports/", None).await.unwrap();
    page.objects.into_iter().map(|object| object.key).collect()
}
