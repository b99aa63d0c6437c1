//! Which mail server takes letters, and what they say of this service.

use std::path::PathBuf;

use axum::http::Uri;
use clap::Args;

use super::{Secret, store::authority};

/// The mail server.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Mail")]
pub struct MailConfig {
    /// The mail server: smtps://user:password@host (TLS from the start), or
    /// smtp://user:password@host?tls=required (STARTTLS), or smtp://host:25 (without TLS). Without
    /// it letters are written into the folder `mail` in the data folder, and logged.
    #[arg(long, env = "SMTP_URL", hide_env_values = true, value_name = "URL")]
    pub smtp_url: Option<Secret>,

    /// Certificates (PEM) that the mail server may be checked with, beside those of public
    /// authorities.
    #[arg(long, env = "SMTP_CA_FILE", value_name = "FILE")]
    pub smtp_ca_file: Option<PathBuf>,

    /// Who letters are from.
    #[arg(
        long,
        env = "ROOKERY_MAIL_FROM",
        default_value = "Rookery <rookery@localhost>",
        value_name = "MAILBOX"
    )]
    pub mail_from: String,

    /// Where people use this service, e.g. https://app.example/: what the links in letters begin
    /// with. Without it letters hold codes to copy.
    #[arg(long, env = "ROOKERY_APP_URL", value_name = "URL")]
    pub app_url: Option<String>,
}

impl MailConfig {
    /// The mail server, where TLS is not demanded of it.
    pub fn plaintext_host(&self) -> Option<String> {
        let url: Uri = self.smtp_url.as_ref()?.expose().parse().ok()?;
        let has_tls = url.scheme_str() == Some("smtps") || url.query() == Some("tls=required");
        let host = url.host().filter(|_| !has_tls)?;
        Some(host.to_owned())
    }

    /// Says what does not fit together, naming the variable to change.
    pub fn check(&self) -> Result<(), String> {
        let app_url = self.app_url.as_deref();
        let is_wrong = |url: &str| authority(url).is_none() || url.contains(['?', '#']);
        let wrong = if app_url.is_some_and(is_wrong) {
            "ROOKERY_APP_URL must begin with https:// or http:// and have no ? or #"
        } else if self.smtp_ca_file.is_some() && self.smtp_url.is_none() {
            "SMTP_CA_FILE is for a mail server: set SMTP_URL too, or remove it"
        } else {
            return Ok(());
        };
        Err(wrong.to_owned())
    }
}
