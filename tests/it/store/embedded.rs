//! The store inside the server: for browsers, and against those who mean no good.

use std::{fs, path::Path, time::Duration};

use rookery::platform::store::{Answers, Embedded, Place, Store};

use super::{PICTURE, SOON, embedded_flags, flags, now, on};
use crate::support::raw::{self, Reply};

fn address(place: &Place) -> &str {
    place.endpoint().strip_prefix("http://").unwrap()
}

fn pair(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

/// Files below `dir`, by their names.
fn files(dir: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let entry = entry.unwrap();
        match entry.file_type().unwrap().is_dir() {
            true => found.extend(files(&entry.path())),
            false => found.push(entry.file_name().into_string().unwrap()),
        }
    }
    found
}

fn is_guarded(reply: &Reply) -> bool {
    reply.header("x-content-type-options") == Some("nosniff")
        && reply.header("content-security-policy") == Some("sandbox; default-src 'none'")
        && reply.header("access-control-allow-origin") == Some("*")
}

#[tokio::test]
async fn browsers_are_let_in_and_nothing_runs_here() {
    let ground = on(tempfile::tempdir().unwrap(), &embedded_flags()).await;
    let url = ground.store.presign_put("a", "image/webp", 1, now(), SOON);
    let url = url.unwrap().url;
    let origin = pair("origin", "https://app.example");
    let asked = [
        origin.clone(),
        pair("access-control-request-method", "PUT"),
        pair(
            "access-control-request-headers",
            "content-type,if-none-match",
        ),
    ];
    let preflight = raw::send("OPTIONS", &url, &asked, b"").await;
    assert_eq!(preflight.status, 200);
    assert!(is_guarded(&preflight), "{preflight:?}");
    let methods = preflight.header("access-control-allow-methods").unwrap();
    assert!(methods.contains("PUT"));
    let headers = preflight.header("access-control-allow-headers").unwrap();
    assert!(headers.contains("content-type") && headers.contains("if-none-match"));
    let refused = raw::send("PUT", &url, std::slice::from_ref(&origin), b"xx").await;
    assert_eq!(refused.status, 403);
    assert!(is_guarded(&refused), "{refused:?}");
    ground.store.write("a", &PICTURE, b"x").await.unwrap();
    let get = ground.store.presign_get("a", &PICTURE, now(), SOON);
    let answered = raw::send("GET", &get.unwrap(), &[origin], b"").await;
    assert_eq!(answered.status, 200);
    assert!(is_guarded(&answered), "{answered:?}");
}

#[tokio::test]
async fn configured_origins_alone_are_let_in() {
    let dir = tempfile::tempdir().unwrap();
    let origins = ["https://app.example".to_owned()];
    let config = embedded_flags();
    let embedded = Embedded::start(&config, dir.path(), &origins).await;
    let embedded = embedded.unwrap();
    let url = format!("{}/media/a", embedded.place().endpoint());
    for (origin, answer) in [(&*origins[0], Some(&*origins[0])), ("https://evil", None)] {
        let asked = [
            pair("origin", origin),
            pair("access-control-request-method", "PUT"),
        ];
        let reply = raw::send("OPTIONS", &url, &asked, b"").await;
        assert_eq!(reply.header("access-control-allow-origin"), answer);
    }
    embedded.stop().await;
}

#[tokio::test]
async fn no_key_leaves_the_folder() {
    let ground = on(tempfile::tempdir().unwrap(), &embedded_flags()).await;
    let outside = ground.dir.path().join("outside");
    fs::write(&outside, "outside").unwrap();
    let before = files(ground.dir.path());
    let absolute = outside.to_str().unwrap();
    for key in [
        "../outside",
        "a/../../outside",
        "../../../../../../etc/passwd",
        "..",
        ".",
        "a/./b",
        "a//b",
        "/etc/passwd",
        absolute,
        "a\\..\\..\\outside",
        "a\0b",
        "a\nb",
        ".tmp.0.internal.part",
        "a/.hidden",
        "a/",
        "%2e%2e/outside",
        &"long/".repeat(40),
    ] {
        let get = ground.store.presign_get(key, &PICTURE, now(), SOON);
        let reply = raw::send("GET", &get.unwrap(), &[], b"").await;
        assert!((400..500).contains(&reply.status), "{key:?}: {reply:?}");
        let put = ground.store.presign_put(key, "image/webp", 1, now(), SOON);
        let put = put.unwrap();
        let reply = raw::send("PUT", &put.url, &put.headers, b"x").await;
        assert!((400..500).contains(&reply.status), "{key:?}: {reply:?}");
        assert!(ground.store.delete(&[key.to_owned()]).await.is_err());
    }
    assert_eq!(files(ground.dir.path()), before);
}

