//! Who a person is outside, until they are erased.

use std::{collections::HashMap, time::Duration};

use rookery::{
    activity::{heads, personid},
    ids::PersonId,
    platform::db::Lane,
};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::{
    facts::{Met, Noted, person},
    stage::{Broker, Stage, new_id},
};

/// Two people with their `personids`.
async fn people(stage: &Stage) -> [(Uuid, Uuid); 2] {
    let mut people = Vec::new();
    for handle in ["ada", "bob"] {
        let id = stage.person(handle).await;
        let outside = new_id();
        let make = |txn| async move {
            personid::forget(&txn, PersonId(id)).await?;
            personid::create(&txn, PersonId(id), outside).await
        };
        stage.db().write_txn(Lane::Request, make).await.unwrap();
        people.push((id, outside));
    }
    people.try_into().unwrap()
}

/// The text of everything that the log and the parking keep of a person.
async fn kept(stage: &Stage, id: Uuid) -> usize {
    let db = stage.db();
    let mut kept = 0;
    for table in ["activity", "activity_parked"] {
        let sql = format!("SELECT actor, payload FROM {table}");
        let statement = sea_orm::Statement::from_string(db.backend(), sql);
        for row in db.background().query_all_raw(statement).await.unwrap() {
            let actor: Option<Uuid> = row.try_get("", "actor").unwrap();
            let payload: String = row.try_get("", "payload").unwrap();
            kept += usize::from(actor == Some(id) || payload.contains(&id.to_string()));
        }
    }
    kept
}

#[tokio::test]
async fn a_person_has_one_personid_until_it_is_forgotten() {
    let stage = Stage::set(Broker::mock()).await;
    let [(ada, outside), (bob, other)] = people(&stage).await;
    let known = personid::of(stage.db().background(), &[ada, bob, new_id()]).await;
    assert_eq!(
        known.unwrap(),
        HashMap::from([(ada, outside), (bob, other)])
    );
    let forget = |txn| async move { personid::forget(&txn, PersonId(ada)).await };
    stage.db().write_txn(Lane::Request, forget).await.unwrap();
    let known = personid::of(stage.db().background(), &[ada, bob])
        .await
        .unwrap();
    assert_eq!(known, HashMap::from([(bob, other)]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn erasure_waits_for_the_relays_blanks_the_log_and_forgets() {
    let stage = Stage::set(Broker::mock()).await;
    let [(ada, outside), (bob, other)] = people(&stage).await;
    let met = |who, others: &[Uuid]| Met {
        personid: person(who),
        others: others.iter().map(|id| person(*id)).collect(),
    };
    for _ in 0..3 {
        stage.record_by(Some(ada), &[met(ada, &[bob])]).await;
        stage.record_by(Some(bob), &[met(bob, &[ada, bob])]).await;
    }
    let copy = "INSERT INTO activity_parked SELECT 'other', a.*, '', 0, 0, FALSE FROM activity a";
    stage.app.sql(copy).await;
    let before = kept(&stage, ada).await;
    assert!(before >= 12, "{before}");
    let theirs = kept(&stage, bob).await;

    let record = |txn: &rookery::platform::db::Txn, personid: Uuid| {
        let by = rookery::activity::By {
            person: None,
            at: rookery::clock::Timestamp(0),
        };
        let gone = Noted {
            thingid: personid,
            number: 99,
            ballast: String::new(),
        };
        rookery::activity::record(txn, by, &gone, [])
    };
    // Whoever else follows the log of an app does not run here either.
    let others = "DELETE FROM activity_consumer WHERE name NOT LIKE 'kafka:%'";
    stage.app.sql(others).await;
    let erase = |patience| personid::erase(stage.db(), PersonId(ada), patience, record);
    // The relay does not run: nothing is forgotten, though the log is blank already.
    assert!(!erase(Duration::from_millis(300)).await.unwrap());
    assert_eq!(kept(&stage, ada).await, 0);
    assert_eq!(kept(&stage, bob).await, theirs);
    let known = personid::of(stage.db().background(), &[ada]).await.unwrap();
    assert_eq!(known, HashMap::from([(ada, outside)]));

    let relay = stage.start(Duration::from_secs(10));
    assert!(erase(super::stage::PATIENCE).await.unwrap());
    stage.drained().await;
    let known = personid::of(stage.db().background(), &[ada]).await.unwrap();
    assert_eq!(known, HashMap::new());
    // Once more changes nothing.
    let heads_before = heads::read(stage.db().background()).await.unwrap();
    assert!(erase(super::stage::PATIENCE).await.unwrap());
    assert_eq!(
        heads::read(stage.db().background()).await.unwrap(),
        heads_before
    );
    relay.stop().await;

    let received = stage.received().await;
    let last = received
        .iter()
        .find(|m| m.key == outside.to_string() && m.topic.ends_with(".posts"));
    assert_eq!(last.unwrap().number(), 99);
    let all = format!("{received:?}");
    assert!(!all.contains(&ada.to_string()) && !all.contains(&bob.to_string()));
    assert!(all.contains(&other.to_string()));
}
