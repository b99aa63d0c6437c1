//! The command line.

mod admin;
mod backup;
mod config;
mod events;
mod exposure;
mod privacy;
mod schema;
pub mod seed;
mod serve;
mod signals;
mod worker;

use std::process::ExitCode;

use clap::{ArgMatches, CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::{
    app::{self, StartResult},
    platform::{
        config::{DatabaseConfig, TelemetryConfig},
        crash, telemetry,
    },
};

/// A GraphQL backend for a social app.
///
/// Start with `rookery serve --demo` and open the address that it prints.
#[derive(Parser)]
#[command(name = "rookery", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the API and the playground.
    ///
    /// Without DATABASE_URL everything lives in the data folder, in an SQLite file that is
    /// migrated at each start. On PostgreSQL run `rookery migrate` first, or add --migrate.
    Serve(serve::ServeArgs),
    /// Follow the log of events: count, and publish to Kafka. `serve` does so too, unless it is
    /// started with --no-worker. As many as you like share the work. PostgreSQL only.
    Worker(worker::WorkerArgs),
    /// Bring the database up to date.
    Migrate(DatabaseConfig),
    /// Fill an empty database with a small town, or with a larger one.
    Seed(seed::SeedArgs),
    /// Print the GraphQL schema, or what its fields cost.
    Schema(schema::SchemaArgs),
    /// Print the effective configuration; secrets are hidden.
    Config(config::ConfigArgs),
    /// Watch, repeat and describe the stream of events.
    #[command(subcommand)]
    Events(events::Events),
    /// Say what is held about people.
    #[command(subcommand)]
    Privacy(privacy::Privacy),
    /// Look after a running system.
    #[command(subcommand)]
    Admin(admin::Admin),
}

impl Command {
    /// What it tells about itself.
    fn telemetry(&self) -> TelemetryConfig {
        match self {
            Self::Serve(args) => args.telemetry().clone(),
            Self::Worker(args) => args.telemetry().clone(),
            _ => TelemetryConfig::from_environment(),
        }
    }
}

/// The commands with their flags and variables, for documents to be held against.
pub fn command() -> clap::Command {
    Cli::command()
}

/// Runs the program.
pub fn main() -> ExitCode {
    let matches = Cli::command().get_matches();
    let cli = match Cli::from_arg_matches(&matches) {
        Ok(cli) => cli,
        Err(error) => error.exit(),
    };
    let _points = crash::arm();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&format!("cannot start: {error}")),
    };
    let _inside = runtime.enter();
    let traces = match telemetry::start(&cli.command.telemetry()) {
        Ok(traces) => traces,
        Err(error) => return fail(&error),
    };
    let done = runtime.block_on(run(cli.command, &matches));
    traces.finish();
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error),
    }
}

fn fail(error: &str) -> ExitCode {
    eprintln!("rookery: {error}");
    ExitCode::FAILURE
}

async fn run(command: Command, matches: &ArgMatches) -> StartResult<()> {
    match command {
        Command::Serve(args) => serve::run(args).await,
        Command::Worker(args) => worker::run(args).await,
        Command::Migrate(config) => migrate(&config).await,
        Command::Seed(args) => seed::run(args).await,
        Command::Schema(args) => schema::run(&args),
        Command::Config(args) if args.markdown => {
            print!("{}", config::markdown());
            Ok(())
        }
        Command::Config(_) => {
            matches
                .subcommand()
                .into_iter()
                .for_each(|(_, matches)| config::print(matches));
            Ok(())
        }
        Command::Events(command) => events::run(command).await,
        Command::Privacy(command) => privacy::run(&command),
        Command::Admin(command) => admin::run(command).await,
    }
}

async fn migrate(config: &DatabaseConfig) -> StartResult<()> {
    app::migrate(config).await?;
    println!("The database is up to date.");
    Ok(())
}
