//! Folds the activity topics into a table of days, in an SQLite file of its own.
//!
//! ```sh
//! cargo run --example daily_activity                     # beside `rookery serve`, until Ctrl-C
//! cargo run --example daily_activity -- --until-quiet 5  # ends when nothing comes for 5 seconds
//! ```
//!
//! It shows what a consumer has to do so that its table is right, whatever happens:
//!
//! - *At least once becomes once*: the id of each event is kept; what was seen is passed over.
//! - *Offsets stand beside the effect*: one SQLite transaction writes both, so that neither is
//!   ever ahead of the other. Kafka's own offsets are not used; the group only shares partitions.
//! - *Whoever was erased is forgotten*, in whatever order the topics are read: they no longer count
//!   as active on any day.
//!
//! Run twice, by several processes, or over events that were sent again, it makes the same table.

use std::{
    collections::HashMap,
    error::Error,
    fmt::{self, Display},
    fs,
    path::PathBuf,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use clap::Parser;
use futures_util::StreamExt;
use rdkafka::{
    ClientConfig, ClientContext, Message, Offset, TopicPartitionList,
    consumer::{BaseConsumer, Consumer, ConsumerContext, StreamConsumer},
    message::BorrowedMessage,
    types::RDKafkaRespErr,
};
use sea_orm::sqlx::{
    ConnectOptions, Connection, SqliteConnection, query, query_as, raw_sql,
    sqlite::SqliteConnectOptions,
};
use serde::Deserialize;

/// Fold the activity topics into a table of days.
#[derive(Parser, Clone, Debug)]
pub struct Args {
    /// Brokers. Without them: those of the server whose data folder is --data-dir.
    #[arg(long, env = "KAFKA_BROKERS")]
    pub brokers: Option<String>,
    /// The data folder of a running `rookery serve`, whose `kafka.addr` names its broker.
    #[arg(long, env = "ROOKERY_DATA_DIR", default_value = "./data")]
    pub data_dir: PathBuf,
    /// What the topics' names begin with.
    #[arg(long, default_value = "rookery.")]
    pub prefix: String,
    /// The consumer group: its members share the partitions.
    #[arg(long, default_value = "daily-activity")]
    pub group: String,
    /// The SQLite file to keep the table in. Members on one machine share it.
    #[arg(long, default_value = "daily.db")]
    pub file: PathBuf,
    /// Another setting of librdkafka as name=value, e.g. security.protocol=ssl. Repeatable.
    #[arg(long = "set", value_name = "NAME=VALUE")]
    pub settings: Vec<String>,
    /// End when nothing has come for this many seconds.
    #[arg(long, value_name = "SECONDS")]
    pub until_quiet: Option<u64>,
}

type Done<T> = Result<T, Box<dyn Error + Send + Sync>>;

#[tokio::main]
async fn main() -> Done<()> {
    for day in fold(&Args::parse()).await? {
        println!("{day}");
    }
    Ok(())
}

/// One line of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Day {
    /// In UTC, e.g. `2026-05-01`.
    pub day: String,
    /// How many people did anything.
    pub active: i64,
    pub posts: i64,
    pub comments: i64,
    pub messages: i64,
    /// New accounts.
    pub accounts: i64,
}

impl Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            day,
            active,
            posts,
            comments,
            messages,
            accounts,
        } = self;
        write!(
            f,
            "{day}  active {active:>6}  posts {posts:>6}  comments {comments:>6}  \
             messages {messages:>6}  new accounts {accounts:>6}"
        )
    }
}

/// Follows the topics until nothing comes any more, or until Ctrl-C, and returns the table.
pub async fn fold(args: &Args) -> Done<Vec<Day>> {
    let mut file = open(args).await?;
    let brokers = brokers(args)?;
    let consumer = subscribe(args, &brokers)?;
    // Offsets mean nothing on another cluster.
    let patience = Duration::from_secs(10);
    let cluster = consumer.client().fetch_cluster_id(patience);
    let cluster = cluster.ok_or("no broker answers: is the server running?")?;
    let cluster = match args.brokers {
        Some(_) => cluster,
        // The one inside a server begins anew at each start; its id may repeat.
        None => format!("{cluster} at {brokers}"),
    };
    consumer.context().know(offsets(&mut file, &cluster).await?);
    let mut batches = consumer.stream().ready_chunks(500);
    let quiet = args.until_quiet.map_or(Duration::MAX, Duration::from_secs);
    loop {
        // A group takes some seconds to form.
        let is_assigned = consumer.context().is_assigned();
        tokio::select! {
            batch = batches.next() => {
                let mut messages = Vec::new();
                for message in batch.unwrap_or_default() {
                    match message {
                        Ok(message) => messages.push(message),
                        // Brokers that are away come back: the client goes on trying.
                        Err(error) => eprintln!("{error}"),
                    }
                }
                apply(&mut file, &cluster, &messages).await?;
                consumer.context().know(offsets(&mut file, &cluster).await?);
            }
            () = tokio::time::sleep(quiet) => if is_assigned { break },
            _ = tokio::signal::ctrl_c() => break,
        }
    }
    table(&mut file).await
}

