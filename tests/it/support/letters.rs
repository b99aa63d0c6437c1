//! The letters that an app has written, read from its folder.

use std::fs;

use rookery::accounts::commands::deliver_due;

use super::TestApp;

/// A letter as it would have been mailed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LetterRead {
    pub to: String,
    pub subject: String,
    pub body: String,
}

impl LetterRead {
    fn parse(text: &str) -> Self {
        let (head, body) = text.split_once("\r\n\r\n").expect("a head and a body");
        let header = |name: &str| {
            let found = head.lines().find_map(|line| line.strip_prefix(name));
            found.expect("a header").trim().to_owned()
        };
        let encoding = header("Content-Transfer-Encoding:");
        let body = match encoding.as_str() {
            "7bit" => body.to_owned(),
            "quoted-printable" => body.replace("=\r\n", "").replace("=3D", "="),
            other => panic!("a letter in {other}"),
        };
        Self {
            to: header("To:"),
            subject: header("Subject:"),
            body: body.replace("\r\n", "\n").trim_end().to_owned(),
        }
    }

    fn found(&self) -> Option<&str> {
        let is_token = |line: &&str| line.len() == 43 && !line.contains(' ');
        self.body.lines().find(is_token)
    }

    /// Whether it brings a token.
    pub fn has_token(&self) -> bool {
        self.found().is_some()
    }

    /// The token that it brings.
    pub fn token(&self) -> String {
        let found = self.found();
        found.unwrap_or_else(|| panic!("{self:?}")).to_owned()
    }
}

impl TestApp {
    /// Mails what is due, and returns all letters so far, the oldest first.
    pub async fn letters(&self) -> Vec<LetterRead> {
        while deliver_due(self.platform()).await.unwrap() > 0 {}
        let Ok(files) = fs::read_dir(self.config().database.data_dir.join("mail")) else {
            return Vec::new();
        };
        let mut files: Vec<_> = files.map(|file| file.unwrap().path()).collect();
        files.sort();
        let read = |file| LetterRead::parse(&fs::read_to_string(file).unwrap());
        files.iter().map(read).collect()
    }

    /// To whom and about what, of those after the first `skipped`.
    pub async fn posted(&self, skipped: usize) -> Vec<String> {
        let letters = self.letters().await;
        let tell = |letter: &LetterRead| format!("{}: {}", letter.to, letter.subject);
        letters[skipped..].iter().map(tell).collect()
    }

    /// The last letter to an address.
    pub async fn letter_to(&self, address: &str) -> LetterRead {
        let letters = self.letters().await;
        let found = letters.into_iter().rfind(|letter| letter.to == address);
        found.unwrap_or_else(|| panic!("no letter to {address}"))
    }
}
