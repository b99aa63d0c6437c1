//! Without a mail server.

use std::{fs, os::unix::fs::PermissionsExt};

use uuid::Uuid;

use super::{ID, configured, letter};
use rookery::platform::mail::Letter;

#[tokio::test]
async fn a_letter_becomes_a_file_for_this_user_alone() {
    let dir = tempfile::TempDir::new().unwrap();
    let mailer = configured(&[], dir.path()).unwrap();
    assert!(!dir.path().join("mail").exists(), "made when it is needed");
    mailer.send(ID, &letter("mara@example.org")).await.unwrap();
    let second = Uuid::from_u128(2);
    mailer
        .send(second, &letter("tom@example.org"))
        .await
        .unwrap();

    let mut files: Vec<_> = fs::read_dir(dir.path().join("mail"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    let names: Vec<_> = files
        .iter()
        .map(|f| f.file_name().unwrap().to_str().unwrap())
        .collect();
    assert_eq!(names.len(), 2);
    assert!(names[0].ends_with(&format!("-{ID}.eml")), "{names:?}");
    assert!(names[1].ends_with(&format!("-{second}.eml")), "{names:?}");
    let mode = fs::metadata(&files[0]).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);

    let text = fs::read_to_string(&files[0]).unwrap();
    assert!(text.contains("To: mara@example.org\r\n"), "{text}");
    assert!(
        text.contains(&format!("Message-ID: <{ID}@localhost>\r\n")),
        "{text}"
    );
}

/// What would end a header and begin another.
const BREAKS: [&str; 4] = ["\r\n", "\n", "\r", "\r\n\r\n"];

#[tokio::test]
async fn no_subject_and_no_address_begins_another_header() {
    let dir = tempfile::TempDir::new().unwrap();
    let mailer = configured(&[], dir.path()).unwrap();
    for (at, end) in BREAKS.iter().enumerate() {
        let injected = format!("{end}Bcc: all@example.org");
        for to in [
            format!("mara@example.org{injected}"),
            format!("mara{injected}@example.org"),
            format!("\"mara{injected}\"@example.org"),
            format!("mara@example.org>{injected}"),
            "mara@example.org, all@example.org".to_owned(),
        ] {
            let refused = mailer.send(ID, &letter(&to)).await.unwrap_err();
            assert!(refused.is_permanent, "{to:?}: {refused}");
        }
        let letter = Letter {
            subject: format!("Hello{injected}"),
            ..letter("mara@example.org")
        };
        mailer
            .send(Uuid::from_u128(at as u128), &letter)
            .await
            .unwrap();
    }
    let files: Vec<_> = fs::read_dir(dir.path().join("mail")).unwrap().collect();
    assert_eq!(files.len(), BREAKS.len(), "the letters to one address");
    for file in files {
        let text = fs::read_to_string(file.unwrap().path()).unwrap();
        let (headers, _) = text.split_once("\r\n\r\n").unwrap();
        let is_other = |line: &str| line.to_lowercase().starts_with("bcc");
        assert!(!headers.split(['\r', '\n']).any(is_other), "{headers:?}");
        assert!(headers.contains("To: mara@example.org\r\n"), "{headers:?}");
    }
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_is_no_reason_to_give_a_letter_up() {
    let dir = tempfile::TempDir::new().unwrap();
    fs::write(dir.path().join("mail"), "a file").unwrap();
    let mailer = configured(&[], dir.path()).unwrap();
    let refused = mailer
        .send(ID, &letter("mara@example.org"))
        .await
        .unwrap_err();
    assert!(!refused.is_permanent, "{refused}");
}
