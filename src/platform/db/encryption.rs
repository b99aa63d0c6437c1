//! Whether a connection to PostgreSQL is encrypted, and with whom.

use sea_orm::sqlx::postgres::{PgConnectOptions, PgSslMode};

/// What is wrong with how `url` connects over a network, and to which host. Nothing is where the
/// server is on this machine, and nothing is known of a URL that cannot be read.
pub fn flaw(url: &str, is_local: impl Fn(&str) -> bool) -> Option<String> {
    let options: PgConnectOptions = url.parse().ok()?;
    let host = options.get_host();
    if options.get_socket().is_some() || host.starts_with('/') || is_local(host) {
        return None;
    }
    let why = match options.get_ssl_mode() {
        PgSslMode::VerifyFull => return None,
        PgSslMode::Disable => "sslmode=disable encrypts nothing",
        PgSslMode::Allow | PgSslMode::Prefer => {
            "without sslmode=verify-full whoever is between can have it unencrypted"
        }
        PgSslMode::Require => "sslmode=require takes anybody's certificate",
        PgSslMode::VerifyCa => "sslmode=verify-ca takes a certificate of any other host",
    };
    Some(format!("{host}: {why}"))
}
