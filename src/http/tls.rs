//! Connections by TLS: 1.2 and 1.3, for HTTP/2 and HTTP/1.1.

use std::{
    fs,
    path::{Path, PathBuf},
};

use axum_server::tls_rustls::RustlsConfig;

use crate::platform::config::HttpConfig;

/// The certificate that is shown, and its key.
#[derive(Clone)]
pub struct Tls {
    shown: RustlsConfig,
    cert: PathBuf,
    key: PathBuf,
}

impl Tls {
    /// Reads the certificate and its key, if they are configured, and both anew at each SIGHUP:
    /// connections that are open keep what they began with.
    ///
    /// # Errors
    /// Says which file is missing or wrong.
    pub async fn open(config: &HttpConfig) -> Result<Option<Self>, String> {
        let (cert, key) = match (&config.tls_cert, &config.tls_key) {
            (None, None) => return Ok(None),
            (Some(cert), Some(key)) => (cert.clone(), key.clone()),
            _ => {
                let say = "ROOKERY_TLS_CERT and ROOKERY_TLS_KEY go together: set both or neither";
                return Err(say.to_owned());
            }
        };
        let (chain, secret) = read(&cert, &key)?;
        let shown = RustlsConfig::from_pem(chain, secret).await;
        let shown = shown.map_err(|error| unusable(&error))?;
        let tls = Self { shown, cert, key };
        #[cfg(unix)]
        tls.follow_signals()?;
        Ok(Some(tls))
    }

    /// What new connections are shown.
    pub(super) fn shown(&self) -> RustlsConfig {
        self.shown.clone()
    }

    #[cfg(unix)]
    fn follow_signals(&self) -> Result<(), String> {
        use tokio::signal::unix::{SignalKind, signal};
        let hangup = signal(SignalKind::hangup());
        let mut hangup = hangup.map_err(|error| format!("cannot listen for SIGHUP: {error}"))?;
        let tls = self.clone();
        tokio::spawn(async move {
            while hangup.recv().await.is_some() {
                match tls.reread().await {
                    Ok(()) => tracing::info!("The certificate was read anew."),
                    Err(error) => tracing::error!(%error, "The certificate stays as it was."),
                }
            }
        });
        Ok(())
    }

    async fn reread(&self) -> Result<(), String> {
        let (chain, secret) = read(&self.cert, &self.key)?;
        let read = self.shown.reload_from_pem(chain, secret).await;
        read.map_err(|error| unusable(&error))
    }
}

fn read(cert: &Path, key: &Path) -> Result<(Vec<u8>, Vec<u8>), String> {
    let pem = |variable: &str, file: &Path, kind: &str| {
        let pem = fs::read(file);
        let pem = pem.map_err(|error| format!("{variable}: {}: {error}", file.display()))?;
        match String::from_utf8_lossy(&pem).contains(&format!("{kind}-----")) {
            true => Ok(pem),
            false => {
                let file = file.display();
                Err(format!("{variable}: {file} holds no PEM block {kind}"))
            }
        }
    };
    Ok((
        pem("ROOKERY_TLS_CERT", cert, "CERTIFICATE")?,
        pem("ROOKERY_TLS_KEY", key, "PRIVATE KEY")?,
    ))
}

fn unusable(error: &std::io::Error) -> String {
    format!("ROOKERY_TLS_CERT and ROOKERY_TLS_KEY are damaged or do not belong together: {error}")
}
