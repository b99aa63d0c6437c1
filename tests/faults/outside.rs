//! Kafka, the object store and the mail server are away: the database is all that must be there.

use std::{
    collections::BTreeSet,
    io::Cursor,
    process::Command,
    time::{Duration, Instant},
};

use image::{DynamicImage, ImageFormat};
use serde_json::{Value, json};

use crate::{
    load::{http::Client, town::Town},
    stage::{free_address, instance::Instance, is_here, topics, trial::Trial, until, wire},
};

#[expect(dead_code, reason = "tests/it uses the rest")]
#[path = "../it/mail/server.rs"]
mod mail;

const PATIENCE: Duration = Duration::from_secs(90);

fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_default()
}

fn control(variable: &str, order: &str) {
    let program = std::env::var(variable).expect("a control program");
    let done = tokio::task::block_in_place(|| Command::new(program).arg(order).status());
    assert!(done.expect("it runs").success(), "{order}");
}

/// Ready all the while, and whether that part is named as degraded.
async fn tells_of(instance: &Instance, part: &str, is_degraded: bool) {
    let what = format!("{part} is degraded: {is_degraded}");
    until(&what, PATIENCE, || async {
        let (status, degraded) = instance.readiness().await;
        assert_eq!(status, 200, "{degraded:?}");
        degraded.contains(&part.to_owned()) == is_degraded
    })
    .await;
}

