//! Who is measured: started here or running already, and what each is asked.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
};

use tempfile::TempDir;

use super::{
    Result,
    alone::Scripts,
    asks,
    children::Running,
    peers,
    people::People,
    query::{Kind, Query},
    sample::Sample,
    wire::{Ask, Wire},
};

/// Where the data lie.
pub enum Engine {
    Postgres {
        url: String,
        /// The data folder, for what is embedded in a server.
        folder: TempDir,
    },
    Sqlite {
        folder: PathBuf,
    },
}

impl Engine {
    /// By what the runner opens it.
    pub fn url(&self) -> String {
        match self {
            Self::Postgres { url, .. } => url.clone(),
            Self::Sqlite { folder } => format!("sqlite://{}", folder.join("rookery.db").display()),
        }
    }

    /// A command of rookery on these data.
    pub fn rookery(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        let folder = match self {
            Self::Postgres { url, folder } => {
                command.env("DATABASE_URL", url);
                folder.path()
            }
            Self::Sqlite { folder } => {
                command.env_remove("DATABASE_URL");
                folder
            }
        };
        command.env("ROOKERY_DATA_DIR", folder);
        command.env("ROOKERY_OPS_LISTEN", "off");
        command.env("RUST_LOG", "warn");
        command
    }
}

/// A server that is asked.
pub struct Target {
    pub kind: Kind,
    server: Server,
}

enum Server {
    Started(Running),
    Found(SocketAddr, Option<u32>),
}

impl Target {
    /// One that runs already, and its process where that is known.
    pub fn found(kind: Kind, address: SocketAddr, pid: Option<u32>) -> Self {
        let server = Server::Found(address, pid);
        Self { kind, server }
    }

    fn started(kind: Kind, running: Running) -> Self {
        let server = Server::Started(running);
        Self { kind, server }
    }

    pub fn address(&self) -> SocketAddr {
        match &self.server {
            Server::Started(running) => running.address,
            Server::Found(address, _) => *address,
        }
    }

    pub fn pid(&self) -> Option<u32> {
        match &self.server {
            Server::Started(running) => Some(running.pid()),
            Server::Found(_, pid) => *pid,
        }
    }

    /// Starts rookery as production has it: every limit on. Only the budget of a minute is raised,
    /// which a closed loop of few viewers would use up: costs are computed and counted all the same.
    pub fn rookery(program: &Path, engine: &Engine, key: &str) -> Result<Self> {
        let mut command = engine.rookery(program);
        command
            .args(["serve", "--listen", "127.0.0.1:0"])
            .env("ROOKERY_SIGNING_KEY", key)
            .env("ROOKERY_MEMBER_BUDGET", u32::MAX.to_string())
            .env("ROOKERY_ACCESS_TOKEN_SECONDS", "86400");
        if matches!(engine, Engine::Postgres { .. }) {
            // What follows the log is a process of its own, as in docker-compose.yml.
            command.arg("--no-worker");
        }
        let running = Running::start(&mut command, "Endpoint    http://")?;
        Ok(Self::started(Kind::Rookery, running))
    }

    /// Starts a peer.
    pub fn peer(kind: Kind, url: &str) -> Result<Self> {
        Ok(Self::started(kind, peers::start(kind, url, false)?))
    }

    /// What it is asked, and where it is pgbench's turn, what that runs.
    pub async fn asks(&self, query: Query, of: (&Sample, &People)) -> Result<Arc<Vec<Ask>>> {
        let mut wire = Wire::open(self.address()).await?;
        let built = asks::build(query, self.kind, of, &mut wire).await;
        built
            .map(Arc::new)
            .map_err(|error| format!("{}: {error}", self.kind.name()))
    }
}

/// The statements of a query, recorded from a Mercurius of its own.
pub async fn record(query: Query, url: &str, of: (&Sample, &People)) -> Result<Scripts> {
    let recorder = peers::start(Kind::Mercurius, url, true)?;
    let mut wire = Wire::open(recorder.address).await?;
    let asks = asks::build(query, Kind::Mercurius, of, &mut wire).await?;
    Scripts::record(&mut wire, &asks).await
}
