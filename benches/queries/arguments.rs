//! What the bench is told, and what follows from it.

use std::{fs, net::SocketAddr, path::PathBuf};

use clap::{Parser, ValueEnum};
use rookery::platform::tokens::Tokens;

use super::{
    Result,
    query::{Kind, Query},
    sample::Sample,
    targets::{Engine, Target},
};

#[derive(Parser)]
pub struct Bench {
    /// The PostgreSQL database, migrated and seeded.
    #[arg(
        long,
        env = "DATABASE_URL",
        hide_env_values = true,
        required_unless_present = "data_dir"
    )]
    pub database: Option<String>,
    /// In its place: the data folder of the embedded engine, which nobody serves now.
    #[arg(long, conflicts_with = "database")]
    pub data_dir: Option<PathBuf>,
    /// Whom rookery is compared with, with commas between; `none` for nobody.
    #[arg(
        long,
        value_delimiter = ',',
        default_value = "mercurius,postgraphile,alone"
    )]
    pub peers: Vec<Peer>,
    /// Only these queries, with commas between.
    #[arg(long, value_delimiter = ',', ignore_case = true)]
    pub only: Vec<Query>,
    /// How long each round of each query lasts at each target.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..))]
    pub seconds: u64,
    #[arg(long, default_value_t = 3)]
    pub rounds: usize,
    /// How many connections ask.
    #[arg(long, default_value_t = 16)]
    pub clients: usize,
    /// Another build of rookery to start than that of `cargo bench`.
    #[arg(long, default_value = env!("CARGO_BIN_EXE_rookery"))]
    pub server: PathBuf,
    /// A rookery that runs already, on the same database and with --signing-key.
    #[arg(long, requires = "signing_key")]
    pub url: Option<SocketAddr>,
    /// Its process, whose CPU is counted.
    #[arg(long, requires = "url")]
    pub pid: Option<u32>,
    /// A file with the key that it signs by.
    #[arg(long)]
    pub signing_key: Option<PathBuf>,
    /// Where the medians and all rounds are written as JSON too.
    #[arg(long)]
    pub json: Option<PathBuf>,
    /// Leaves the schema of the peers as the last run filled it.
    #[arg(long)]
    pub keep_peers: bool,
    /// Cargo says so.
    #[arg(long, hide = true)]
    pub bench: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Peer {
    None,
    Mercurius,
    Postgraphile,
    /// The database alone.
    Alone,
}

impl Bench {
    pub fn engine(&self) -> Result<Engine> {
        match (&self.data_dir, &self.database) {
            (Some(folder), _) => Ok(Engine::Sqlite {
                folder: folder.clone(),
            }),
            (None, Some(url)) => {
                let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
                let url = url.clone();
                Ok(Engine::Postgres { url, folder })
            }
            (None, None) => Err("--database or --data-dir".to_owned()),
        }
    }

    pub fn compares(&self, peer: Peer) -> bool {
        self.data_dir.is_none() && self.peers.contains(&peer)
    }

    pub fn queries(&self, sample: &Sample) -> Vec<Query> {
        let wanted = |query: &Query| self.only.is_empty() || self.only.contains(query);
        let possible =
            |query: &Query| *query != Query::FeedOfMany || !sample.readers_of_many.is_empty();
        let all = Query::ALL.into_iter();
        all.filter(wanted).filter(possible).collect()
    }

    pub fn key(&self) -> Result<String> {
        match &self.signing_key {
            Some(file) => fs::read_to_string(file).map_err(|error| error.to_string()),
            None => Tokens::new_pem(),
        }
    }

    /// Starts all that are measured.
    pub fn targets(&self, engine: &Engine, key: &str) -> Result<Vec<Target>> {
        let ours = match self.url {
            Some(address) => Target::found(Kind::Rookery, address, self.pid),
            None => Target::rookery(&self.server, engine, key)?,
        };
        let mut targets = vec![ours];
        for (peer, kind) in [
            (Peer::Mercurius, Kind::Mercurius),
            (Peer::Postgraphile, Kind::Postgraphile),
        ] {
            if self.compares(peer) {
                targets.push(Target::peer(kind, &engine.url())?);
            }
        }
        Ok(targets)
    }
}
