//! `rookery events tail`.

use std::{future, io::Write, str::FromStr, time::Duration};

use clap::Args;
use futures_util::StreamExt;
use rdkafka::{Message, Offset, TopicPartitionList, consumer::Consumer};
use serde_json::Value;
use tokio::sync::mpsc;

use super::{
    open,
    stream::{self, Choice},
    time::moment,
    words,
};
use crate::{
    activity::{Entry, since},
    app::StartResult,
    clock::Timestamp,
    platform::{
        config::{DatabaseConfig, KafkaConfig},
        db::{Db, Place},
    },
};

#[derive(Args)]
pub(in crate::cli) struct TailArgs {
    #[command(flatten)]
    choice: Choice,

    /// Only this kind, e.g. post.published, or post for all about posts. Repeatable.
    #[arg(long = "type", value_name = "TYPE")]
    types: Vec<String>,

    /// Where to begin: `earliest` (the oldest message on the topics) or a time (from the log).
    /// Without it only what comes from now on is shown.
    #[arg(long, value_name = "earliest|TIME")]
    from: Option<From>,

    /// Print whole messages as JSON, one line each.
    #[arg(long)]
    json: bool,

    /// End after so many events.
    #[arg(long, value_name = "N")]
    count: Option<u64>,

    /// End when nothing has come for so many seconds.
    #[arg(long, value_name = "SECONDS")]
    until_quiet: Option<u64>,

    #[command(flatten)]
    database: DatabaseConfig,
    #[command(flatten)]
    kafka: KafkaConfig,
}

#[derive(Clone, Copy, Debug)]
enum From {
    Earliest,
    Time(Timestamp),
}

impl FromStr for From {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "earliest" => Ok(Self::Earliest),
            time => moment(time).map(Self::Time),
        }
    }
}

/// Messages wait here while the terminal is slow.
const ROOM: usize = 1_000;

pub(super) async fn run(args: &TailArgs) -> StartResult<()> {
    let (sender, messages) = mpsc::channel(ROOM);
    let source = async {
        match args.from {
            Some(From::Time(time)) => from_log(args, time, &sender).await,
            Some(From::Earliest) => from_kafka(args, Offset::Beginning, &sender).await,
            None => from_kafka(args, Offset::End, &sender).await,
        }
    };
    tokio::select! {
        failed = source => failed,
        () = print(args, messages) => Ok(()),
        _ = tokio::signal::ctrl_c() => Ok(()),
    }
}

type Sender = mpsc::Sender<String>;

/// Prints what is chosen until there is enough of it, or nobody reads any more.
async fn print(args: &TailArgs, mut messages: mpsc::Receiver<String>) {
    let mut left = args.count.unwrap_or(u64::MAX);
    let mut stdout = std::io::stdout();
    while left > 0 {
        let quiet = async {
            match args.until_quiet {
                Some(seconds) => tokio::time::sleep(Duration::from_secs(seconds)).await,
                None => future::pending().await,
            }
        };
        let message = tokio::select! {
            message = messages.recv() => message,
            () = quiet => None,
        };
        let Some(message) = message else { return };
        let Some(line) = line(args, message) else {
            continue;
        };
        if writeln!(stdout, "{line}").is_err() {
            return;
        }
        left -= 1;
    }
}

