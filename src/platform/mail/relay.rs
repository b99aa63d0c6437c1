//! Letters by SMTP. Each has a connection of its own: one that was given up half-way is in no state
//! to carry the next, and lettre's pool would put it back.

use std::{fs, path::Path, time::Duration};

use axum::http::Uri;
use lettre::{
    Message,
    transport::smtp::{
        authentication::{Credentials, Mechanism},
        client::{AsyncSmtpConnection, Certificate, Tls, TlsParameters},
        extension::ClientId,
    },
};
use percent_encoding::percent_decode_str;
use tokio::time::timeout;

use super::MailError;
use crate::platform::config::Secret;

/// How long one step may take: connecting, TLS, signing in.
const STEP: Duration = Duration::from_secs(3);

/// How long a letter may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// A mail server, and how it is spoken to.
pub(super) struct Relay {
    host: String,
    port: u16,
    tls: Tls,
    hello: ClientId,
    credentials: Option<Credentials>,
}

impl Relay {
    /// # Errors
    /// In words that name the variable, and never what is in the address.
    pub(super) fn configured(url: &Secret, ca_file: Option<&Path>) -> Result<Self, String> {
        let wrong = || {
            "SMTP_URL must be smtps://user:password@host:port, smtp://host:port?tls=required or \
             smtp://host:port; what is not a letter or digit in user and password as %XX"
        };
        let uri: Uri = url.expose().parse().map_err(|_| wrong())?;
        let host = uri
            .host()
            .filter(|host| !host.is_empty())
            .ok_or_else(wrong)?;
        let parameters = || parameters(host, ca_file);
        let (port, tls) = match (uri.scheme_str(), uri.query()) {
            (Some("smtps"), None) => (465, Tls::Wrapper(parameters()?)),
            (Some("smtp"), Some("tls=required")) => (587, Tls::Required(parameters()?)),
            (Some("smtp"), Some("tls=opportunistic")) => (587, Tls::Opportunistic(parameters()?)),
            (Some("smtp"), None) => (25, Tls::None),
            _ => return Err(wrong().to_owned()),
        };
        let user = uri
            .authority()
            .and_then(|all| all.as_str().rsplit_once('@'));
        let credentials = match user {
            Some((user, _)) => Some(credentials(user).ok_or_else(wrong)?),
            None => None,
        };
        if credentials.is_some() && matches!(tls, Tls::None) {
            tracing::warn!("SMTP_URL sends a password without TLS: add ?tls=required.");
        }
        let name = uri.path().trim_matches('/');
        Ok(Self {
            host: host.trim_matches(['[', ']']).to_owned(),
            port: uri.port_u16().unwrap_or(port),
            tls,
            hello: match name.is_empty() {
                true => ClientId::default(),
                false => ClientId::Domain(name.to_owned()),
            },
            credentials,
        })
    }

    pub(super) async fn send(&self, message: &Message) -> Result<(), MailError> {
        let handing_over = async {
            let mut server = self.enter().await?;
            let sent = server.send(message.envelope(), &message.formatted()).await;
            sent.map_err(|error| MailError::handing_over(&error))?;
            Ok(server)
        };
        let late = |_| MailError::outage("the mail server does not answer in time");
        let mut server = timeout(PATIENCE, handing_over).await.map_err(late)??;
        // It has the letter; how it says goodbye does not matter.
        let _ = timeout(Duration::from_secs(1), server.quit()).await;
        Ok(())
    }

    /// Connects, secures the connection as configured, and signs in.
    async fn enter(&self) -> Result<AsyncSmtpConnection, MailError> {
        let place = (self.host.as_str(), self.port);
        let wrapper = match &self.tls {
            Tls::Wrapper(parameters) => Some(parameters.clone()),
            _ => None,
        };
        let connecting =
            AsyncSmtpConnection::connect_tokio1(place, Some(STEP), &self.hello, wrapper, None);
        let mut server = step(connecting).await?;
        let upgrade = match &self.tls {
            Tls::Required(parameters) => Some(parameters),
            Tls::Opportunistic(parameters) => server.can_starttls().then_some(parameters),
            _ => None,
        };
        if let Some(parameters) = upgrade {
            step(server.starttls(parameters.clone(), &self.hello)).await?;
        }
        if let Some(credentials) = &self.credentials {
            let ways = [Mechanism::Plain, Mechanism::Login];
            step(server.auth(&ways, credentials)).await?;
        }
        Ok(server)
    }
}

async fn step<T>(
    step: impl Future<Output = Result<T, lettre::transport::smtp::Error>>,
) -> Result<T, MailError> {
    match timeout(STEP, step).await {
        Ok(done) => done.map_err(|error| MailError::greeting(&error)),
        Err(_) => Err(MailError::outage("the mail server does not answer in time")),
    }
}

fn parameters(host: &str, ca_file: Option<&Path>) -> Result<TlsParameters, String> {
    let mut parameters = TlsParameters::builder(host.trim_matches(['[', ']']).to_owned());
    if let Some(file) = ca_file {
        let wrong = |why: String| format!("SMTP_CA_FILE: {}: {why}", file.display());
        let pem = fs::read(file).map_err(|error| wrong(error.to_string()))?;
        let read = Certificate::from_pem(&pem);
        let certificate = read.map_err(|_| wrong("it holds no certificates (PEM)".to_owned()))?;
        parameters = parameters.add_root_certificate(certificate);
    }
    let wrong = |_| "SMTP_URL or SMTP_CA_FILE: no TLS can be made of them".to_owned();
    parameters.build().map_err(wrong)
}

fn credentials(user: &str) -> Option<Credentials> {
    let (name, password) = user.split_once(':')?;
    let decoded = |text| percent_decode_str(text).decode_utf8().ok();
    let (name, password) = (decoded(name)?, decoded(password)?);
    Some(Credentials::new(name.into_owned(), password.into_owned()))
}
