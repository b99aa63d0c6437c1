//! Faults of the broker, injected into the mock by chance.

use std::time::Duration;

use rdkafka::types::{RDKafkaApiKey, RDKafkaRespErr};
use rookery::activity::parking;
use uuid::Uuid;

use super::{
    facts::Noted,
    stage::{Broker, NAME, Stage, new_id},
};

const PASSING: [RDKafkaRespErr; 7] = [
    RDKafkaRespErr::RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION,
    RDKafkaRespErr::RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT,
    RDKafkaRespErr::RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS,
    RDKafkaRespErr::RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS_AFTER_APPEND,
    RDKafkaRespErr::RD_KAFKA_RESP_ERR_KAFKA_STORAGE_ERROR,
    RDKafkaRespErr::RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE,
    RDKafkaRespErr::RD_KAFKA_RESP_ERR__TRANSPORT,
];

const LASTING: [RDKafkaRespErr; 4] = [
    RDKafkaRespErr::RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE,
    RDKafkaRespErr::RD_KAFKA_RESP_ERR_INVALID_RECORD,
    RDKafkaRespErr::RD_KAFKA_RESP_ERR_INVALID_REQUIRED_ACKS,
    RDKafkaRespErr::RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED,
];

fn some<const N: usize>(errors: [RDKafkaRespErr; N]) -> Vec<RDKafkaRespErr> {
    (0..fastrand::usize(1..=3))
        .map(|_| errors[fastrand::usize(..N)])
        .collect()
}

/// Events of one key that take several requests, so that a later one may pass where one fails.
fn burst(thingid: Uuid) -> Vec<Noted> {
    let noted = |number| Noted {
        thingid,
        number,
        ballast: "x".repeat(12_000),
    };
    (0..40).map(noted).collect()
}

async fn inject(stage: &Stage) {
    let broken = || stage.broker.embedded.as_ref().unwrap().mock().unwrap();
    match fastrand::u8(..6) {
        0 | 1 => broken().request_errors(RDKafkaApiKey::Produce, &some(PASSING)),
        2 => broken().request_errors(RDKafkaApiKey::Produce, &some(LASTING)),
        3 => broken().request_errors(RDKafkaApiKey::Metadata, &some(PASSING)),
        4 => {
            let delay = Duration::from_millis(fastrand::u64(1..100));
            broken().broker_round_trip_time(-1, delay).unwrap();
        }
        _ => {
            broken().broker_down(-1).unwrap();
            stage.scribble(&[new_id()], 10).await;
            broken().broker_up(-1).unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_random_faults_lose_and_reorder_nothing() {
    let seed = fastrand::u64(..);
    println!("seed {seed}");
    fastrand::seed(seed);
    let stage = Stage::set(Broker::mock()).await;
    let things: Vec<Uuid> = (0..30).map(|_| new_id()).collect();
    let relays = [
        stage.start(Duration::from_secs(10)),
        stage.start(Duration::from_secs(10)),
    ];
    for round in 0..50 {
        stage.scribble(&things, 25).await;
        inject(&stage).await;
        if round % 3 == 0 {
            stage.record(&burst(things[0])).await;
        }
    }
    {
        let mock = stage.broker.embedded.as_ref().unwrap().mock().unwrap();
        mock.clear_request_errors(RDKafkaApiKey::Produce);
        mock.clear_request_errors(RDKafkaApiKey::Metadata);
        mock.broker_round_trip_time(-1, Duration::ZERO).unwrap();
    }
    stage.drained().await;
    // What was refused several times in a row is in the parking: it is sent in order.
    let begun = std::time::Instant::now();
    while stage.parked().await > 0 {
        assert!(begun.elapsed() < super::stage::PATIENCE, "parked for ever");
        parking::retry(stage.db(), NAME).await.unwrap();
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    for relay in relays {
        relay.stop().await;
    }
    stage.check().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_that_fails_before_others_of_its_key_is_not_overtaken() {
    let stage = Stage::set(Broker::mock()).await;
    stage.record(&burst(new_id())).await;
    {
        let mock = stage.broker.embedded.as_ref().unwrap().mock().unwrap();
        mock.request_errors(RDKafkaApiKey::Produce, &PASSING[..1]);
    }
    let relay = stage.start(Duration::from_secs(10));
    stage.drained().await;
    relay.stop().await;
    stage.check().await;
}
