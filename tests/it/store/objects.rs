//! Objects are written, read, listed and removed.

use rookery::platform::store::{Answers, Error};

use super::{PICTURE, SOON, ground, now};
use crate::support::raw;

#[tokio::test]
async fn an_object_is_what_was_written() {
    let ground = ground().await;
    let store = &ground.store;
    assert_eq!(store.head("a/b").await, Ok(None));
    store.write("a/b", &PICTURE, b"0123456789").await.unwrap();
    let object = store.head("a/b").await.unwrap().unwrap();
    assert_eq!(object.byte_size, 10);
    assert_eq!(object.content_type.as_deref(), Some("image/webp"));
    assert!(!object.etag.is_empty());
    assert_eq!(store.first_bytes("a/b", 4).await.unwrap(), b"0123");
    assert_eq!(store.first_bytes("a/b", 40).await.unwrap(), b"0123456789");
    assert_eq!(store.first_bytes("a/c", 4).await, Err(Error::Missing));
    let read = store.read("a/b", 10, &object.etag).await;
    assert_eq!(read.unwrap(), b"0123456789");
}

#[tokio::test]
async fn an_empty_object_has_no_first_bytes() {
    let ground = ground().await;
    let store = &ground.store;
    store.write("empty", &PICTURE, b"").await.unwrap();
    assert_eq!(store.first_bytes("empty", 4).await.unwrap(), b"");
    assert_eq!(store.head("empty").await.unwrap().unwrap().byte_size, 0);
}

#[tokio::test]
async fn a_read_refuses_what_is_longer_or_has_changed() {
    let ground = ground().await;
    let store = &ground.store;
    store.write("a", &PICTURE, b"0123456789").await.unwrap();
    let etag = store.head("a").await.unwrap().unwrap().etag;
    assert_eq!(store.read("a", 9, &etag).await, Err(Error::TooLong));
    store.write("a", &PICTURE, b"9876543210").await.unwrap();
    assert_eq!(store.read("a", 10, &etag).await, Err(Error::Changed));
    let missing = store.read("b", 10, &etag).await;
    assert_eq!(missing, Err(Error::Missing));
}

#[tokio::test]
async fn what_is_removed_is_gone_and_what_is_not_there_counts_as_removed() {
    let ground = ground().await;
    let store = &ground.store;
    let keys: Vec<String> = (0..1_200).map(|i| format!("gone/{i:04}")).collect();
    for key in [&keys[0], &keys[1], &keys[1_199]] {
        store.write(key, &PICTURE, b"x").await.unwrap();
    }
    store.write("stays", &PICTURE, b"x").await.unwrap();
    store.delete(&keys).await.unwrap();
    store.delete(&keys).await.unwrap();
    store.delete(&[]).await.unwrap();
    for key in [&keys[0], &keys[1], &keys[1_199]] {
        assert_eq!(store.head(key).await, Ok(None));
    }
    assert!(store.head("stays").await.unwrap().is_some());
}

#[tokio::test]
async fn a_list_goes_on_after_a_key() {
    let ground = ground().await;
    let store = &ground.store;
    for key in ["p/1", "p/2", "p/3", "q/1"] {
        store.write(key, &PICTURE, b"x").await.unwrap();
    }
    let keys = async |prefix: &str, after: Option<&str>| {
        let page = store.list(prefix, after).await.unwrap();
        assert!(!page.has_more);
        let now = now().0;
        let is_recent = |at: i64| (now - at).abs() < 60_000_000;
        assert!(page.objects.iter().all(|o| is_recent(o.last_modified.0)));
        let objects = page.objects.into_iter();
        objects.map(|object| object.key).collect::<Vec<_>>()
    };
    assert_eq!(keys("p/", None).await, ["p/1", "p/2", "p/3"]);
    assert_eq!(keys("p/", Some("p/1")).await, ["p/2", "p/3"]);
    assert_eq!(keys("", Some("p/3")).await, ["q/1"]);
    assert!(keys("r/", None).await.is_empty());
}

#[tokio::test]
async fn files_go_up_and_come_down_as_they_are() {
    let ground = ground().await;
    let (store, dir) = (&ground.store, ground.dir.path());
    let (from, to) = (dir.join("from"), dir.join("to"));
    let bytes: Vec<u8> = (0..20_u32 << 18).flat_map(u32::to_le_bytes).collect();
    std::fs::write(&from, &bytes).unwrap();
    let film = Answers {
        content_type: "video/mp4",
        ..PICTURE
    };
    store.upload("film", &film, &from).await.unwrap();
    let length = u64::try_from(bytes.len()).unwrap();
    assert_eq!(store.download("film", &to, length).await, Ok(length));
    assert!(std::fs::read(&to).unwrap() == bytes);
    let short = store.download("film", &to, length - 1).await;
    assert_eq!(short, Err(Error::TooLong));
    assert!(!to.exists());
    let missing = store.download("nothing", &to, length).await;
    assert_eq!(missing, Err(Error::Missing));
    let object = store.head("film").await.unwrap().unwrap();
    assert_eq!(object.content_type.as_deref(), Some("video/mp4"));
}

#[tokio::test]
async fn browsers_are_let_in_once_a_store_is_prepared() {
    let ground = ground().await;
    let again = ground.store.prepare(&[]).await;
    assert!(again.is_ready && again.said.is_empty(), "{again:?}");
    let now = now();
    let upload = ground.store.presign_put("a", "image/webp", 1, now, SOON);
    let asked = [
        ("origin", "https://app.example"),
        ("access-control-request-method", "PUT"),
        (
            "access-control-request-headers",
            "content-type,if-none-match",
        ),
    ];
    let asked = asked.map(|(n, v)| (n.to_owned(), v.to_owned()));
    let reply = raw::send("OPTIONS", &upload.unwrap().url, &asked, b"").await;
    assert_eq!(reply.status, 200, "{reply:?}");
    let origin = reply.header("access-control-allow-origin").unwrap();
    assert!(["*", "https://app.example"].contains(&origin));
    let headers = reply.header("access-control-allow-headers").unwrap();
    assert!(headers.to_lowercase().contains("if-none-match"));
}
