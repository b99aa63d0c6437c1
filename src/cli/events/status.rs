//! `rookery events status`.

use clap::Args;
use serde_json::json;

use super::{open, time::length, words};
use crate::{
    activity::status::{self, Following, Status, Stuck},
    app::{StartResult, events},
    clock::Timestamp,
    platform::config::DatabaseConfig,
};

#[derive(Args)]
pub(in crate::cli) struct StatusArgs {
    /// Print JSON, for programs.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    database: DatabaseConfig,
}

pub(super) async fn run(args: &StatusArgs) -> StartResult<()> {
    let db = open(&args.database).await?;
    let status = status::status(&db).await.map_err(words)?;
    let bytes = status::bytes(&db).await.map_err(words)?;
    db.close().await;
    if args.json {
        let Status { consumers, log } = &status;
        println!(
            "{:#}",
            json!({ "consumers": consumers, "log": log, "bytes": bytes })
        );
        return Ok(());
    }
    for line in table(&status.consumers)
        .into_iter()
        .chain(log(&status, bytes))
    {
        println!("{line}");
    }
    Ok(())
}

fn table(consumers: &[Following]) -> Vec<String> {
    if consumers.is_empty() {
        return vec!["Nobody has followed the log yet: `rookery serve` does.".to_owned()];
    }
    let names = consumers.iter().map(|consumer| consumer.name.len());
    let wide = names.max().unwrap_or(0).max("CONSUMER".len());
    let mut lines = vec![format!(
        "{:wide$}  {:>10}  {:>8}  {:>8}  WORKERS",
        "CONSUMER", "BEHIND", "LAG", "PARKED"
    )];
    for consumer in consumers {
        let workers: Vec<_> = consumer
            .workers
            .iter()
            .map(|worker| format!("{} ({} shards)", worker.host, worker.shards))
            .collect();
        lines.push(format!(
            "{:wide$}  {:>10}  {:>8}  {:>8}  {}",
            consumer.name,
            consumer.behind,
            length(consumer.lag_seconds),
            consumer.parked,
            workers.join(", ")
        ));
        lines.extend(
            alarms(consumer)
                .into_iter()
                .map(|alarm| format!("  ! {alarm}")),
        );
    }
    lines
}

/// What somebody should look at, and what to do about it.
fn alarms(consumer: &Following) -> Vec<String> {
    let mut alarms = Vec::new();
    if consumer.workers.is_empty() && consumer.behind > 0 {
        alarms.push("nobody works for it: start `rookery serve` or `rookery worker`".to_owned());
    }
    if consumer.parked > consumer.due {
        let parked = consumer.parked - consumer.due;
        alarms.push(format!(
            "{parked} parked: read the reasons with `rookery events retry`, which tries them again"
        ));
    }
    let knows = |stuck: &&Stuck| events().iter().any(|event| event.kind.name == stuck.kind);
    let (known, unknown): (Vec<_>, Vec<_>) = consumer.stuck.iter().partition(knows);
    for stuck in unknown {
        alarms.push(format!(
            "shard {} waits for a newer program: nothing here knows {}, at position {}",
            stuck.shard, stuck.kind, stuck.position
        ));
    }
    if let Some(first) = known.first() {
        alarms.push(format!(
            "{} shards have not moved for a minute, e.g. shard {} at position {} ({}): the log of \
             its worker says why",
            known.len(),
            first.shard,
            first.position,
            first.kind
        ));
    }
    alarms
}

fn log(status: &Status, bytes: i64) -> Vec<String> {
    let log = &status.log;
    let oldest = log
        .oldest_at
        .map_or("-".to_owned(), |at| Timestamp(at).rfc3339());
    vec![
        String::new(),
        format!("The log  {} events ever, {} kept", log.recorded, log.kept),
        format!("         oldest kept: {oldest}"),
        format!(
            "         {:.1} a minute, {} on disk",
            log.per_minute,
            size(bytes)
        ),
    ]
}

fn size(bytes: i64) -> String {
    match bytes / 1024 {
        kib if kib < 10_240 => format!("{kib} KiB"),
        kib => format!("{} MiB", kib / 1024),
    }
}
