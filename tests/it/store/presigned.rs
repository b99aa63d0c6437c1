//! Signed addresses allow one thing for a while, and nothing else.

use std::time::Duration;

use rookery::platform::store::Upload;

use super::{Ground, PICTURE, SOON, ground, now};
use crate::support::raw::{self, Reply};

const BODY: &[u8] = b"RIFF....WEBP, more or less";

fn upload(ground: &Ground, key: &str) -> Upload {
    let length = u64::try_from(BODY.len()).unwrap();
    let store = &ground.store;
    let upload = store.presign_put(key, "image/webp", length, now(), SOON);
    upload.unwrap()
}

async fn put(upload: &Upload, body: &[u8]) -> Reply {
    raw::send(upload.method, &upload.url, &upload.headers, body).await
}

fn is_refused(reply: &Reply) -> bool {
    (400..500).contains(&reply.status)
}

#[tokio::test]
async fn a_signed_upload_is_taken_once() {
    let ground = ground().await;
    let signed = upload(&ground, "up/one");
    assert!(signed.expires_at > now());
    assert!(signed.url.contains("content-length%3Bcontent-type%3Bhost"));
    let reply = put(&signed, BODY).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    let object = ground.store.head("up/one").await.unwrap().unwrap();
    assert_eq!(object.content_type.as_deref(), Some("image/webp"));
    assert_eq!(object.byte_size, u64::try_from(BODY.len()).unwrap());
    let again = put(&signed, &BODY.to_ascii_uppercase()).await;
    assert_eq!(again.status, 412, "{again:?}");
    let read = ground.store.read("up/one", 1_000, &object.etag).await;
    assert_eq!(read.unwrap(), BODY);
}

#[tokio::test]
async fn an_upload_of_another_length_is_refused() {
    let ground = ground().await;
    let signed = upload(&ground, "up/length");
    for body in [&BODY[1..], &[BODY, b"!"].concat(), b""] {
        assert!(is_refused(&put(&signed, body).await));
    }
    let (address, target) = raw::split(&signed.url);
    let mut headers = signed.headers.clone();
    headers.push(("transfer-encoding".to_owned(), "chunked".to_owned()));
    let chunked = format!(
        "{:x}\r\n{}\r\n0\r\n\r\n",
        BODY.len(),
        str::from_utf8(BODY).unwrap()
    );
    let reply = raw::exchange(address, ("PUT", target), &headers, chunked.as_bytes()).await;
    assert!(is_refused(&reply), "{reply:?}");
    assert_eq!(ground.store.head("up/length").await, Ok(None));
}

#[tokio::test]
async fn an_upload_of_another_type_or_over_an_object_is_refused() {
    let ground = ground().await;
    let signed = upload(&ground, "up/type");
    let with = |content_type: &str, condition: &str| {
        let pair = |n: &str, v: &str| (n.to_owned(), v.to_owned());
        let mut headers = vec![pair("content-type", content_type)];
        headers.extend((!condition.is_empty()).then(|| pair("if-none-match", condition)));
        headers
    };
    for headers in [
        Vec::new(),
        with("text/html", "*"),
        with("image/webp", ""),
        with("image/webp", "\"other\""),
    ] {
        let reply = raw::send("PUT", &signed.url, &headers, BODY).await;
        assert!(is_refused(&reply), "{headers:?}: {reply:?}");
    }
    assert_eq!(ground.store.head("up/type").await, Ok(None));
    assert_eq!(put(&signed, BODY).await.status, 200);
}

#[tokio::test]
async fn an_upload_of_another_key_or_time_is_refused() {
    let ground = ground().await;
    let signed = upload(&ground, "up/mine");
    for (from, to) in [
        ("up/mine", "up/yours"),
        ("X-Amz-Expires=600", "X-Amz-Expires=601"),
        ("X-Amz-Signature=", "X-Amz-Signature=0"),
        ("content-length%3B", ""),
        ("host%3Bif-none-match", "host"),
    ] {
        let url = signed.url.replace(from, to);
        assert_ne!(url, signed.url);
        let reply = raw::send("PUT", &url, &signed.headers, BODY).await;
        assert!(is_refused(&reply), "{to}: {reply:?}");
    }
    let ago = now().minus(Duration::from_secs(700));
    let length = u64::try_from(BODY.len()).unwrap();
    let store = &ground.store;
    let late = store.presign_put("up/mine", "image/webp", length, ago, SOON);
    assert!(is_refused(&put(&late.unwrap(), BODY).await));
    for key in ["up/mine", "up/yours"] {
        assert_eq!(ground.store.head(key).await, Ok(None));
    }
}

