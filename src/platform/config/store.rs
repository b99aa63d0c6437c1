//! Which object store keeps media, and how it is spoken to.

use std::net::{Ipv4Addr, SocketAddr};

use clap::{Args, ValueEnum};

use super::Secret;

/// The object store.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Object store")]
pub struct StoreConfig {
    /// The S3-compatible store, e.g. https://s3.eu-central-1.amazonaws.com. Without it: the
    /// embedded store with SQLite, no media on PostgreSQL.
    #[arg(long, env = "S3_ENDPOINT", value_name = "URL")]
    pub s3_endpoint: Option<String>,

    /// The store as browsers reach it: upload and media URLs are signed for this host. Without
    /// it: S3_ENDPOINT.
    #[arg(long, env = "S3_PUBLIC_ENDPOINT", value_name = "URL")]
    pub s3_public_endpoint: Option<String>,

    /// The bucket. It is made at start when it is missing and the keys allow it.
    #[arg(
        long,
        env = "S3_BUCKET",
        default_value = "media",
        value_name = "BUCKET"
    )]
    pub s3_bucket: String,

    /// The region that requests are signed for.
    #[arg(
        long,
        env = "S3_REGION",
        default_value = "us-east-1",
        value_name = "REGION"
    )]
    pub s3_region: String,

    /// The access key. No other place is searched for it.
    #[arg(long, env = "AWS_ACCESS_KEY_ID", value_name = "ID")]
    pub aws_access_key_id: Option<String>,

    /// The secret of the access key.
    #[arg(
        long,
        env = "AWS_SECRET_ACCESS_KEY",
        hide_env_values = true,
        value_name = "SECRET"
    )]
    pub aws_secret_access_key: Option<Secret>,

    /// The token of temporary keys. They are not renewed: restart before they end.
    #[arg(
        long,
        env = "AWS_SESSION_TOKEN",
        hide_env_values = true,
        value_name = "TOKEN"
    )]
    pub aws_session_token: Option<Secret>,

    /// Whether the bucket is the first segment of the path (true) or of the host (false; AWS
    /// wants that).
    #[arg(
        long,
        env = "S3_FORCE_PATH_STYLE",
        default_value_t = true,
        action = clap::ArgAction::Set,
        value_name = "BOOL"
    )]
    pub s3_force_path_style: bool,

    /// When requests and answers carry checksums. Few stores but AWS know them all.
    #[arg(long, env = "S3_CHECKSUMS", default_value = "when-required")]
    pub s3_checksums: Checksums,

    /// What URLs of public media begin with, e.g. https://cdn.example/: a host that serves what
    /// lies below public/ in the bucket to anyone, and nothing else of it. Without it all media
    /// have signed URLs.
    #[arg(long, env = "ROOKERY_MEDIA_URL", value_name = "URL")]
    pub media_url: Option<String>,

    /// Run a store inside this process, on PostgreSQL too; its files are in the data folder.
    #[arg(long, env = "ROOKERY_EMBEDDED_STORE")]
    pub embedded_store: bool,

    /// Address of the embedded store. Without it: 127.0.0.1:8001 or, if that is taken, any free
    /// port.
    #[arg(long, env = "ROOKERY_S3_LISTEN", value_name = "ADDRESS")]
    pub s3_listen: Option<SocketAddr>,
}

/// When the client sends and checks checksums beyond the signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Checksums {
    WhenRequired,
    WhenSupported,
}

impl StoreConfig {
    /// Where the embedded store listens when nobody says otherwise.
    pub const LISTEN: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 8001);

    /// Whether a store runs inside this process.
    pub fn is_embedded(&self, is_postgres: bool) -> bool {
        self.s3_endpoint.is_none() && (self.embedded_store || !is_postgres)
    }

    /// Says what does not fit together, naming the variable to change.
    pub fn check(&self) -> Result<(), String> {
        for (variable, url) in [
            ("S3_ENDPOINT", &self.s3_endpoint),
            ("S3_PUBLIC_ENDPOINT", &self.s3_public_endpoint),
        ] {
            if url.as_deref().is_some_and(|url| !is_endpoint(url)) {
                return Err(format!(
                    "{variable} must be http://host:port or https://host, without a path"
                ));
            }
        }
        let has_keys = self.aws_access_key_id.is_some() && self.aws_secret_access_key.is_some();
        let media_url = self.media_url.as_deref();
        let wrong = if self.s3_endpoint.is_some() && self.embedded_store {
            "S3_ENDPOINT and --embedded-store exclude each other: remove one"
        } else if self.s3_endpoint.is_some() && self.s3_listen.is_some() {
            "ROOKERY_S3_LISTEN is for the embedded store: remove it, or S3_ENDPOINT"
        } else if self.s3_endpoint.is_some() && !has_keys {
            "S3_ENDPOINT needs keys: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
        } else if !is_bucket(&self.s3_bucket) {
            "S3_BUCKET must be 3 to 63 lower-case letters, digits, dots or hyphens"
        } else if self.s3_region.is_empty() {
            "S3_REGION must not be empty: us-east-1 suits most stores that are not AWS"
        } else if media_url.is_some_and(|url| authority(url).is_none() || url.contains(['?', '#']))
        {
            "ROOKERY_MEDIA_URL must begin with https:// or http:// and have no ? or #"
        } else {
            return Ok(());
        };
        Err(wrong.to_owned())
    }
}

/// What follows the scheme of an absolute URL, if anything does.
pub(super) fn authority(url: &str) -> Option<&str> {
    let rest = url.strip_prefix("https://");
    let rest = rest.or_else(|| url.strip_prefix("http://"))?;
    let is_plain = |c: char| c.is_ascii_graphic() && !matches!(c, '"' | '<' | '>' | '\\' | '@');
    (!rest.is_empty() && !rest.starts_with('/') && rest.chars().all(is_plain)).then_some(rest)
}

fn is_endpoint(url: &str) -> bool {
    authority(url.trim_end_matches('/')).is_some_and(|rest| !rest.contains(['/', '?', '#']))
}

fn is_bucket(name: &str) -> bool {
    let is_inner = |c: char| matches!(c, 'a'..='z' | '0'..='9' | '.' | '-');
    let ends = |c: char| matches!(c, 'a'..='z' | '0'..='9');
    (3..=63).contains(&name.len())
        && name.chars().all(is_inner)
        && name.starts_with(ends)
        && name.ends_with(ends)
        && !name.contains("..")
}
