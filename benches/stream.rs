//! What the log costs, and how fast it gets to Kafka, as ratios within one run:
//!
//!     DATABASE_URL=postgres://… KAFKA_BROKERS=… cargo bench --bench stream
//!
//! The database must be migrated, and nobody else's: rows are added to it.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a bench ends where what it takes for granted is not so, and measures time"
)]

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use clap::Parser;
use rookery::{
    accounts::{Me, Role, commands::NewAccount},
    activity::{
        By, Desk, Entry, Event, Person, Runner, Topic, Visibility,
        envelope::{CONTENT_TYPE, Envelope, seal},
        positions::{self, Start},
        reading::{self, Interest},
        record,
        relay::Relay,
    },
    app::{self, Parts},
    clock::{Clock, Timestamp},
    ids::{NodeId, NodeKind, PersonId, PostId, SessionId},
    people::{self, entity::person},
    platform::{
        Platform,
        config::Config,
        db::{Lane, Place},
        kafka::{Cluster, Flight, Message, Style},
        tokens::Tokens,
    },
    posts::{
        commands::{NewPost, create},
        entity::post::{ReplyPolicy, Visibility as Level},
        events::{Edited, PostPart},
        subject::PostSubject,
    },
    reactions,
};
use sea_orm::{ConnectionTrait, Statement};
use uuid::Uuid;

#[derive(Parser)]
struct Bench {
    #[command(flatten)]
    config: Config,
    /// Cargo says so.
    #[arg(long, hide = true)]
    bench: bool,
}

