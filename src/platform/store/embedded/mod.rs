//! A store inside this process, enough for one machine: s3s speaks the protocol, s3s-fs keeps the
//! files in the data folder.
//!
//! A temporary file `objects/.tmp.N.internal.part` is renamed when an object is complete; those of
//! a crash are removed at the next start. It does not wait until the disk has what it wrote.

mod files;
mod gate;
mod keys;

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    path::Path,
    time::Duration,
};

use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};

use self::files::Files;
use super::place::Place;
use crate::platform::config::StoreConfig;

/// The folder in the data folder that holds the objects.
const FOLDER: &str = "objects";

/// How long open requests may finish when it is stopped.
const DRAIN: Duration = Duration::from_secs(2);

/// The embedded store. It serves until it is stopped or dropped.
pub struct Embedded {
    place: Place,
    /// Ends the server when it is sent or dropped.
    end: oneshot::Sender<()>,
    serving: JoinHandle<io::Result<()>>,
}

impl Embedded {
    /// Starts it on the data folder, whose keys and objects are those of the last time. Scripts
    /// of `origins` may use it, or all if there are none.
    ///
    /// # Errors
    /// In words for the person who started it.
    pub async fn start(
        config: &StoreConfig,
        data_dir: &Path,
        origins: &[String],
    ) -> Result<Self, String> {
        config.check()?;
        let keys = keys::kept(data_dir)?;
        let root = data_dir.join(FOLDER);
        let files = Files::open(&root, &config.s3_bucket);
        let files = files.map_err(|error| format!("cannot use {}: {error}", root.display()))?;
        let router = gate::router(files, &keys, origins)?;
        let (listener, address) = listen(config.s3_listen).await?;
        let (end, ended) = oneshot::channel();
        let serving = axum::serve(listener, router).with_graceful_shutdown(async {
            // Dropped is as good as sent.
            drop(ended.await);
        });
        Ok(Self {
            place: Place::embedded(config, address, keys),
            end,
            serving: tokio::spawn(serving.into_future()),
        })
    }

    /// As its clients see it.
    pub fn place(&self) -> Place {
        self.place.clone()
    }

    /// Takes no more requests, and lets open ones finish for 2 s.
    pub async fn stop(self) {
        // It may have ended by itself.
        let _ = self.end.send(());
        let mut serving = self.serving;
        if tokio::time::timeout(DRAIN, &mut serving).await.is_err() {
            serving.abort();
        }
    }
}

async fn listen(asked: Option<SocketAddr>) -> Result<(TcpListener, SocketAddr), String> {
    let wanted = asked.unwrap_or(StoreConfig::LISTEN);
    let bound = match TcpListener::bind(wanted).await {
        Err(error) if asked.is_none() && error.kind() == io::ErrorKind::AddrInUse => {
            TcpListener::bind(SocketAddr::new(wanted.ip(), 0)).await
        }
        bound => bound,
    };
    let failed = |error| {
        format!("the embedded store cannot listen on {wanted}: {error}; set ROOKERY_S3_LISTEN")
    };
    let listener = bound.map_err(failed)?;
    let mut address = listener.local_addr().map_err(failed)?;
    match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => address.set_ip(Ipv4Addr::LOCALHOST.into()),
        IpAddr::V6(ip) if ip.is_unspecified() => address.set_ip(Ipv6Addr::LOCALHOST.into()),
        _ => {}
    }
    Ok((listener, address))
}
