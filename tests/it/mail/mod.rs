//! Letters: into a folder, and to a mail server that runs.

mod folder;
mod relay;
mod server;

use std::path::Path;

use clap::Parser;
use rookery::platform::{
    config::MailConfig,
    mail::{Letter, Mailer},
};
use uuid::Uuid;

#[derive(Parser)]
struct Defaults {
    #[command(flatten)]
    config: MailConfig,
}

fn configured(args: &[&str], data_dir: &Path) -> Result<Mailer, String> {
    let args = ["test"].iter().chain(args);
    Mailer::configured(
        &Defaults::parse_from(args).config,
        data_dir,
        rookery::platform::health::Flag::unseen(rookery::platform::health::Part::Mail),
    )
}

fn letter(to: &str) -> Letter {
    Letter {
        to: to.to_owned(),
        subject: "Grüße von der Küste".to_owned(),
        body: "Schöne Grüße!\n\nDie Möwen — 1 Krähe — 🪶\n.\nnach dem Punkt\n".to_owned(),
    }
}

/// An id that tests can write down.
const ID: Uuid = Uuid::from_u128(0x0198_0000_0000_7000_8000_0000_0000_0001);

#[test]
fn wrong_settings_are_refused_in_words_that_name_the_variable() {
    let folder = tempfile::TempDir::new().unwrap();
    let missing = folder.path().join("missing.pem");
    let missing = missing.to_str().unwrap();
    let url = "SMTP_URL must be smtps://";
    for (args, says) in [
        (&["--smtp-url", "https://mail.example"][..], url),
        (&["--smtp-url", "smtp://"], url),
        (&["--smtp-url", "mail.example"], url),
        (&["--smtp-url", "smtp://mail.example?tls=maybe"], url),
        (&["--smtp-url", "smtp://somebody@mail.example"], url),
        (&["--mail-from", "nobody"], "ROOKERY_MAIL_FROM must"),
        (&["--app-url", "app.example"], "ROOKERY_APP_URL must"),
        (&["--app-url", "javascript://x"], "ROOKERY_APP_URL must"),
        (&["--smtp-ca-file", missing], "SMTP_CA_FILE is for"),
        (
            &["--smtp-url", "smtps://x.example", "--smtp-ca-file", missing],
            "SMTP_CA_FILE: ",
        ),
    ] {
        let refused = configured(args, folder.path()).err();
        let refused = refused.unwrap_or_else(|| panic!("{args:?} is taken"));
        assert!(refused.starts_with(says), "{args:?}: {refused}");
        assert!(!refused.contains("somebody"), "{refused}");
    }
}

#[test]
fn every_way_to_a_mail_server_can_be_said() {
    let folder = tempfile::TempDir::new().unwrap();
    for url in [
        "smtps://user:p%40ss@mail.example",
        "smtps://user:pass@mail.example:4650/rookery.example",
        "smtp://mail.example:587?tls=required",
        "smtp://mail.example?tls=opportunistic",
        "smtp://[::1]:25",
    ] {
        configured(&["--smtp-url", url], folder.path()).unwrap_or_else(|e| panic!("{url}: {e}"));
    }
    let with_slash = ["--app-url", "https://app.example/x/"];
    let mailer = configured(&with_slash, folder.path()).unwrap();
    assert_eq!(mailer.app_url(), Some("https://app.example/x"));
}