#[tokio::test]
async fn an_upload_that_is_cut_leaves_nothing() {
    let ground = ground().await;
    let signed = upload(&ground, "up/cut");
    let (address, target) = raw::split(&signed.url);
    let mut headers = signed.headers.clone();
    headers.push(("content-length".to_owned(), BODY.len().to_string()));
    let reply = raw::cut(address, ("PUT", target), &headers, &BODY[..9]).await;
    assert_ne!(reply.status, 200);
    assert_eq!(ground.store.head("up/cut").await, Ok(None));
    assert_eq!(put(&signed, BODY).await.status, 200);
}

#[tokio::test]
async fn a_signed_url_answers_as_it_says() {
    let ground = ground().await;
    let stored = rookery::platform::store::Answers {
        content_type: "application/octet-stream",
        disposition: "attachment",
        cache_control: "no-store",
    };
    ground.store.write("get/one", &stored, BODY).await.unwrap();
    let now = now();
    let url = ground.store.presign_get("get/one", &PICTURE, now, SOON);
    let url = url.unwrap();
    let reply = raw::send("GET", &url, &[], b"").await;
    assert_eq!((reply.status, reply.body.as_slice()), (200, BODY));
    assert_eq!(reply.header("content-type"), Some(PICTURE.content_type));
    let disposition = reply.header("content-disposition");
    assert_eq!(disposition, Some(PICTURE.disposition));
    assert_eq!(reply.header("cache-control"), Some(PICTURE.cache_control));
    let range = [("range".to_owned(), "bytes=4-7".to_owned())];
    let part = raw::send("GET", &url, &range, b"").await;
    assert_eq!((part.status, part.body.as_slice()), (206, &BODY[4..8]));
    for (from, to) in [
        ("image%2Fwebp", "text%2Fhtml"),
        ("get/one", "get/two"),
        ("&response-content-type", "&x"),
    ] {
        let url = url.replace(from, to);
        let reply = raw::send("GET", &url, &[], b"").await;
        assert_eq!(reply.status, 403, "{to}: {reply:?}");
    }
    let reply = raw::send("DELETE", &url, &[], b"").await;
    assert_eq!(reply.status, 403);
    assert_eq!(raw::send("PUT", &url, &[], b"x").await.status, 403);
    let ago = now.minus(Duration::from_secs(700));
    let late = ground.store.presign_get("get/one", &PICTURE, ago, SOON);
    let late = raw::send("GET", &late.unwrap(), &[], b"").await;
    assert_eq!(late.status, 403);
}

#[tokio::test]
async fn a_url_is_the_same_as_long_as_its_start_is() {
    let ground = ground().await;
    let url = |key, start| ground.store.presign_get(key, &PICTURE, start, SOON);
    let start = now();
    let one = url("get/same", start).unwrap();
    assert_eq!(one, url("get/same", start).unwrap());
    assert_ne!(one, url("get/other", start).unwrap());
    let later = start.plus(Duration::from_secs(1));
    assert_ne!(one, url("get/same", later).unwrap());
}

#[tokio::test]
async fn names_of_any_letters_come_back_in_the_disposition() {
    let ground = ground().await;
    let answers = rookery::platform::store::Answers {
        disposition: "attachment; filename=\"a+b &c.webp\"; filename*=UTF-8''%C3%A9%25.webp",
        ..PICTURE
    };
    let written = ground.store.write("get/name", &PICTURE, BODY);
    written.await.unwrap();
    let url = ground.store.presign_get("get/name", &answers, now(), SOON);
    let reply = raw::send("GET", &url.unwrap(), &[], b"").await;
    assert_eq!(reply.status, 200, "{reply:?}");
    let disposition = reply.header("content-disposition");
    assert_eq!(disposition, Some(answers.disposition));
}

#[tokio::test]
async fn nothing_is_answered_without_a_signature() {
    let ground = ground().await;
    let written = ground.store.write("get/mine", &PICTURE, BODY);
    written.await.unwrap();
    let signed = upload(&ground, "get/mine").url;
    let (object, _) = signed.split_once('?').unwrap();
    let bucket = object.trim_end_matches("/get/mine");
    for (method, url) in [
        ("GET", object.to_owned()),
        ("HEAD", object.to_owned()),
        ("PUT", object.to_owned()),
        ("DELETE", object.to_owned()),
        ("GET", bucket.to_owned()),
        ("GET", format!("{bucket}?list-type=2")),
    ] {
        let reply = raw::send(method, &url, &[], b"").await;
        assert!(is_refused(&reply), "{method}: {reply:?}");
    }
    assert!(ground.store.head("get/mine").await.unwrap().is_some());
}
