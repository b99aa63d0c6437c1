//! A store for one test, and a browser that talks to it: the embedded one, or another one at
//! TEST_S3_ENDPOINT with a bucket of its own.

use std::env;

use clap::Parser;
use rookery::platform::{
    config::StoreConfig,
    store::{Embedded, Place, Store},
};
use serde_json::Value;
use tempfile::TempDir;
use tokio::net::{TcpListener, TcpStream};

use super::raw::{Reply, send};

/// A store of this test alone.
pub struct TestStore {
    place: Place,
    /// `None` for a store elsewhere.
    embedded: Option<(Embedded, TempDir)>,
}

#[derive(Parser)]
struct Defaults {
    #[command(flatten)]
    store: StoreConfig,
}

fn given(name: &str) -> Option<String> {
    env::var(format!("TEST_S3_{name}")).ok()
}

impl TestStore {
    pub async fn start() -> Self {
        Self::start_with(|_| ()).await
    }

    /// Starts one with a changed configuration.
    pub async fn start_with(change: impl FnOnce(&mut StoreConfig)) -> Self {
        let mut config = Defaults::parse_from(["test"]).store;
        change(&mut config);
        match given("ENDPOINT") {
            None => Self::embedded(config).await,
            Some(endpoint) => Self::elsewhere(config, endpoint).await,
        }
    }

    async fn embedded(mut config: StoreConfig) -> Self {
        config.s3_listen = "127.0.0.1:0".parse().ok();
        let dir = tempfile::tempdir().unwrap();
        let embedded = Embedded::start(&config, dir.path(), &[]).await.unwrap();
        Self {
            place: embedded.place(),
            embedded: Some((embedded, dir)),
        }
    }

    async fn elsewhere(mut config: StoreConfig, endpoint: String) -> Self {
        config.s3_endpoint = Some(endpoint);
        config.aws_access_key_id = given("ACCESS_KEY_ID");
        config.aws_secret_access_key = given("SECRET_ACCESS_KEY").map(|s| s.parse().unwrap());
        config.s3_region = given("REGION").unwrap_or(config.s3_region);
        config.s3_bucket = format!("test-{}", rookery::ids::outside().simple());
        let place = Place::configured(&config).unwrap().unwrap();
        let prepared = Store::new(
            place.clone(),
            rookery::platform::health::Flag::unseen(rookery::platform::health::Part::Store),
        )
        .prepare(&[])
        .await;
        assert!(prepared.is_ready, "{prepared:?}");
        Self {
            place,
            embedded: None,
        }
    }

    /// A connection to it.
    pub fn store(&self) -> Store {
        Store::new(
            self.place.clone(),
            rookery::platform::health::Flag::unseen(rookery::platform::health::Part::Store),
        )
    }

    pub fn is_embedded(&self) -> bool {
        self.embedded.is_some()
    }
}

/// Somebody who sends and loads bytes by the addresses that they were given.
pub struct Browser;

impl Browser {
    /// Sends bytes as an answer of `createUpload` says; the status.
    pub async fn send(&self, upload: &Value, bytes: &[u8]) -> u16 {
        let word = |value: &Value| value.as_str().expect("text").to_owned();
        let headers = upload["headers"].as_array().expect("headers").iter();
        let headers: Vec<_> = headers
            .map(|header| (word(&header["name"]), word(&header["value"])))
            .collect();
        let (method, url) = (word(&upload["method"]), word(&upload["url"]));
        send(&method, &url, &headers, bytes).await.status
    }

    /// Loads what is at an address.
    pub async fn get(&self, url: &str) -> Reply {
        send("GET", url, &[], b"").await
    }
}

/// What stands between an app and its store, and can be shut.
pub struct Door {
    is_open: tokio::sync::watch::Sender<bool>,
}

impl Door {
    /// A door to `address`, and where it stands.
    async fn to(address: String) -> (Self, std::net::SocketAddr) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let here = listener.local_addr().unwrap();
        let (is_open, opened) = tokio::sync::watch::channel(true);
        tokio::spawn(async move {
            while let Ok((mut near, _)) = listener.accept().await {
                let (mut opened, address) = (opened.clone(), address.clone());
                if !*opened.borrow() {
                    continue;
                }
                tokio::spawn(async move {
                    let mut far = TcpStream::connect(address).await.unwrap();
                    tokio::select! {
                        _ = tokio::io::copy_bidirectional(&mut near, &mut far) => {}
                        _ = opened.wait_for(|is_open| !is_open) => {}
                    }
                });
            }
        });
        (Self { is_open }, here)
    }

    /// From here on nothing gets through, also of what is under way.
    pub fn close(&self) {
        self.is_open.send_replace(false);
    }

    pub fn open(&self) {
        self.is_open.send_replace(true);
    }
}

impl TestStore {
    /// The same store, reached through a door.
    pub async fn behind_a_door(mut self) -> (Self, Door) {
        let address = self
            .place
            .endpoint()
            .trim_start_matches("http://")
            .to_owned();
        let (door, here) = Door::to(address).await;
        let mut config = Defaults::parse_from(["test"]).store;
        let (id, secret) = self.place.keys();
        config.aws_access_key_id = Some(id.to_owned());
        config.aws_secret_access_key = secret.parse().ok();
        config.s3_bucket = self.place.bucket().to_owned();
        config.s3_endpoint = Some(format!("http://{here}"));
        self.place = Place::configured(&config).unwrap().unwrap();
        (self, door)
    }
}
