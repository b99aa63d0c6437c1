//! What can be configured about the store, and what does not fit together.

use rookery::platform::{
    config::Checksums,
    store::{Place, Store},
};

use super::{PICTURE, flags, now};

const KEYS: [&str; 4] = [
    "--aws-access-key-id",
    "ID",
    "--aws-secret-access-key",
    "SECRET",
];

#[test]
fn without_an_endpoint_the_store_is_embedded_with_sqlite_only() {
    let config = flags(&[]);
    assert!(config.is_embedded(false) && !config.is_embedded(true));
    assert!(Place::configured(&config).unwrap().is_none());
    assert!(flags(&["--embedded-store"]).is_embedded(true));
    assert_eq!(config.s3_checksums, Checksums::WhenRequired);
}

#[test]
fn what_does_not_fit_together_is_said_with_its_variable() {
    let endpoint = ["--s3-endpoint", "https://s3.example"];
    for (given, named) in [
        (&endpoint[..], "AWS_SECRET_ACCESS_KEY"),
        (&["--s3-endpoint", "s3.example"], "S3_ENDPOINT"),
        (&["--s3-public-endpoint", "https://s3/x"], "PUBLIC_ENDPOINT"),
        (&["--s3-bucket", "Media"], "S3_BUCKET"),
        (&["--s3-bucket", "../up"], "S3_BUCKET"),
        (&["--media-url", "cdn.example"], "ROOKERY_MEDIA_URL"),
        (
            &[endpoint[0], endpoint[1], "--embedded-store"],
            "--embedded",
        ),
    ] {
        let error = Place::configured(&flags(given)).unwrap_err();
        assert!(error.contains(named), "{error}");
    }
}

#[test]
fn urls_are_signed_for_the_host_that_browsers_reach() {
    let url = |more: &[&str]| {
        let given = ["--s3-endpoint", "http://inside:9000"].iter().chain(&KEYS);
        let given: Vec<&str> = given.chain(more).copied().collect();
        let store = Store::new(
            Place::configured(&flags(&given)).unwrap().unwrap(),
            rookery::platform::health::Flag::unseen(rookery::platform::health::Part::Store),
        );
        let soon = super::SOON;
        let url = store.presign_get("a/b", &PICTURE, now(), soon);
        (url.unwrap(), store.public_url("a/b"))
    };
    assert!(url(&[]).0.starts_with("http://inside:9000/media/a/b?"));
    let public = ["--s3-public-endpoint", "https://s3.example/"];
    assert!(url(&public).0.starts_with("https://s3.example/media/a/b?"));
    let host = [public[0], public[1], "--s3-force-path-style", "false"];
    assert!(url(&host).0.starts_with("https://media.s3.example/a/b?"));
    assert_eq!(url(&[]).1, None);
    let cdn = url(&["--media-url", "https://cdn.example"]).1;
    assert_eq!(cdn.as_deref(), Some("https://cdn.example/a/b"));
}

#[test]
fn secrets_are_not_printed() {
    let given: Vec<&str> = ["--s3-endpoint", "http://s3"]
        .iter()
        .chain(&KEYS)
        .copied()
        .collect();
    let config = flags(&given);
    let place = Place::configured(&config).unwrap();
    assert!(!format!("{config:?} {place:?}").contains("SECRET"));
}