/// A message as it is shown; nothing if it is not chosen.
fn line(args: &TailArgs, message: String) -> Option<String> {
    let event: Value = serde_json::from_str(&message).ok()?;
    let word = |name: &str| event.get(name).and_then(Value::as_str).unwrap_or("-");
    let kind = word("type").trim_start_matches("rookery.");
    let is_chosen = |chosen: &String| {
        let chosen = chosen.trim_start_matches("rookery.");
        kind.strip_prefix(chosen)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    if !args.types.is_empty() && !args.types.iter().any(is_chosen) {
        return None;
    }
    if args.json {
        return Some(message);
    }
    let data = event.get("data").map(Value::to_string).unwrap_or_default();
    Some(format!(
        "{:<27}  {kind:<28}  {}  {}",
        word("time"),
        word("subject"),
        short(&data)
    ))
}

fn short(data: &str) -> String {
    const WIDE: usize = 100;
    match data.char_indices().nth(WIDE) {
        Some((end, _)) => format!("{}…", data.get(..end).unwrap_or_default()),
        None => data.to_owned(),
    }
}

/// Reads the topics of the cluster, without a group: nobody else is disturbed.
async fn from_kafka(args: &TailArgs, offset: Offset, sender: &Sender) -> StartResult<()> {
    let cluster = stream::cluster(&args.kafka, &args.database)?;
    let consumer = cluster
        .consumer("rookery-events-tail")
        .map_err(|e| e.to_string())?;
    let chosen = args.choice.topics();
    let chosen: Vec<_> = chosen
        .iter()
        .map(|topic| args.kafka.topic(topic.name()))
        .collect();
    let (consumer, partitions) = tokio::task::spawn_blocking(move || {
        let metadata = consumer.fetch_metadata(None, Duration::from_secs(10));
        let mut partitions = TopicPartitionList::new();
        for topic in metadata.iter().flat_map(|known| known.topics()) {
            for partition in topic.partitions() {
                if chosen.iter().any(|name| name == topic.name()) {
                    let list =
                        partitions.add_partition_offset(topic.name(), partition.id(), offset);
                    list.map_err(|e| e.to_string())?;
                }
            }
        }
        let unreached =
            |e| format!("no broker answers: {e}; is it running, and KAFKA_BROKERS right?");
        metadata.map_err(unreached)?;
        Ok::<_, String>((consumer, partitions))
    })
    .await
    .map_err(|e| e.to_string())??;
    if partitions.count() == 0 {
        return Err(format!(
            "the cluster has no such topics; they are made when a worker first reaches it, and \
             begin with {} (KAFKA_TOPIC_PREFIX)",
            args.kafka.kafka_topic_prefix
        ));
    }
    consumer.assign(&partitions).map_err(|e| e.to_string())?;
    let mut messages = consumer.stream();
    while let Some(message) = messages.next().await {
        // What is away comes back: librdkafka goes on trying.
        let Ok(message) = message else { continue };
        let payload = message.payload().unwrap_or_default();
        if sender
            .send(String::from_utf8_lossy(payload).into_owned())
            .await
            .is_err()
        {
            break;
        }
    }
    Ok(())
}

/// Reads the log in the database, and goes on reading what is recorded.
async fn from_log(args: &TailArgs, time: Timestamp, sender: &Sender) -> StartResult<()> {
    let db = open(&args.database).await?;
    let kinds = stream::kinds();
    let mut places = since::places(&db, time).await.map_err(words)?;
    loop {
        let entries = next(&db, &mut places).await?;
        if entries.is_empty() {
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
        let entries = entries
            .into_iter()
            .filter(|entry| entry.recorded_at >= time);
        for (_, envelope) in stream::seal(&db, &kinds, entries.collect()).await? {
            let Some(envelope) = envelope.filter(|envelope| args.choice.has(envelope.topic)) else {
                continue;
            };
            if sender.send(envelope.payload).await.is_err() {
                return Ok(());
            }
        }
    }
}

/// How many events of each shard are read at once.
const BATCH: u64 = 100;

/// The next events of all shards in the order of time, as far as they are known, and moves
/// `places` behind them.
async fn next(db: &Db, places: &mut [Place]) -> StartResult<Vec<Entry>> {
    let entries = stream::read(db, places, BATCH).await?;
    let mut parts: Vec<Vec<(Timestamp, Entry)>> = Vec::new();
    for entry in entries {
        match parts
            .last_mut()
            .filter(|part| part.last().is_some_and(|l| l.1.shard == entry.shard))
        {
            // Within a shard positions decide.
            Some(part) => {
                let before = part.last().map_or(entry.recorded_at, |last| last.0);
                part.push((before.max(entry.recorded_at), entry));
            }
            None => parts.push(vec![(entry.recorded_at, entry)]),
        }
    }
    // A shard that was cut off may hold more of the time behind its last event.
    let cut = parts.iter().filter(|part| part.len() as u64 == BATCH);
    let known = cut.filter_map(|part| part.last().map(|last| last.0)).min();
    let mut entries: Vec<_> = parts.into_iter().flatten().collect();
    entries.retain(|(at, _)| known.is_none_or(|known| *at <= known));
    entries.sort_by_key(|(at, entry)| (*at, entry.shard, entry.position));
    for (_, entry) in &entries {
        if let Some(place) = places.iter_mut().find(|place| place.shard == entry.shard) {
            place.position = entry.position;
        }
    }
    Ok(entries.into_iter().map(|(_, entry)| entry).collect())
}
