//! What Kafka has after a restore to an earlier moment: the relay keeps its positions in the
//! database, and so goes back with it.

use rookery::activity::Desk;
use serde_json::{Value, json};

use crate::{
    events::stream::{Broker, LIFE, command, some_life},
    support::{Caller, Template, TestApp, attempt},
};

static MOMENT: Template = Template::new();

async fn changes_their_name(ann: &Caller, name: &str) {
    let profile = json!({ "displayName": name });
    assert_eq!(attempt(ann, "updateProfile", profile).await, "done");
}

#[tokio::test]
async fn positions_are_used_twice_and_the_source_tells_which_of_both_holds() {
    let mut broker = None;
    let (went_on, people) = MOMENT
        .start(
            |_| (),
            async |app: &TestApp| {
                let mut kafka = Broker::start(app).await;
                let [ann, _] = some_life(app).await;
                kafka.send().await;
                broker = Some(kafka);
                vec![ann]
            },
        )
        .await;
    let broker = broker.unwrap();
    changes_their_name(&people[0], "of a time that is undone").await;
    let relay = broker.beside(&went_on).await;
    relay.settle(&mut Desk::default()).await.unwrap();

    let group = |config: &mut rookery::platform::config::Config| {
        config.events.instance_group = "restored".to_owned();
    };
    let (restored, people) = MOMENT.start(group, async |_: &TestApp| Vec::new()).await;
    changes_their_name(&people[0], "of a time that holds").await;
    let relay = broker.beside(&restored).await;
    relay.settle(&mut Desk::default()).await.unwrap();

    let _file = broker.announced_to(&restored);
    // Nothing was sent again: the position was at the end of what was kept.
    let all = (LIFE + 2).to_string();
    let tail = [
        "events", "tail", "--from", "earliest", "--json", "--count", &all,
    ];
    let ended = command(&restored, &tail).await;
    let sent: Vec<Value> = ended
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(sent.len(), LIFE + 2, "{ended:?}");
    let of = |source: &str| -> Vec<&Value> {
        let is_its = |message: &&Value| message["source"] == source;
        sent.iter().filter(is_its).collect()
    };
    let (old, new) = (of("/rookery/default"), of("/rookery/restored"));
    assert_eq!((old.len(), new.len()), (LIFE + 1, 1));
    let place = |message: &Value| (message["logshard"].clone(), message["logposition"].clone());
    let undone: Vec<_> = old
        .iter()
        .filter(|message| place(message) == place(new[0]))
        .collect();
    assert_eq!(undone.len(), 1, "the same position, {:?}", place(new[0]));
    assert_ne!(undone[0]["id"], new[0]["id"]);
}
