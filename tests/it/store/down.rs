//! A store that is away, or silent.

use std::time::{Duration, Instant};

use rookery::platform::store::{Place, Store};
use tokio::net::TcpListener;

use super::{PICTURE, flags};

fn store(address: &str) -> Store {
    at(&format!("http://{address}"))
}

fn at(url: &str) -> Store {
    let config = flags(&[
        "--s3-endpoint",
        url,
        "--aws-access-key-id",
        "AKIDHIDDEN",
        "--aws-secret-access-key",
        "hidden",
    ]);
    Store::new(
        Place::configured(&config).unwrap().unwrap(),
        rookery::platform::health::Flag::unseen(rookery::platform::health::Part::Store),
    )
}

#[tokio::test]
async fn a_store_that_is_down_is_unavailable_at_once() {
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = free.local_addr().unwrap().to_string();
    drop(free);
    let store = store(&address);
    let began = Instant::now();
    for _ in 0..5 {
        let error = store.head("secret/key").await.unwrap_err();
        assert!(error.is_unavailable(), "{error:?}");
        let text = format!("{error} {error:?}");
        assert!(!text.contains("secret") && !text.contains(&address));
    }
    assert!(began.elapsed() < Duration::from_secs(5));
    let began = Instant::now();
    let writing = store.write("key", &PICTURE, b"").await;
    assert!(writing.unwrap_err().is_unavailable());
    assert!(began.elapsed() < Duration::from_millis(20), "open circuit");
}

#[tokio::test]
async fn a_store_that_is_silent_is_unavailable_within_a_request() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let hold = tokio::spawn(async move {
        let mut open = Vec::new();
        while let Ok((stream, _)) = listener.accept().await {
            open.push(stream);
        }
    });
    let store = store(&address);
    let began = Instant::now();
    let calls = (0..5).map(|_| store.clone());
    let calls = calls.map(|store| tokio::spawn(async move { store.head("key").await }));
    for call in calls.collect::<Vec<_>>() {
        assert!(call.await.unwrap().unwrap_err().is_unavailable());
    }
    assert!(began.elapsed() < Duration::from_secs(8));
    let began = Instant::now();
    let error = store.first_bytes("key", 10).await;
    assert!(error.is_err_and(|error| error.is_unavailable()));
    assert!(began.elapsed() < Duration::from_millis(20), "open circuit");
    hold.abort();
}

#[tokio::test]
async fn start_goes_on_without_the_store() {
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = free.local_addr().unwrap().to_string();
    drop(free);
    let prepared = store(&address).prepare(&[]).await;
    assert!(!prepared.is_ready);
    assert_eq!(prepared.said.len(), 1, "{prepared:?}");
}

#[tokio::test]
async fn a_store_without_the_tls_that_was_asked_for_is_unavailable() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    let refuse = tokio::spawn(async move { while listener.accept().await.is_ok() {} });
    let error = at(&url).head("key").await.unwrap_err();
    assert!(error.is_unavailable(), "{error:?}");
    refuse.abort();
}