fn brokers(args: &Args) -> Done<String> {
    if let Some(brokers) = &args.brokers {
        return Ok(brokers.clone());
    }
    let file = args.data_dir.join("kafka.addr");
    let shown = file.display();
    let say = |_| format!("there is no {shown}: start a server, or give --brokers");
    Ok(fs::read_to_string(&file).map_err(say)?.trim().to_owned())
}

fn subscribe(args: &Args, brokers: &str) -> Done<StreamConsumer<Resume>> {
    let mut config = ClientConfig::new();
    config
        .set("bootstrap.servers", brokers)
        .set("group.id", &args.group)
        .set("enable.auto.commit", "false")
        .set("auto.offset.reset", "earliest")
        // The broker inside a server lets the next member of a group wait for so long.
        .set("session.timeout.ms", "10000")
        .set("topic.metadata.refresh.interval.ms", "5000");
    for setting in &args.settings {
        let (name, value) = setting.split_once('=').ok_or("--set takes name=value")?;
        config.set(name, value);
    }
    let consumer: StreamConsumer<Resume> = config.create_with_context(Resume::default())?;
    // A pattern: topics that are made later are followed too.
    consumer.subscribe(&[&format!("^{}", args.prefix.replace('.', r"\."))])?;
    Ok(consumer)
}

/// Where each partition goes on: the offset behind what is in the file.
type Offsets = HashMap<(String, i32), i64>;

/// Begins each partition where the file says, instead of where Kafka would.
#[derive(Default)]
struct Resume(Mutex<(Offsets, bool)>);

impl Resume {
    fn know(&self, offsets: Offsets) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).0 = offsets;
    }

    fn is_assigned(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).1
    }
}

impl ClientContext for Resume {}

impl ConsumerContext for Resume {
    fn rebalance(
        &self,
        consumer: &BaseConsumer<Self>,
        event: RDKafkaRespErr,
        partitions: &mut TopicPartitionList,
    ) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let done = if event == RDKafkaRespErr::RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS {
            for ((topic, partition), next) in &known.0 {
                if partitions.find_partition(topic, *partition).is_some() {
                    let _ =
                        partitions.set_partition_offset(topic, *partition, Offset::Offset(*next));
                }
            }
            known.1 = true;
            consumer.assign(partitions)
        } else {
            consumer.unassign()
        };
        if let Err(error) = done {
            eprintln!("the partitions could not be shared anew: {error}");
        }
    }
}

/// What this table needs of a message; the rest is left alone.
#[derive(Deserialize)]
struct Event {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    subject: Option<String>,
    personid: Option<String>,
    time: String,
}

