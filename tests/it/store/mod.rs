//! The store over real HTTP: the embedded one or, with TEST_S3_ENDPOINT, TEST_S3_ACCESS_KEY_ID
//! and TEST_S3_SECRET_ACCESS_KEY, any other; a bucket for each test.

mod config;
mod down;
mod embedded;
mod objects;
mod presigned;

use std::time::Duration;

use clap::Parser;
use rookery::{
    clock::{Clock, Timestamp},
    platform::{
        config::StoreConfig,
        store::{Answers, Embedded, Store},
    },
};
use tempfile::TempDir;

use crate::support::store::TestStore;

fn now() -> Timestamp {
    Clock::System.now()
}

/// How long signed URLs of tests are good.
const SOON: Duration = Duration::from_secs(600);

/// How a picture is answered.
const PICTURE: Answers<'static> = Answers {
    content_type: "image/webp",
    disposition: "inline; filename=\"cat.webp\"",
    cache_control: "private, max-age=300",
};

/// A store for one test, or the embedded one on a folder that the test chose.
struct Ground {
    store: Store,
    embedded: Option<Embedded>,
    dir: TempDir,
    _test: Option<TestStore>,
}

#[derive(Parser)]
struct Flags {
    #[command(flatten)]
    store: StoreConfig,
}

/// The configuration by flags alone.
fn flags(flags: &[&str]) -> StoreConfig {
    Flags::parse_from(["test"].iter().chain(flags)).store
}

fn embedded_flags() -> StoreConfig {
    flags(&["--s3-listen", "127.0.0.1:0"])
}

async fn ground() -> Ground {
    let test = TestStore::start().await;
    Ground {
        store: test.store(),
        embedded: None,
        dir: tempfile::tempdir().unwrap(),
        _test: Some(test),
    }
}

/// The embedded store on `dir`.
async fn on(dir: TempDir, config: &StoreConfig) -> Ground {
    let embedded = Embedded::start(config, dir.path(), &[]).await.unwrap();
    Ground {
        store: Store::new(
            embedded.place(),
            rookery::platform::health::Flag::unseen(rookery::platform::health::Part::Store),
        ),
        embedded: Some(embedded),
        dir,
        _test: None,
    }
}