#[tokio::main]
async fn main() {
    let config = Bench::parse().config;
    let pem = Tokens::new_pem().unwrap();
    let parts = app::parts(&config, &pem, Clock::System, None)
        .await
        .unwrap();
    app::migrate(&config.database).await.unwrap();
    log_against_none(&parts.platform).await;
    hot_post(&parts, &config).await;
    match Cluster::configured(&config.kafka).unwrap() {
        Some(cluster) => relay_against_produce(&parts, &config, cluster).await,
        None => println!("KAFKA_BROKERS is not set: the relay is not measured."),
    }
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn fact(thing: Uuid) -> Edited {
    Edited {
        postid: thing,
        authorid: Person(None),
        changed: vec![PostPart::Body],
        length: 100,
        replypolicy: ReplyPolicy::Everyone,
        islocked: false,
        mentions: Some(0),
        hashtagids: Some(vec![thing]),
        attachments: None,
        language: None,
        warninglength: None,
        visibility: Visibility::Public,
    }
}

/// The same transaction with and without an event, in turns.
async fn log_against_none(p: &Platform) {
    let by = |at| By { person: None, at };
    let mut times = [Vec::new(), Vec::new()];
    for n in 0..2_000_usize {
        let is_logged = n % 2 == 1;
        let (now, thing) = (p.now(), Uuid::new_v4());
        let begun = Instant::now();
        let done = p.db.write_txn(Lane::Request, |txn| async move {
            let sql = "INSERT INTO hashtag (id, name, created_at) VALUES ($1, $2, $3)";
            let values = [thing.into(), thing.to_string().into(), now.into()];
            txn.execute_raw(Statement::from_sql_and_values(txn.backend(), sql, values))
                .await?;
            match is_logged {
                true => record(&txn, by(now), &fact(thing), []),
                false => Ok(()),
            }
        });
        done.await.unwrap();
        times[usize::from(is_logged)].push(begun.elapsed());
    }
    let [without, with] = times.map(median);
    println!(
        "one insert: {without:?} without an event, {with:?} with one; ratio {:.2}",
        with.as_secs_f64() / without.as_secs_f64()
    );
}

async fn somebody(p: &Platform) -> Me {
    let now = p.now();
    let (id, session) = (PersonId(p.new_id(now)), SessionId(p.new_id(now)));
    let handle = format!("b{}", &id.0.simple().to_string()[12..]);
    let person = person::Model {
        id,
        handle: handle.clone(),
        display_name: String::new(),
        bio: String::new(),
        created_at: now,
        deleted_at: None,
        is_private: false,
        suspended_until: Timestamp(0),
        is_suspended: false,
    };
    let email = format!("{handle}@example.org");
    let account = NewAccount::hashed(&email, String::new()).unwrap();
    let made = p.db.write_txn(Lane::Request, |txn| {
        let (person, account) = (person.clone(), account.clone());
        async move {
            people::commands::join(&txn, person, account, Role::Member).await?;
            rookery::accounts::commands::first_session(p, &txn, id, None, (session, now)).await
        }
    });
    made.await.unwrap().0
}

async fn publish(p: &Platform, me: &Me) -> PostId {
    let new = NewPost {
        body: "hello",
        visibility: Level::Public,
        reply_policy: ReplyPolicy::Everyone,
        content_warning: None,
        language: None,
        quote_of: None,
        media: &[],
        poll: None,
        idempotency_key: None,
    };
    create(p, me, new).await.unwrap().id
}

/// Offers 2,000 reactions a second to one post, for ever. Counts what was done and what refused.
async fn offer(
    p: Platform,
    crowd: Vec<Me>,
    post: PostId,
    (done, refused): (Arc<AtomicU32>, Arc<AtomicU32>),
) {
    let mut tick = tokio::time::interval(Duration::from_millis(5));
    for n in 0_usize.. {
        tick.tick().await;
        for k in 0..10 {
            let me = crowd[(n * 10 + k) % crowd.len()];
            let (p, done, refused) = (p.clone(), done.clone(), refused.clone());
            tokio::spawn(async move {
                let emoji = ["👍", "🎉"][n % 2];
                let node = NodeId::new(NodeKind::Post, post.0);
                let reacted = match (n / 40) % 2 {
                    0 => reactions::commands::add::<PostSubject>(&p, &me, node, emoji).await,
                    _ => reactions::commands::remove::<PostSubject>(&p, &me, node, emoji).await,
                };
                let count = if reacted.is_ok() { done } else { refused };
                count.fetch_add(1, Ordering::Relaxed);
            });
        }
    }
}

/// How long others publish while 2,000 reactions a second are offered to one post.
async fn hot_post(parts: &Parts, config: &Config) {
    let p = &parts.platform;
    let worker = app::worker(parts, config, None).await.unwrap();
    let author = somebody(p).await;
    let post = publish(p, &author).await;
    let mut crowd = Vec::new();
    for _ in 0..200 {
        crowd.push(somebody(p).await);
    }
    let writes = async || {
        let mut times = Vec::new();
        for _ in 0..300 {
            let begun = Instant::now();
            publish(p, &author).await;
            times.push(begun.elapsed());
        }
        median(times)
    };
    let calm = writes().await;
    let (done, refused) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
    let counts = (done.clone(), refused.clone());
    let offering = tokio::spawn(offer(p.clone(), crowd, post, counts));
    tokio::time::sleep(Duration::from_secs(2)).await;
    let begun = Instant::now();
    let before = done.load(Ordering::Relaxed);
    let crowded = writes().await;
    let took = begun.elapsed().as_secs_f64();
    let through = f64::from(done.load(Ordering::Relaxed) - before) / took;
    offering.abort();
    println!(
        "publishing beside one hot post: {calm:?} calm, {crowded:?} under 2,000 reactions/s offered \
         ({through:.0}/s taken, {} refused); ratio {:.2}",
        refused.load(Ordering::Relaxed),
        crowded.as_secs_f64() / calm.as_secs_f64()
    );
    tokio::time::sleep(Duration::from_secs(5)).await;
    let wrong = rookery::counters::recount::prove(&p.db, &app::counters(), &app::truths()).await;
    let wrong: u64 = wrong.unwrap().iter().map(|(_, n)| n).sum();
    println!("at rest {wrong} counters were wrong");
    worker.stop().await;
}

const EVENTS: usize = 40_000;

/// The relay over a log of many events, and a producer of the same messages with the same settings.
async fn relay_against_produce(parts: &Parts, config: &Config, cluster: Cluster) {
    let db = &parts.platform.db;
    let prefix = format!("bench-{}", Uuid::new_v4().simple());
    let topic = |kind: &str, topic: Topic| format!("{prefix}.{kind}.{}", topic.name());
    for kind in ["relay", "plain"] {
        let topics = Topic::ALL.map(|t| topic(kind, t));
        let made = cluster.make_topics(&topics, config.kafka.kafka_partitions);
        made.await.unwrap();
    }
    let name = format!("kafka:{prefix}");
    positions::register(db, &name, Start::Now).await.unwrap();
    let messages = fill(&parts.platform, &name).await;
    let plain = produce(&cluster, &messages, |t| topic("plain", t)).await;
    let kinds = app::events().iter().map(|event| event.kind).collect();
    let relay = Relay::new(db.clone(), &name, cluster, kinds, |t| topic("relay", t));
    let runner = Runner::new(db.clone(), parts.heads.clone(), Arc::new(relay), "bench");
    let heads = rookery::activity::heads::read(db.background())
        .await
        .unwrap();
    let mut desk = Desk::default();
    let begun = Instant::now();
    loop {
        runner.settle(&mut desk).await.unwrap();
        let at = positions::of(db.background(), &name).await.unwrap();
        let mut both = heads.iter().zip(at);
        if both.all(|(head, at)| head.position <= at.position) {
            break;
        }
    }
    let relayed = begun.elapsed();
    let rate = |took: Duration| messages.len() as f64 / took.as_secs_f64();
    println!(
        "{} events: {:.0}/s by the relay, {:.0}/s by a plain producer; ratio {:.2}",
        messages.len(),
        rate(relayed),
        rate(plain),
        rate(relayed) / rate(plain)
    );
}

/// Writes events, and returns the messages that they become.
async fn fill(p: &Platform, consumer: &str) -> Vec<Envelope> {
    let begun = positions::of(p.db.background(), consumer).await.unwrap();
    for _ in 0..EVENTS / 100 {
        let things: Vec<Uuid> = (0..100).map(|_| Uuid::new_v4()).collect();
        let by = By {
            person: None,
            at: p.now(),
        };
        let things = &things;
        let done = p.db.write_txn(Lane::Background, |txn| async move {
            for thing in things {
                record(&txn, by, &fact(*thing), [])?;
            }
            Ok(())
        });
        done.await.unwrap();
    }
    let mut messages = Vec::new();
    for held in begun {
        let after = Place {
            shard: held.shard,
            position: held.position,
        };
        let all = u64::MAX >> 1;
        let entries = reading::run(p.db.background(), after, &Interest::Everything, all).await;
        let nobody = HashMap::new();
        let message = |entry: &Entry| seal(entry, &Edited::KIND, &nobody);
        messages.extend(entries.unwrap().iter().map(message));
    }
    messages
}

/// How long a plain producer takes for the same messages.
async fn produce(
    cluster: &Cluster,
    messages: &[Envelope],
    topic: impl Fn(Topic) -> String,
) -> Duration {
    let producer = cluster.producer(Style::InBulk).unwrap();
    let flight = Flight::new(messages.len());
    let begun = Instant::now();
    for message in messages {
        let headers = [
            ("content-type", CONTENT_TYPE),
            ("rookery_type", message.name.as_str()),
        ];
        let to = topic(message.topic);
        let message = Message {
            topic: &to,
            key: &message.key,
            payload: &message.payload,
            headers: &headers,
        };
        producer.send(&flight, &message).expect("room");
    }
    flight.over().await;
    begun.elapsed()
}