/// Writes the effect of a batch and its offsets in one transaction.
async fn apply(
    file: &mut SqliteConnection,
    cluster: &str,
    batch: &[BorrowedMessage<'_>],
) -> Done<()> {
    let mut txn = file.begin_with("BEGIN IMMEDIATE").await?;
    for message in batch {
        if let Some(payload) = message.payload() {
            one(&mut txn, &serde_json::from_slice(payload)?).await?;
        }
        query("INSERT INTO offsets VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET next = excluded.next")
            .bind(cluster)
            .bind(message.topic())
            .bind(message.partition())
            .bind(message.offset() + 1)
            .execute(&mut *txn)
            .await?;
    }
    txn.commit().await?;
    Ok(())
}

/// The effect of one event, once.
async fn one(txn: &mut SqliteConnection, event: &Event) -> Done<()> {
    let seen = query("INSERT INTO seen VALUES (?) ON CONFLICT DO NOTHING").bind(&event.id);
    if seen.execute(&mut *txn).await?.rows_affected() == 0 {
        return Ok(());
    }
    let day = event.time.get(..10).ok_or("an event without a day")?;
    if let Some(person) = &event.personid {
        let active = query(
            "INSERT INTO active SELECT $1, $2 WHERE $2 NOT IN (SELECT person FROM erased) \
             ON CONFLICT DO NOTHING",
        );
        active.bind(day).bind(person).execute(&mut *txn).await?;
    }
    // A later version of a fact counts as the fact does.
    let fact = event.kind.rsplit_once(".v").map_or("", |(fact, _)| fact);
    let add = match fact {
        "rookery.post.published" => {
            "INSERT INTO day (day, posts) VALUES (?, 1) \
            ON CONFLICT DO UPDATE SET posts = posts + 1"
        }
        "rookery.comment.created" => {
            "INSERT INTO day (day, comments) VALUES (?, 1) \
            ON CONFLICT DO UPDATE SET comments = comments + 1"
        }
        "rookery.conversation.message_sent" => {
            "INSERT INTO day (day, messages) VALUES (?, 1) \
            ON CONFLICT DO UPDATE SET messages = messages + 1"
        }
        "rookery.user.registered" => {
            "INSERT INTO day (day, accounts) VALUES (?, 1) \
            ON CONFLICT DO UPDATE SET accounts = accounts + 1"
        }
        "rookery.user.erased" => {
            for forget in [
                "INSERT INTO erased VALUES (?) ON CONFLICT DO NOTHING",
                "DELETE FROM active WHERE person = ?",
            ] {
                query(forget)
                    .bind(&event.subject)
                    .execute(&mut *txn)
                    .await?;
            }
            return Ok(());
        }
        _ => return Ok(()),
    };
    query(add).bind(day).execute(&mut *txn).await?;
    Ok(())
}

async fn open(args: &Args) -> Done<SqliteConnection> {
    let options = SqliteConnectOptions::new()
        .filename(&args.file)
        .create_if_missing(true);
    let mut file = options
        .busy_timeout(Duration::from_secs(10))
        .connect()
        .await?;
    raw_sql(TABLES).execute(&mut file).await?;
    Ok(file)
}

const TABLES: &str = "\
CREATE TABLE IF NOT EXISTS day (day TEXT PRIMARY KEY, posts INTEGER NOT NULL DEFAULT 0, \
comments INTEGER NOT NULL DEFAULT 0, messages INTEGER NOT NULL DEFAULT 0, \
accounts INTEGER NOT NULL DEFAULT 0) STRICT; \
CREATE TABLE IF NOT EXISTS active (day TEXT, person TEXT, PRIMARY KEY (day, person)) STRICT; \
CREATE TABLE IF NOT EXISTS erased (person TEXT PRIMARY KEY) STRICT, WITHOUT ROWID; \
CREATE TABLE IF NOT EXISTS seen (id TEXT PRIMARY KEY) STRICT, WITHOUT ROWID; \
CREATE TABLE IF NOT EXISTS offsets (cluster TEXT, topic TEXT, partition INTEGER, \
next INTEGER NOT NULL, PRIMARY KEY (cluster, topic, partition)) STRICT;";

async fn offsets(file: &mut SqliteConnection, cluster: &str) -> Done<Offsets> {
    let rows = query_as("SELECT topic, partition, next FROM offsets WHERE cluster = ?");
    let rows: Vec<(String, i32, i64)> = rows.bind(cluster).fetch_all(file).await?;
    Ok(rows
        .into_iter()
        .map(|(topic, partition, next)| ((topic, partition), next))
        .collect())
}

async fn table(file: &mut SqliteConnection) -> Done<Vec<Day>> {
    let days = query_as(
        "SELECT d.day, COUNT(a.person) AS active, COALESCE(posts, 0) AS posts, \
         COALESCE(comments, 0) AS comments, COALESCE(messages, 0) AS messages, \
         COALESCE(accounts, 0) AS accounts \
         FROM (SELECT day FROM day UNION SELECT day FROM active) d \
         LEFT JOIN day USING (day) LEFT JOIN active a ON a.day = d.day GROUP BY d.day ORDER BY d.day",
    );
    let days: Vec<(String, i64, i64, i64, i64, i64)> = days.fetch_all(file).await?;
    let day = |(day, active, posts, comments, messages, accounts)| Day {
        day,
        active,
        posts,
        comments,
        messages,
        accounts,
    };
    Ok(days.into_iter().map(day).collect())
}