#[tokio::test]
async fn a_path_that_is_not_normal_is_not_another_object() {
    let ground = on(tempfile::tempdir().unwrap(), &embedded_flags()).await;
    ground.store.write("b", &PICTURE, b"x").await.unwrap();
    let place = ground.embedded.as_ref().unwrap().place();
    let signed = ground
        .store
        .presign_get("b", &PICTURE, now(), SOON)
        .unwrap();
    let (_, query) = signed.split_once('?').unwrap();
    for path in [
        "/media/a/../b",
        "/media/%2e%2e/media/b",
        "/media//b",
        "//media/b",
        "/media/b%00",
        "/media/..%2f..%2fstore-keys",
        "/media/../../store-keys",
        "/media/..%5c..%5cstore-keys",
    ] {
        let target = format!("{path}?{query}");
        let reply = raw::exchange(address(&place), ("GET", &target), &[], b"").await;
        assert!((400..500).contains(&reply.status), "{path}: {reply:?}");
    }
}

#[tokio::test]
async fn only_what_the_server_needs_is_served() {
    let ground = on(tempfile::tempdir().unwrap(), &embedded_flags()).await;
    let place = ground.embedded.as_ref().unwrap().place();
    let status = async |method: &str, target: &str, headers: &[(String, String)]| {
        let reply = raw::exchange(address(&place), (method, target), headers, b"").await;
        reply.status
    };
    assert_eq!(status("PATCH", "/media/a", &[]).await, 405);
    assert_eq!(status("PUT", "/media/a", &[]).await, 411);
    let long = [pair("content-length", "120000000")];
    assert_eq!(status("PUT", "/media/a", &long).await, 413);
    let some = pair("content-length", "10");
    assert_eq!(
        status("POST", "/media/a?uploads", std::slice::from_ref(&some)).await,
        405
    );
    let form = [
        some,
        pair("content-type", "multipart/form-data; boundary=x"),
    ];
    assert_eq!(status("POST", "/media?delete", &form).await, 405);
    assert_eq!(status("GET", "/", &[]).await, 403);
}

#[tokio::test]
async fn of_uploads_at_the_same_time_one_is_kept_whole() {
    let ground = on(tempfile::tempdir().unwrap(), &embedded_flags()).await;
    let length = 300_000;
    let signed = ground
        .store
        .presign_put("one", "image/webp", length, now(), SOON);
    let signed = signed.unwrap();
    let sending = (b'a'..=b'h').map(|letter| {
        let signed = signed.clone();
        tokio::spawn(async move {
            let body = vec![letter; 300_000];
            let reply = raw::send("PUT", &signed.url, &signed.headers, &body).await;
            (letter, reply.status)
        })
    });
    let mut taken = Vec::new();
    for sent in sending.collect::<Vec<_>>() {
        let (letter, status) = sent.await.unwrap();
        match status {
            200 => taken.push(letter),
            status => assert_eq!(status, 412),
        }
    }
    assert_eq!(taken.len(), 1);
    let etag = ground.store.head("one").await.unwrap().unwrap().etag;
    let read = ground.store.read("one", length, &etag).await.unwrap();
    assert!(read == vec![taken[0]; 300_000]);
}

#[tokio::test]
async fn a_restart_keeps_objects_keys_and_urls() {
    let dir = tempfile::tempdir().unwrap();
    let ground = on(dir, &embedded_flags()).await;
    let place = ground.embedded.as_ref().unwrap().place();
    let written = ground.store.write("a", &PICTURE, b"kept");
    written.await.unwrap();
    let url = ground
        .store
        .presign_get("a", &PICTURE, now(), SOON)
        .unwrap();
    ground.embedded.unwrap().stop().await;
    let left = ground.dir.path().join("objects/.tmp.7.internal.part");
    fs::write(&left, "half").unwrap();
    let config = flags(&["--s3-listen", address(&place)]);
    let again = on(ground.dir, &config).await;
    assert!(!left.exists(), "half-written files are removed");
    assert_eq!(
        again.embedded.as_ref().unwrap().place().keys(),
        place.keys()
    );
    let reply = raw::send("GET", &url, &[], b"").await;
    assert_eq!((reply.status, reply.body.as_slice()), (200, &b"kept"[..]));
    let object = again.store.head("a").await.unwrap().unwrap();
    assert_eq!(object.content_type.as_deref(), Some("image/webp"));
}

