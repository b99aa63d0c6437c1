//! What a message looks like.

use std::collections::HashMap;

use rookery::{
    activity::{Entry, Event, envelope},
    clock::Timestamp,
};
use uuid::Uuid;

use super::{
    facts::{Met, Noted, Tied, person},
    on_both,
    stage::{Broker, Stage, new_id},
};

const ACTOR: Uuid = Uuid::from_u128(0xA);
const OTHER: Uuid = Uuid::from_u128(0xB);
const ERASED: Uuid = Uuid::from_u128(0xC);

fn entry<E: Event>(event: &E, actor: Option<Uuid>) -> Entry {
    Entry {
        shard: 7,
        position: 1234,
        id: Uuid::from_u128(0x0196_8A5D_AC96_774B_BCCE_B302_099A_8057),
        kind: E::KIND.name.to_owned(),
        aggregate: event.aggregate(),
        home: event.home(),
        actor,
        visibility: event.visibility().name().to_owned(),
        payload: serde_json::to_string(event).unwrap(),
        counts: None,
        source: "/rookery/default".to_owned(),
        traceparent: None,
        happened_at: Timestamp(1_777_636_800_123_456),
        recorded_at: Timestamp(1_777_636_800_999_999),
    }
}

/// Who they are outside.
fn personids() -> HashMap<Uuid, Uuid> {
    [
        (ACTOR, Uuid::from_u128(0xA0)),
        (OTHER, Uuid::from_u128(0xB0)),
    ]
    .into()
}

fn pretty(text: &str) -> String {
    let json: serde_json::Value = serde_json::from_str(text).unwrap();
    serde_json::to_string_pretty(&json).unwrap()
}

#[test]
fn an_envelope_is_a_cloudevent_in_which_people_are_personids() {
    let met = Met {
        personid: person(ACTOR),
        others: vec![person(OTHER), person(ERASED)],
    };
    let sealed = envelope::seal(&entry(&met, Some(ACTOR)), &Met::KIND, &personids());
    assert_eq!(sealed.key, "00000000-0000-0000-0000-0000000000a0");
    assert_eq!(sealed.name, "rookery.user.met.v1");
    insta::assert_snapshot!(pretty(&sealed.payload), @r#"
    {
      "data": {
        "others": [
          "00000000-0000-0000-0000-0000000000b0",
          null
        ],
        "personid": "00000000-0000-0000-0000-0000000000a0"
      },
      "datacontenttype": "application/json",
      "dataschema": "rookery:events/user.met.v1",
      "id": "01968a5d-ac96-774b-bcce-b302099a8057",
      "logposition": 1234,
      "logshard": 7,
      "personid": "00000000-0000-0000-0000-0000000000a0",
      "sequence": "00000000000000001234",
      "source": "/rookery/default",
      "specversion": "1.0",
      "subject": "00000000-0000-0000-0000-0000000000a0",
      "time": "2026-05-01T12:00:00.123456Z",
      "type": "rookery.user.met.v1",
      "visibility": "restricted"
    }
    "#);
}

#[test]
fn an_event_of_the_system_names_nobody() {
    let noted = Noted {
        thingid: Uuid::from_u128(0xF),
        number: 3,
        ballast: String::new(),
    };
    let sealed = envelope::seal(&entry(&noted, None), &Noted::KIND, &personids());
    assert_eq!(sealed.key, Uuid::from_u128(0xF).to_string());
    insta::assert_snapshot!(pretty(&sealed.payload), @r#"
    {
      "data": {
        "ballast": "",
        "number": 3,
        "thingid": "00000000-0000-0000-0000-00000000000f"
      },
      "datacontenttype": "application/json",
      "dataschema": "rookery:events/thing.noted.v1",
      "id": "01968a5d-ac96-774b-bcce-b302099a8057",
      "logposition": 1234,
      "logshard": 7,
      "sequence": "00000000000000001234",
      "source": "/rookery/default",
      "specversion": "1.0",
      "subject": "00000000-0000-0000-0000-00000000000f",
      "time": "2026-05-01T12:00:00.123456Z",
      "type": "rookery.thing.noted.v1",
      "visibility": "public"
    }
    "#);
}

#[test]
fn the_key_of_a_tie_says_neither_who_nor_what() {
    let tied = Tied {
        thingid: Uuid::from_u128(0xF),
    };
    let sealed = |actor| envelope::seal(&entry(&tied, Some(actor)), &Tied::KIND, &personids()).key;
    // The first 16 bytes of SHA-256 over both ids, as a UUID of version 8.
    assert_eq!(sealed(ACTOR), "a826b365-8307-8cff-b092-318c0fc14b2d");
    assert_eq!(sealed(ACTOR), sealed(ACTOR));
    assert_ne!(sealed(ACTOR), sealed(OTHER));
    // Of somebody who was erased, not even that two ties are theirs.
    assert_eq!(sealed(ERASED), entry(&tied, None).id.to_string());
}

async fn what_arrives_can_be_routed_by_its_headers(broker: Broker) {
    let stage = Stage::set(broker).await;
    let somebody = stage.person("ada").await;
    let id = new_id();
    let thing = Noted {
        thingid: id,
        number: 1,
        ballast: String::new(),
    };
    let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let db = stage.db().for_request(Some(trace.into()));
    let by = rookery::activity::By::person(
        rookery::ids::PersonId(somebody),
        Timestamp(1_777_636_800_000_000),
    );
    let thing = &thing;
    let work = |txn| async move { rookery::activity::record(&txn, by, thing, []) };
    db.write_txn(rookery::platform::db::Lane::Request, work)
        .await
        .unwrap();
    let relay = stage.start(std::time::Duration::from_secs(10));
    stage.drained().await;
    relay.stop().await;
    let received = stage.received().await;
    let message = received.iter().find(|m| m.key == id.to_string()).unwrap();
    let headers = [
        (
            "content-type",
            "application/cloudevents+json; charset=UTF-8",
        ),
        ("rookery_type", "rookery.thing.noted.v1"),
        ("traceparent", trace),
    ];
    let headers = headers.map(|(k, v)| (k.to_owned(), v.to_owned()));
    assert_eq!(message.headers, headers.into());
    assert!(message.topic.ends_with(".posts"));
    assert_eq!(message.json["data"]["number"], 1);
    let account = somebody.to_string();
    assert!(!message.json.to_string().contains(&account));
}
on_both!(what_arrives_can_be_routed_by_its_headers);
