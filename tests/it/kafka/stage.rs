//! An app, a broker, relays between them, and a reader of everything that arrived.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use clap::Parser;
use rdkafka::{
    Message as _, Offset, TopicPartitionList,
    consumer::{BaseConsumer, Consumer, ConsumerContext},
    message::Headers,
};
use rookery::{
    activity::{
        By, Event, Heads, Runner, Topic, heads,
        positions::{self, Start},
        record,
        relay::Relay,
    },
    clock::Timestamp,
    ids::NodeId,
    platform::{
        config::KafkaConfig,
        db::{Db, Lane},
        kafka::{Cluster, Embedded},
    },
};
use sea_orm::{ConnectionTrait, Statement};
use tokio::{
    sync::{OwnedRwLockReadGuard, OwnedRwLockWriteGuard, RwLock, watch},
    task::JoinHandle,
};
use uuid::Uuid;

use super::facts::{self, Noted};
use crate::support::TestApp;

/// How long a test waits for what must come.
pub const PATIENCE: Duration = Duration::from_secs(60);

#[derive(Parser)]
struct Defaults {
    #[command(flatten)]
    kafka: KafkaConfig,
}

/// Where the stream goes.
pub struct Broker {
    pub config: KafkaConfig,
    pub cluster: Cluster,
    pub embedded: Option<Embedded>,
    _turn: Option<Turn>,
}

/// Tests of faults have the real broker for themselves.
enum Turn {
    Shared { _guard: OwnedRwLockReadGuard<()> },
    Alone { _guard: OwnedRwLockWriteGuard<()> },
}

fn turns() -> Arc<RwLock<()>> {
    static TURNS: OnceLock<Arc<RwLock<()>>> = OnceLock::new();
    TURNS.get_or_init(Arc::default).clone()
}

impl Broker {
    pub fn mock() -> Self {
        let config = config();
        let topics = Topic::ALL.map(|topic| config.topic(topic.name()));
        let embedded = Embedded::start(&topics, config.kafka_partitions).unwrap();
        Self {
            cluster: embedded.cluster().unwrap(),
            config,
            embedded: Some(embedded),
            _turn: None,
        }
    }

    /// The broker at TEST_KAFKA_BROKERS, with topics of this test alone.
    pub async fn kafka() -> Self {
        let _guard = turns().read_owned().await;
        Self::real(Turn::Shared { _guard })
    }

    /// As above, and no other test uses it meanwhile.
    pub async fn kafka_alone() -> Self {
        let _guard = turns().write_owned().await;
        Self::real(Turn::Alone { _guard })
    }

    fn real(turn: Turn) -> Self {
        let brokers = std::env::var("TEST_KAFKA_BROKERS").ok();
        let brokers = brokers.expect("TEST_KAFKA_BROKERS says where a Kafka broker is");
        let config = KafkaConfig {
            kafka_brokers: Some(brokers),
            ..config()
        };
        Self {
            cluster: Cluster::configured(&config).unwrap().unwrap(),
            config,
            embedded: None,
            _turn: Some(turn),
        }
    }

    /// Tells the real broker to stop, start, pause or resume. One that was not started by
    /// `tests/run` takes no orders: it leaves the tests of a `broker_of_ours` out, and says so.
    pub async fn control(&self, order: &'static str) {
        let control = std::env::var("TEST_KAFKA_CONTROL").unwrap_or_default();
        assert!(
            !control.is_empty(),
            "this test stops a broker of its own: use tests/run"
        );
        let done = tokio::task::spawn_blocking(move || {
            std::process::Command::new(control).arg(order).status()
        });
        assert!(done.await.unwrap().unwrap().success(), "{order}");
    }
}

/// Another configuration of topics: few partitions, so that many keys share one; a prefix that
/// nobody else has.
pub fn config() -> KafkaConfig {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    KafkaConfig {
        kafka_brokers: None,
        kafka_topic_prefix: format!("test-{}-{number}-{}", std::process::id(), fastrand::u32(..)),
        kafka_partitions: 3,
        ..Defaults::parse_from(["test"]).kafka
    }
}

/// An app and a broker.
pub struct Stage {
    pub app: TestApp,
    pub broker: Broker,
    pub heads: Heads,
    _tail: JoinHandle<()>,
}

/// The name of these tests' relay: databases are not shared.
pub const NAME: &str = "kafka:test";

impl Stage {
    /// With topics, and a relay that is registered and does not run yet.
    pub async fn set(broker: Broker) -> Self {
        Self::around(TestApp::start().await, broker).await
    }

    /// The same for an app in which something has happened.
    pub async fn around(app: TestApp, broker: Broker) -> Self {
        let db = app.platform().db.clone();
        let config = &broker.config;
        if broker.embedded.is_none() {
            let topics = Topic::ALL.map(|topic| config.topic(topic.name()));
            let made = broker.cluster.make_topics(&topics, config.kafka_partitions);
            made.await.unwrap();
        }
        positions::register(&db, NAME, Start::Oldest).await.unwrap();
        let heads = Heads::default();
        let tail = tokio::spawn(heads::tail(
            db,
            heads.clone(),
            || false,
            std::future::pending(),
        ));
        Self {
            app,
            broker,
            heads,
            _tail: tail,
        }
    }