#[tokio::test]
async fn a_cut_upload_leaves_no_file_and_a_removed_object_none_either() {
    let ground = on(tempfile::tempdir().unwrap(), &embedded_flags()).await;
    let signed = ground
        .store
        .presign_put("a/b", "image/webp", 9, now(), SOON)
        .unwrap();
    let (address, target) = raw::split(&signed.url);
    let mut headers = signed.headers.clone();
    headers.push(pair("content-length", "9"));
    raw::cut(address, ("PUT", target), &headers, b"half").await;
    // The server sees the end of the connection a moment later than we do.
    let objects = ground.dir.path().join("objects");
    for _ in 0..100 {
        if files(&objects).is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(files(&objects).is_empty());
    let written = ground.store.write("a/b", &PICTURE, b"x");
    written.await.unwrap();
    assert_eq!(files(&objects).len(), 3);
    ground.store.delete(&["a/b".to_owned()]).await.unwrap();
    assert!(files(&objects).is_empty());
}

#[cfg(unix)]
#[tokio::test]
async fn keys_are_for_the_owner_of_the_folder_alone() {
    use std::os::unix::fs::PermissionsExt;
    let ground = on(tempfile::tempdir().unwrap(), &embedded_flags()).await;
    let file = ground.dir.path().join("store-keys");
    let mode = fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    fs::write(&file, "torn").unwrap();
    let again = Embedded::start(&embedded_flags(), ground.dir.path(), &[]).await;
    let error = again.err().unwrap();
    assert!(error.contains("store-keys"), "{error}");
}

#[tokio::test]
async fn a_port_that_was_asked_for_is_not_exchanged() {
    let ground = on(tempfile::tempdir().unwrap(), &embedded_flags()).await;
    let place = ground.embedded.as_ref().unwrap().place();
    let config = flags(&["--s3-listen", address(&place)]);
    let other = tempfile::tempdir().unwrap();
    let error = Embedded::start(&config, other.path(), &[]).await;
    let error = error.err().unwrap();
    assert!(error.contains("ROOKERY_S3_LISTEN"), "{error}");
    // Without a wish, two find a port each.
    let one = Embedded::start(&flags(&[]), ground.dir.path(), &[]).await;
    let two = Embedded::start(&flags(&[]), other.path(), &[]).await;
    let (one, two) = (one.unwrap().place(), two.unwrap().place());
    assert_ne!(one.endpoint(), two.endpoint());
}

#[tokio::test]
async fn checksums_may_be_sent_too() {
    let dir = tempfile::tempdir().unwrap();
    let config = flags(&[
        "--s3-listen",
        "127.0.0.1:0",
        "--s3-checksums",
        "when-supported",
    ]);
    let ground = on(dir, &config).await;
    let (store, from): (&Store, _) = (&ground.store, ground.dir.path().join("from"));
    fs::write(&from, vec![7; 3_000_000]).unwrap();
    let film = Answers {
        content_type: "video/mp4",
        ..PICTURE
    };
    store.upload("film", &film, &from).await.unwrap();
    store.write("a", &PICTURE, b"abc").await.unwrap();
    let etag = store.head("a").await.unwrap().unwrap().etag;
    assert_eq!(store.read("a", 3, &etag).await.unwrap(), b"abc");
    let to = ground.dir.path().join("to");
    let received = store.download("film", &to, 3_000_000).await;
    assert_eq!(received, Ok(3_000_000));
}

#[tokio::test]
async fn rules_that_a_store_does_not_take_are_said() {
    let ground = on(tempfile::tempdir().unwrap(), &embedded_flags()).await;
    let place = ground.embedded.as_ref().unwrap().place();
    let (id, secret) = place.keys();
    let config = flags(&[
        "--s3-endpoint",
        place.endpoint(),
        "--aws-access-key-id",
        id,
        "--aws-secret-access-key",
        secret,
    ]);
    let store = Store::new(
        Place::configured(&config).unwrap().unwrap(),
        rookery::platform::health::Flag::unseen(rookery::platform::health::Part::Store),
    );
    let prepared = store.prepare(&["https://app.example".to_owned()]).await;
    assert!(prepared.is_ready);
    let [said] = prepared.said.as_slice() else {
        panic!("{prepared:?}");
    };
    let rule = r#""AllowedOrigins":["https://app.example"]"#;
    assert!(said.contains(rule) && said.contains("CORSRules"), "{said}");
}
