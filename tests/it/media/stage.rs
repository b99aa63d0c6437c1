//! An app with a store, and a browser's requests to it.

use std::time::Duration;

use rookery::{
    ids::{MediaId, NodeId},
    media::{entity::media, queries, sweep::sweep},
    platform::{config::Config, store::Store},
};
use serde_json::{Value, json};

use super::pictures::photo;
use crate::support::{
    Caller, TestApp, outcome,
    store::{Browser, Door, TestStore},
    text_of,
};

/// An app, its store, and who sends bytes there.
pub struct Stage {
    pub app: TestApp,
    pub store: TestStore,
    pub browser: Browser,
}

/// What `createUpload` is asked for.
const UPLOAD: &str = "upload { media { id status } url method headers { name value } expiresAt }";

impl Stage {
    pub async fn start() -> Self {
        Self::over(TestStore::start().await, |_| ()).await
    }

    /// An app with a changed configuration over a store.
    pub async fn over(store: TestStore, change: impl FnOnce(&mut Config)) -> Self {
        let change = |config: &mut Config| {
            // Sessions outlive the days that tests let pass.
            config.http.access_token_seconds = 30 * 24 * 3_600;
            change(config);
        };
        let app = TestApp::start_with_store(store.store(), change).await;
        let browser = Browser;
        Self {
            app,
            store,
            browser,
        }
    }

    /// An app whose store can be shut away from it.
    pub async fn behind_a_door() -> (Self, Door) {
        let (store, door) = TestStore::start().await.behind_a_door().await;
        (Self::over(store, |_| ()).await, door)
    }

    /// Waits until the app gets answers from its store again: it asks a silent one less often.
    pub async fn until_it_answers(&self) {
        let store = self.app.platform().store().unwrap();
        for _ in 0..600 {
            if store.head("nothing").await.is_ok() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the store does not answer again");
    }

    /// Lets consumers work until an upload has become this.
    pub async fn until(&self, who: &Caller, id: &str, status: &str) {
        for _ in 0..600 {
            self.app.settle().await;
            if self.status(who, id).await == status {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("it does not become {status}");
    }

    /// The bucket, as the app uses it.
    pub fn bucket(&self) -> Store {
        self.store.store()
    }

    /// Announces an upload and returns how to send it.
    pub async fn announce(&self, who: &Caller, purpose: &str, kind: &str, size: usize) -> Value {
        let input = json!({ "purpose": purpose, "contentType": kind, "byteSize": size });
        let done = who.mutate("createUpload", input, UPLOAD).await;
        assert_eq!(outcome(&done), "done");
        done["upload"].clone()
    }

    /// Sends bytes as `createUpload` has said; the status of the answer.
    pub async fn send(&self, upload: &Value, bytes: &[u8]) -> u16 {
        self.browser.send(upload, bytes).await
    }

    /// Says that an upload is there, and returns its status and why it failed.
    pub async fn complete(&self, who: &Caller, id: &str) -> String {
        let input = json!({ "mediaId": id });
        let fields = "media { status failureReason }";
        let done = who.mutate("completeUpload", input, fields).await;
        match outcome(&done).as_str() {
            "done" => told(&done["media"]),
            refused => refused.to_owned(),
        }
    }

    /// Sends and completes an upload; its id. It is PROCESSING until consumers have come to rest.
    pub async fn upload_as(&self, who: &Caller, purpose: &str, kind: &str, bytes: &[u8]) -> String {
        let upload = self.announce(who, purpose, kind, bytes.len()).await;
        assert_eq!(self.send(&upload, bytes).await, 200, "sending {kind}");
        let id = text_of(&upload["media"]["id"]);
        let done = self.complete(who, &id).await;
        assert_eq!(done, "PROCESSING", "completing {kind}");
        id
    }

    /// A picture that is ready for posts.
    pub async fn picture(&self, who: &Caller) -> String {
        self.picture_for(who, "POST").await
    }

    /// A picture that is ready.
    pub async fn picture_for(&self, who: &Caller, purpose: &str) -> String {
        let id = self
            .upload_as(who, purpose, "image/jpeg", &photo(64, 48))
            .await;
        self.app.settle().await;
        assert_eq!(self.status(who, &id).await, "READY");
        id
    }

    /// What an upload has become, as `who` sees it; `null` where they see nothing.
    pub async fn status(&self, who: &Caller, id: &str) -> String {
        let seen = media(who, id, "status failureReason").await;
        match seen.is_null() {
            true => "null".to_owned(),
            false => told(&seen),
        }
    }

    /// The address of a form of media, as `who` gets it.
    pub async fn url(&self, who: &Caller, id: &str) -> Option<String> {
        let seen = media(who, id, "url").await;
        seen["url"].as_str().map(str::to_owned)
    }

    /// The row of media.
    pub async fn row(&self, id: &str) -> media::Model {
        let id = MediaId(NodeId::parse(id).expect("an id").id);
        let db = self.app.platform().db.background();
        queries::any(db, id).await.unwrap().expect("a row")
    }

    /// Every object in the bucket.
    pub async fn objects(&self) -> Vec<String> {
        let page = self.bucket().list("", None).await.unwrap();
        assert!(!page.has_more);
        page.objects.into_iter().map(|object| object.key).collect()
    }

    /// Sweeps until nothing is due.
    pub async fn sweep(&self) {
        let store = self.bucket();
        while sweep(self.app.platform(), &store).await.unwrap() > 0 {}
        self.app.settle().await;
    }
}

fn told(media: &Value) -> String {
    let status = media["status"].as_str().expect("a status");
    match media["failureReason"].as_str() {
        None => status.to_owned(),
        Some(reason) => format!("{status} {reason}"),
    }
}

/// Fields of media, as `who` sees them; null where they see nothing.
pub async fn media(who: &Caller, id: &str, fields: &str) -> Value {
    let query = format!("query($id: ID!) {{ node(id: $id) {{ ... on Media {{ {fields} }} }} }}");
    who.query(&query, json!({ "id": id })).await["node"].clone()
}

/// What hangs on a post, a message or a person, as `who` sees it: the ids; `None` without a list.
pub async fn hanging(who: &Caller, parent: &str) -> Option<Vec<String>> {
    let kind = parent.split('_').next().expect("a type");
    let query =
        format!("query($id: ID!) {{ node(id: $id) {{ ... on {kind} {{ media {{ id }} }} }} }}");
    let found = who.query(&query, json!({ "id": parent })).await;
    let hangs = found["node"]["media"].as_array()?;
    Some(hangs.iter().map(|media| text_of(&media["id"])).collect())
}