    pub fn db(&self) -> &Db {
        &self.app.platform().db
    }

    /// The account id of somebody new.
    pub async fn person(&self, handle: &str) -> Uuid {
        let somebody = self.app.user(handle).await;
        NodeId::parse(&somebody.id).unwrap().id
    }

    /// A relay of its own producers.
    pub fn relay(&self) -> Arc<Relay> {
        let config = self.broker.config.clone();
        let topic = move |topic: Topic| config.topic(topic.name());
        let (db, cluster) = (self.db().clone(), self.broker.cluster.clone());
        Arc::new(Relay::new(db, NAME, cluster, facts::kinds(), topic))
    }

    /// A relay that runs.
    pub fn start(&self, lease: Duration) -> Running {
        let relay = self.relay();
        let (stop, stopped) = watch::channel(false);
        let (db, heads) = (self.db().clone(), self.heads.clone());
        let runner = Runner::new(db, heads, relay.clone(), "test").with_lease(lease);
        Running {
            relay,
            stop,
            task: tokio::spawn(runner.run(stopped)),
        }
    }

    /// Writes events in one transaction.
    pub async fn record<E: Event + Clone + Send + Sync>(&self, events: &[E]) {
        self.record_by(None, events).await;
    }

    pub async fn record_by<E: Event + Clone + Send + Sync>(
        &self,
        person: Option<Uuid>,
        events: &[E],
    ) {
        let by = By {
            person: person.map(rookery::ids::PersonId),
            at: Timestamp(1_777_636_800_000_000),
        };
        let work = |txn| async move {
            for event in events {
                record(&txn, by, event, [])?;
            }
            Ok(())
        };
        self.db().write_txn(Lane::Request, work).await.unwrap();
    }

    /// Writes `count` events about things chosen by chance, up to five in a transaction.
    pub async fn scribble(&self, things: &[Uuid], count: u32) {
        let mut number = 0;
        while number < count {
            let size = fastrand::u32(1..=5).min(count - number);
            let noted = |n| Noted {
                thingid: things[fastrand::usize(..things.len())],
                number: n,
                ballast: "x".repeat(fastrand::usize(..300)),
            };
            let events: Vec<Noted> = (number..number + size).map(noted).collect();
            self.record(&events).await;
            number += size;
        }
    }

