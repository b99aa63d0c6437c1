//! `rookery events retry`.

use std::{collections::BTreeMap, time::Duration};

use clap::Args;
use tokio::time::Instant;

use super::{open, words};
use crate::{
    activity::{
        parking,
        status::{self, Parked},
    },
    app::StartResult,
    platform::{config::DatabaseConfig, db::Db},
};

#[derive(Args)]
pub(in crate::cli) struct RetryArgs {
    /// Only the events of this consumer; `rookery events status` names them.
    #[arg(long, value_name = "NAME")]
    consumer: Option<String>,
    /// How many seconds to wait for a worker that takes them.
    #[arg(long, value_name = "SECONDS", default_value_t = 20)]
    wait: u64,
    #[command(flatten)]
    database: DatabaseConfig,
}

const LOOK: Duration = Duration::from_millis(250);

pub(super) async fn run(args: &RetryArgs) -> StartResult<()> {
    let db = open(&args.database).await?;
    let done = retry(
        &db,
        args.consumer.as_deref(),
        Duration::from_secs(args.wait),
    )
    .await;
    db.close().await;
    done
}

async fn retry(db: &Db, only: Option<&str>, patience: Duration) -> StartResult<()> {
    check(db, only).await?;
    let mut waiting = parked(db, only).await?;
    if waiting.is_empty() {
        println!("Nothing is parked.");
        return Ok(());
    }
    let mut consumers: Vec<&str> = waiting.keys().map(|(name, ..)| name.as_str()).collect();
    consumers.dedup();
    for name in consumers {
        let asked = parking::retry(db, name).await.map_err(words)?;
        println!("{name}: {asked} parked events are tried again.");
    }
    let (mut passed, mut failed) = (0, 0);
    let mut moved = Instant::now();
    while !waiting.is_empty() {
        tokio::time::sleep(LOOK).await;
        let now = parked(db, only).await?;
        let before = waiting.len();
        waiting.retain(|place, was| match now.get(place) {
            None => {
                println!("{}", line(place, was, "went through"));
                passed += 1;
                false
            }
            Some(now) if !now.is_due => {
                let why = match now.attempts > was.attempts {
                    true => format!("failed again: {}", now.reason),
                    false => "still waits behind one that failed".to_owned(),
                };
                println!("{}", line(place, was, &why));
                failed += 1;
                false
            }
            Some(_) => true,
        });
        if waiting.len() < before {
            moved = Instant::now();
        } else if moved.elapsed() > patience {
            return Err(nobody(waiting.len()));
        }
    }
    println!("{passed} went through, {failed} did not.");
    match failed {
        0 => Ok(()),
        _ => Err("some stay parked: mend the cause, then run this again".to_owned()),
    }
}

fn nobody(left: usize) -> String {
    format!(
        "no worker takes the {left} that are left: start `rookery serve` or `rookery worker`; \
         they stay marked, and are tried as soon as one runs"
    )
}

/// A name that no consumer has would find nothing, as if nothing were parked.
async fn check(db: &Db, only: Option<&str>) -> StartResult<()> {
    let Some(only) = only else { return Ok(()) };
    let status = status::status(db).await.map_err(words)?;
    let names: Vec<_> = status
        .consumers
        .into_iter()
        .map(|consumer| consumer.name)
        .collect();
    match names.iter().any(|name| name == only) {
        true => Ok(()),
        false => Err(format!(
            "no consumer is called {only}; there are: {}",
            names.join(", ")
        )),
    }
}

/// Consumer, shard, position.
type Place = (String, i32, i64);

async fn parked(db: &Db, only: Option<&str>) -> StartResult<BTreeMap<Place, Parked>> {
    let parked = status::parked(db, only).await.map_err(words)?;
    let place = |parked: &Parked| (parked.consumer.clone(), parked.shard, parked.position);
    Ok(parked
        .into_iter()
        .map(|parked| (place(&parked), parked))
        .collect())
}

fn line((consumer, shard, position): &Place, parked: &Parked, what: &str) -> String {
    format!(
        "{consumer}  shard {shard}, position {position}  {}  {what}",
        parked.kind
    )
}
