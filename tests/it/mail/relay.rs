//! To a mail server.

use std::{fs, path::Path};

use serde_json::json;
use tokio::net::TcpListener;

use super::{ID, configured, letter, server::MailServer};
use rookery::platform::mail::Mailer;

const FROM: [&str; 2] = ["--mail-from", "Möwe <rookery@example.org>"];

fn mailer(url: &str) -> Mailer {
    let args = [&["--smtp-url", url][..], &FROM].concat();
    configured(&args, Path::new(".")).unwrap()
}

#[tokio::test]
async fn a_letter_arrives_as_it_was_written() {
    let Some(server) = MailServer::start(&json!({})) else {
        return;
    };
    let mailer = mailer(&format!("smtp://127.0.0.1:{}", server.port));
    mailer.send(ID, &letter("mara@example.org")).await.unwrap();
    insta::assert_json_snapshot!(server.next(), @r#"
    {
      "from": {
        "address": "rookery@example.org",
        "name": "Möwe"
      },
      "messageId": "<01980000-0000-7000-8000-000000000001@example.org>",
      "names": [
        "content-transfer-encoding",
        "content-type",
        "date",
        "from",
        "message-id",
        "mime-version",
        "subject",
        "to"
      ],
      "recipients": [
        "mara@example.org"
      ],
      "secure": false,
      "sender": "rookery@example.org",
      "subject": "Grüße von der Küste",
      "text": "Schöne Grüße!\r\n\r\nDie Möwen — 1 Krähe — 🪶\r\n.\r\nnach dem Punkt\r\n",
      "to": [
        {
          "address": "mara@example.org",
          "name": ""
        }
      ],
      "type": "text/plain; charset=utf-8"
    }
    "#);
    // A second finds the way too.
    mailer.send(ID, &letter("tom@example.org")).await.unwrap();
    assert_eq!(server.next()["recipients"], json!(["tom@example.org"]));
}

#[tokio::test]
async fn it_signs_in_and_a_wrong_password_gives_no_letter_up() {
    let options = json!({ "user": "rookery", "password": "p@ss:wörd" });
    let Some(server) = MailServer::start(&options) else {
        return;
    };
    let port = server.port;
    let right = mailer(&format!(
        "smtp://rookery:p%40ss%3Aw%C3%B6rd@127.0.0.1:{port}"
    ));
    right.send(ID, &letter("mara@example.org")).await.unwrap();
    assert_eq!(server.next()["user"], "rookery");
    for wrong in [
        format!("smtp://rookery:no@127.0.0.1:{port}"),
        format!("smtp://127.0.0.1:{port}"),
    ] {
        let refused = mailer(&wrong).send(ID, &letter("mara@example.org")).await;
        let refused = refused.unwrap_err();
        assert!(!refused.is_permanent, "its operator can mend it: {refused}");
    }
    assert!(server.is_empty());
}

#[tokio::test]
async fn a_550_is_for_good_and_a_451_is_not() {
    let Some(server) = MailServer::start(&json!({})) else {
        return;
    };
    let mailer = mailer(&format!("smtp://127.0.0.1:{}", server.port));
    // More often than what opens the circuit: it is the letters that are wrong, not the server.
    for _ in 0..8 {
        let refused = mailer
            .send(ID, &letter("gone@example.org"))
            .await
            .unwrap_err();
        assert!(refused.is_permanent, "{refused}");
        assert_eq!(refused.to_string(), "the mail server answers 550");
        let refused = mailer
            .send(ID, &letter("later@example.org"))
            .await
            .unwrap_err();
        assert!(!refused.is_permanent, "{refused}");
        assert_eq!(refused.to_string(), "the mail server answers 451");
    }
    mailer.send(ID, &letter("mara@example.org")).await.unwrap();
    assert_eq!(server.next()["recipients"], json!(["mara@example.org"]));
}

#[tokio::test]
async fn a_dead_server_gives_no_letter_up_and_is_soon_left_alone() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let mailer = mailer(&format!("smtp://127.0.0.1:{port}"));
    let mut said = Vec::new();
    for _ in 0..6 {
        let refused = mailer
            .send(ID, &letter("mara@example.org"))
            .await
            .unwrap_err();
        assert!(!refused.is_permanent, "{refused}");
        said.push(refused.to_string());
    }
    assert_eq!(said[4], "the mail server cannot be reached");
    assert_eq!(said[5], "the mail server failed several times in a row");
}

#[tokio::test]
async fn a_silent_server_is_given_up() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mailer = mailer(&format!("smtp://{}", listener.local_addr().unwrap()));
    // Time passes as soon as there is nothing to do but wait.
    tokio::time::pause();
    let begun = tokio::time::Instant::now();
    let refused = mailer
        .send(ID, &letter("mara@example.org"))
        .await
        .unwrap_err();
    assert!(!refused.is_permanent, "{refused}");
    assert!(begun.elapsed().as_secs() <= 10, "{:?}", begun.elapsed());
}

#[tokio::test]
async fn tls_is_spoken_with_a_server_that_is_trusted_and_with_no_other() {
    let dir = tempfile::TempDir::new().unwrap();
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let ca = dir.path().join("ca.pem");
    fs::write(&ca, made.cert.pem()).unwrap();
    let ca = ca.to_str().unwrap();
    for (tls, url) in [
        ("implicit", "smtps://rookery:secret@localhost:PORT"),
        (
            "starttls",
            "smtp://rookery:secret@localhost:PORT?tls=required",
        ),
    ] {
        let keys = (made.signing_key.serialize_pem(), made.cert.pem());
        let options = json!({ "tls": tls, "key": keys.0, "cert": keys.1,
            "user": "rookery", "password": "secret" });
        let Some(server) = MailServer::start(&options) else {
            return;
        };
        let url = url.replace("PORT", &server.port.to_string());
        let trusting = [&["--smtp-url", &url, "--smtp-ca-file", ca][..], &FROM].concat();
        let trusting = configured(&trusting, dir.path()).unwrap();
        trusting
            .send(ID, &letter("mara@example.org"))
            .await
            .unwrap();
        assert_eq!(server.next()["secure"], true, "{tls}");

        let refused = mailer(&url)
            .send(ID, &letter("mara@example.org"))
            .await
            .unwrap_err();
        assert!(!refused.is_permanent, "{tls}: {refused}");
        assert!(server.is_empty(), "{tls}");
    }
}

#[tokio::test]
async fn where_tls_is_required_nothing_is_said_without_it() {
    let Some(server) = MailServer::start(&json!({})) else {
        return;
    };
    let mailer = mailer(&format!("smtp://127.0.0.1:{}?tls=required", server.port));
    let refused = mailer
        .send(ID, &letter("mara@example.org"))
        .await
        .unwrap_err();
    assert!(!refused.is_permanent, "{refused}");
    assert!(server.is_empty());
}
