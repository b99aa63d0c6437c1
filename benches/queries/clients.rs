//! A closed loop: so many connections, each of which asks again as soon as it is answered.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::time::sleep;

use super::{
    Result,
    answers::{glance, parts},
    query::{Kind, Query},
    wire::{Ask, Wire},
};

/// Of so many answers one is read whole.
const READ_WHOLE: usize = 64;

/// After an error.
const PAUSE: Duration = Duration::from_millis(10);

/// What came of a run.
#[derive(Default)]
pub struct Took {
    /// How long each answer took.
    pub times: Vec<Duration>,
    pub bytes: u64,
    /// What was there in place of answers, and how often.
    pub errors: BTreeMap<String, usize>,
    /// From the first request to the last answer.
    pub whole: Duration,
}

/// Connections that stay open over several runs.
pub struct Clients(Vec<Wire>);

impl Clients {
    pub async fn connect(address: SocketAddr, count: usize) -> Result<Self> {
        let mut wires = Vec::new();
        for _ in 0..count {
            wires.push(Wire::open(address).await?);
        }
        Ok(Self(wires))
    }

    /// Asks for as long as `lasting`, and lets every connection end what it has begun.
    pub async fn ask(
        &mut self,
        asks: &Arc<Vec<Ask>>,
        (query, kind): (Query, Kind),
        lasting: Duration,
    ) -> Result<Took> {
        let begun = Instant::now();
        let tasks: Vec<_> = std::mem::take(&mut self.0)
            .into_iter()
            .map(|wire| tokio::spawn(repeat(wire, asks.clone(), (query, kind), begun + lasting)))
            .collect();
        let mut all = Took::default();
        for task in tasks {
            let (wire, took) = task.await.map_err(|error| error.to_string())?;
            self.0.push(wire);
            all.times.extend(took.times);
            all.bytes += took.bytes;
            for (error, count) in took.errors {
                *all.errors.entry(error).or_default() += count;
            }
        }
        all.whole = begun.elapsed();
        Ok(all)
    }
}

async fn repeat(
    mut wire: Wire,
    asks: Arc<Vec<Ask>>,
    (query, kind): (Query, Kind),
    end: Instant,
) -> (Wire, Took) {
    let mut took = Took::default();
    for n in 1.. {
        let begun = Instant::now();
        if begun >= end {
            break;
        }
        let answer = wire.ask(&asks[fastrand::usize(..asks.len())]).await;
        let time = begun.elapsed();
        let judged = answer.and_then(|bytes| match n % READ_WHOLE {
            0 => parts(query, kind, &bytes).map(|_| bytes.len()),
            _ => glance(&bytes).map(|()| bytes.len()),
        });
        match judged {
            Ok(length) => {
                took.times.push(time);
                took.bytes += length as u64;
            }
            Err(error) => {
                *took.errors.entry(error).or_default() += 1;
                // A server that is gone must not be asked without end.
                sleep(PAUSE).await;
            }
        }
    }
    (wire, took)
}