/// Nobody was told anything but that it was done.
async fn was_never_noticed(trial: Trial, instance: &Instance) {
    let told = trial.judge(instance.address).await;
    let others: Vec<_> = told.others().collect();
    assert!(others.is_empty(), "{others:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kafka_gets_everything_when_it_is_back_and_nobody_waited_for_it() {
    if !is_here(
        "a Kafka of ours",
        !variable("TEST_KAFKA_CONTROL").is_empty(),
    ) {
        return;
    }
    let brokers = variable("TEST_KAFKA_BROKERS");
    let prefix = format!("faults-{:08x}", fastrand::u32(..));
    let instance = Instance::on_sqlite(&[
        ("KAFKA_BROKERS", &brokers),
        ("KAFKA_TOPIC_PREFIX", &prefix),
        ("KAFKA_PARTITIONS", "3"),
    ]);
    let trial = Trial::begin(&[instance.address], 4, None).await;
    trial.goes_on(20, PATIENCE).await;
    control("TEST_KAFKA_CONTROL", "stop");
    tells_of(&instance, "kafka", true).await;
    trial.goes_on(30, PATIENCE).await;
    control("TEST_KAFKA_CONTROL", "start");
    tells_of(&instance, "kafka", false).await;
    was_never_noticed(trial, &instance).await;
    instance.is_followed(PATIENCE).await;

    let recorded = instance.events()["log"]["recorded"].clone();
    let received = tokio::task::block_in_place(|| topics::read(&brokers, &prefix));
    let ids: BTreeSet<_> = received.iter().map(|event| event["id"].as_str()).collect();
    assert_eq!(recorded, json!(ids.len()), "each event has arrived");
}

const UPLOAD: &str = "mutation($input: CreateUploadInput!) { createUpload(input: $input) { \
    upload { media { id } url headers { name value } } userErrors { code message } } }";
const COMPLETE: &str = "mutation($input: CompleteUploadInput!) { completeUpload(input: $input) { \
    media { status } userErrors { code message } } }";
const STATUS: &str = "query($id: ID!) { node(id: $id) { ... on Media { status } } }";

/// Sends bytes to the store, as an answer of `createUpload` says; the status of its answer.
fn send(upload: &Value, bytes: &[u8]) -> u16 {
    let url = upload["url"].as_str().expect("a URL");
    let rest = url.strip_prefix("http://").expect("without TLS");
    let (address, target) = rest.split_at(rest.find('/').expect("a path"));
    let mut head = format!("PUT {target} HTTP/1.1\r\ncontent-length: {}", bytes.len());
    for header in upload["headers"].as_array().expect("headers") {
        let word = |name: &str| header[name].as_str().expect("a text").to_owned();
        head += &format!("\r\n{}: {}", word("name"), word("value"));
    }
    let address = address.parse().expect("an address");
    tokio::task::block_in_place(|| wire::exchange(address, &head, bytes).status)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_the_store_only_pictures_wait() {
    if !is_here(
        "an S3 server of ours",
        !variable("TEST_S3_CONTROL").is_empty(),
    ) {
        return;
    }
    let [endpoint, key, secret, region] =
        ["ENDPOINT", "ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "REGION"]
            .map(|name| variable(&format!("TEST_S3_{name}")));
    let bucket = format!("faults-{:08x}", fastrand::u32(..));
    let instance = Instance::on_sqlite(&[
        ("S3_ENDPOINT", &endpoint),
        ("AWS_ACCESS_KEY_ID", &key),
        ("AWS_SECRET_ACCESS_KEY", &secret),
        ("S3_REGION", &region),
        ("S3_BUCKET", &bucket),
    ]);
    let trial = Trial::begin(&[instance.address], 4, None).await;
    let token = trial.town.people[0].token.clone();
    let mut picture = Cursor::new(Vec::new());
    DynamicImage::new_rgb8(320, 240)
        .write_to(&mut picture, ImageFormat::Jpeg)
        .expect("a picture");
    let picture = picture.into_inner();
    let mut client = Client::new(instance.address);
    let input =
        json!({ "purpose": "POST", "contentType": "image/jpeg", "byteSize": picture.len() });
    let made = client.ask(&token, UPLOAD, &json!({ "input": input })).await;
    let upload = made.expect("an answer").body["data"]["createUpload"]["upload"].clone();
    assert_eq!(send(&upload, &picture), 200);
    let id = upload["media"]["id"].clone();
    let complete = json!({ "input": { "mediaId": id } });

    control("TEST_S3_CONTROL", "stop");
    // As often as may fail in a row before the store counts as down.
    for _ in 0..5 {
        let answer = client.ask(&token, COMPLETE, &complete).await;
        assert_eq!(answer.expect("an answer").code(), "UNAVAILABLE");
    }
    tells_of(&instance, "store", true).await;
    trial.goes_on(20, PATIENCE).await;
    control("TEST_S3_CONTROL", "start");
    let begun = Instant::now();
    while !client
        .ask(&token, COMPLETE, &complete)
        .await
        .expect("an answer")
        .code()
        .is_empty()
    {
        assert!(begun.elapsed() < PATIENCE, "it is not completed");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    loop {
        let answer = client.ask(&token, STATUS, &json!({ "id": id })).await;
        let answer = answer.expect("an answer").body;
        if answer["data"]["node"]["status"] == "READY" {
            break;
        }
        assert!(begun.elapsed() < PATIENCE, "{answer}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    tells_of(&instance, "store", false).await;
    was_never_noticed(trial, &instance).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn letters_wait_for_the_mail_server_and_people_do_not() {
    let address = free_address();
    let url = format!("smtp://{address}");
    let settings = [
        ("SMTP_URL", url.as_str()),
        ("ROOKERY_REQUIRE_VERIFIED_EMAIL", "off"),
    ];
    let instance = Instance::on_sqlite(&settings);
    // More letters than may fail in a row before the server counts as down.
    let town = Town::found(instance.address, 8).await;
    tells_of(&instance, "mail", true).await;
    let start = || mail::MailServer::start(&json!({ "port": address.port() }));
    let Some(server) = tokio::task::block_in_place(start) else {
        return;
    };
    let mut wanted: BTreeSet<_> = town.people.iter().map(|person| &person.handle).collect();
    let begun = Instant::now();
    while !wanted.is_empty() {
        let letter = tokio::task::block_in_place(|| server.next());
        let to = letter["recipients"][0].as_str().expect("an address");
        wanted.retain(|handle| !to.starts_with(handle.as_str()));
        assert!(begun.elapsed() < PATIENCE, "no letter for {wanted:?}");
    }
    tells_of(&instance, "mail", false).await;
}