    /// Waits until the relays have passed everything that is in the log.
    pub async fn drained(&self) {
        let begun = Instant::now();
        loop {
            let heads = heads::read(self.db().background()).await.unwrap();
            let positions = positions::of(self.db().background(), NAME).await.unwrap();
            let lag = |(head, at): (&rookery::platform::db::Place, &positions::Held)| {
                head.position - at.position
            };
            let lag: i64 = heads.iter().zip(&positions).map(lag).sum();
            if lag == 0 {
                return;
            }
            assert!(begun.elapsed() < PATIENCE, "{lag} events are not sent");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// The log: id to place, and the number of events of each shard.
    pub async fn committed(&self) -> BTreeMap<Uuid, (i32, i64)> {
        let sql = "SELECT id, shard, position FROM activity";
        let db = self.db();
        let statement = Statement::from_string(db.backend(), sql);
        let rows = db.background().query_all_raw(statement).await.unwrap();
        let row = |row: &sea_orm::QueryResult| {
            let get = |name| row.try_get("", name).unwrap();
            let shard = row.try_get("", "shard").unwrap();
            (row.try_get("", "id").unwrap(), (shard, get("position")))
        };
        rows.iter().map(row).collect()
    }

    /// How many events are parked.
    pub async fn parked(&self) -> i64 {
        let sql = "SELECT COUNT(*) AS n FROM activity_parked";
        let db = self.db();
        let statement = Statement::from_string(db.backend(), sql);
        let row = db.background().query_one_raw(statement).await.unwrap();
        row.unwrap().try_get("", "n").unwrap()
    }

    /// Everything that is in the topics, each partition in order.
    pub async fn received(&self) -> Vec<Received> {
        let topics = Topic::ALL.map(|topic| self.broker.config.topic(topic.name()));
        self.received_from(&topics).await
    }

    pub async fn received_from(&self, topics: &[String]) -> Vec<Received> {
        let mut config = self.broker.cluster.client();
        config
            .set("group.id", "reader")
            .set("enable.auto.commit", "false");
        let topics = topics.to_owned();
        let reading = tokio::task::spawn_blocking(move || {
            let consumer: BaseConsumer = config.create().unwrap();
            read_all(&consumer, &topics)
        });
        reading.await.unwrap()
    }

    /// Checks that the topics hold the log: no loss and no ghost, each key in log order in one
    /// partition, the positions of each shard dense.
    pub async fn check(&self) {
        let committed = self.committed().await;
        let received = self.received().await;
        check(&committed, &received);
    }
}

pub fn check(committed: &BTreeMap<Uuid, (i32, i64)>, received: &[Received]) {
    let mut seen = HashSet::new();
    // A person is the key on two topics, whose records are read one topic after the other.
    let mut last: HashMap<(&str, &str), (i32, i64, i32)> = HashMap::new();
    let mut shards: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
    for message in received {
        let place = committed.get(&message.id());
        let (shard, position) = *place.unwrap_or_else(|| panic!("a ghost: {message:?}"));
        assert_eq!(message.json["logshard"], shard);
        assert_eq!(message.json["logposition"], position);
        if !seen.insert(message.id()) {
            continue;
        }
        let key = (message.topic.as_str(), message.key.as_str());
        let before = last.insert(key, (shard, position, message.partition));
        if let Some((shard_before, before, partition)) = before {
            assert_eq!(message.partition, partition, "a key has one partition");
            assert_eq!(shard, shard_before);
            assert!(
                before < position,
                "{} came after {before}: {message:?}",
                position
            );
        }
        shards.entry(i64::from(shard)).or_default().push(position);
    }
    let lost: Vec<_> = committed
        .iter()
        .filter(|(id, _)| !seen.contains(*id))
        .collect();
    assert!(
        lost.is_empty(),
        "{} lost: {:?}",
        lost.len(),
        lost.iter().take(20).collect::<Vec<_>>()
    );
    for (shard, mut positions) in shards {
        positions.sort_unstable();
        let dense: Vec<i64> = (1..=positions.len() as i64).collect();
        assert_eq!(positions, dense, "shard {shard}");
    }
}

/// A relay under way.
pub struct Running {
    pub relay: Arc<Relay>,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Running {
    /// Ends as a server does.
    pub async fn stop(self) {
        self.relay.close(Duration::from_secs(10)).await;
        self.stop.send(true).unwrap();
        self.task.await.unwrap();
    }

    /// Ends in the middle of whatever it does. What its producer still holds is sent or lost.
    pub async fn kill(self) {
        self.task.abort();
        assert!(self.task.await.unwrap_err().is_cancelled());
    }
}

/// A message in a topic.
#[derive(Debug)]
pub struct Received {
    pub topic: String,
    pub partition: i32,
    pub key: String,
    pub headers: BTreeMap<String, String>,
    pub json: serde_json::Value,
}

impl Received {
    pub fn id(&self) -> Uuid {
        Uuid::parse_str(self.json["id"].as_str().unwrap()).unwrap()
    }

    /// The data's `number`.
    pub fn number(&self) -> i64 {
        self.json["data"]["number"].as_i64().unwrap()
    }
}

/// How many partitions a topic has. A broker may hear of it a little later than the controller.
pub fn partitions<C: ConsumerContext>(consumer: &impl Consumer<C>, topic: &str) -> i32 {
    let begun = Instant::now();
    loop {
        let metadata = consumer.fetch_metadata(Some(topic), Duration::from_secs(20));
        let count = metadata.map(|m| {
            m.topics()
                .first()
                .map_or(0, |topic| topic.partitions().len())
        });
        match count {
            Ok(1..) => return i32::try_from(count.unwrap()).unwrap(),
            count => assert!(begun.elapsed() < PATIENCE, "{topic}: {count:?}"),
        }
    }
}

/// The first and the last offset of a partition. Its leader may have to be looked for.
fn bounds(consumer: &BaseConsumer, topic: &str, partition: i32) -> (i64, i64) {
    let begun = Instant::now();
    loop {
        match consumer.fetch_watermarks(topic, partition, Duration::from_secs(5)) {
            Ok(bounds) => return bounds,
            Err(error) => assert!(begun.elapsed() < PATIENCE, "{topic}: {error}"),
        }
    }
}

fn read_all(consumer: &BaseConsumer, topics: &[String]) -> Vec<Received> {
    let mut wanted = TopicPartitionList::new();
    let mut ends = HashMap::new();
    for topic in topics {
        for id in 0..partitions(consumer, topic) {
            let (low, high) = bounds(consumer, topic, id);
            if high > low {
                wanted
                    .add_partition_offset(topic, id, Offset::Offset(low))
                    .unwrap();
                ends.insert((topic.clone(), id), high);
            }
        }
    }
    consumer.assign(&wanted).unwrap();
    let mut received = Vec::new();
    let begun = Instant::now();
    while !ends.is_empty() {
        assert!(begun.elapsed() < PATIENCE, "unread: {ends:?}");
        let Some(Ok(message)) = consumer.poll(Duration::from_millis(100)) else {
            continue;
        };
        let place = (message.topic().to_owned(), message.partition());
        if ends
            .get(&place)
            .is_some_and(|end| message.offset() + 1 >= *end)
        {
            ends.remove(&place);
        }
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        let headers = message.headers().unwrap().iter();
        let header =
            |h: rdkafka::message::Header<'_, &[u8]>| (h.key.to_owned(), text(h.value.unwrap()));
        received.push(Received {
            topic: place.0,
            partition: place.1,
            key: text(message.key().unwrap()),
            headers: headers.map(header).collect(),
            json: serde_json::from_slice(message.payload().unwrap()).unwrap(),
        });
    }
    received
}

/// An id that nobody else has.
pub fn new_id() -> Uuid {
    Uuid::from_u128(fastrand::u128(..))
}
