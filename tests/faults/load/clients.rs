//! Clients under load: at a rate, whether or not they are answered, or as fast as they are.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use tokio::{task::JoinHandle, time::sleep};

use super::{
    answer::Told,
    asks::{self, Ask},
    http::Client,
    ledger::Ledger,
    meter::Meter,
    town::Town,
};

/// What is due longer than this is not asked any more: a client would have given up.
const LATE: Duration = Duration::from_secs(5);
/// Before it asks again, after an answer that it may.
const PAUSE: Duration = Duration::from_millis(200);

/// How much is asked, and of whom.
#[derive(Clone, Debug)]
pub struct Load {
    pub targets: Vec<SocketAddr>,
    /// How many ask at most at a time.
    pub clients: usize,
    /// How many are asked in a second by all together; without it as many as are answered.
    pub rate: Option<f64>,
    /// How many of a hundred are writes.
    pub writes: u32,
    /// Whether a write that got no word or may pass later is repeated with its key until it does.
    pub repeats: bool,
}

/// Clients under way.
pub struct Running {
    stopping: Arc<AtomicBool>,
    tasks: Vec<JoinHandle<()>>,
}

/// What all clients of a load share.
struct Shared {
    load: Load,
    town: Arc<Town>,
    ledger: Arc<Ledger>,
    meter: Arc<Meter>,
    begun: Instant,
    /// The number of the next one that is due.
    next: AtomicU64,
    stopping: Arc<AtomicBool>,
}

impl Load {
    /// Begins.
    pub fn start(self, town: &Arc<Town>, ledger: &Arc<Ledger>, meter: &Arc<Meter>) -> Running {
        let stopping = Arc::<AtomicBool>::default();
        let clients = self.clients;
        let shared = Arc::new(Shared {
            load: self,
            town: town.clone(),
            ledger: ledger.clone(),
            meter: meter.clone(),
            begun: Instant::now(),
            next: AtomicU64::new(0),
            stopping: stopping.clone(),
        });
        let tasks = (0..clients).map(|n| tokio::spawn(shared.clone().run(n)));
        Running {
            stopping,
            tasks: tasks.collect(),
        }
    }
}

impl Running {
    /// Lets every client end what it has begun.
    ///
    /// # Panics
    /// Where a client did.
    pub async fn stop(self) {
        self.stopping.store(true, Relaxed);
        for task in self.tasks {
            task.await.expect("a client");
        }
    }
}

impl Shared {
    async fn run(self: Arc<Self>, n: usize) {
        let target = self.load.targets[n % self.load.targets.len()];
        let mut client = Client::new(target);
        while !self.stopping.load(Relaxed) {
            let (number, due) = self.due().await;
            let ask = asks::next(&self.town, self.load.writes, number);
            self.ask(&mut client, &ask, due).await;
        }
    }

    /// Waits for the next one that is due. Its time counts from then, not from when a client is free.
    async fn due(&self) -> (u64, Instant) {
        loop {
            let number = self.next.fetch_add(1, Relaxed);
            let Some(rate) = self.load.rate else {
                return (number, Instant::now());
            };
            #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
            let due = self.begun + Duration::from_secs_f64(number as f64 / rate);
            if due.elapsed() < LATE || self.stopping.load(Relaxed) {
                sleep(due.saturating_duration_since(Instant::now())).await;
                return (number, due);
            }
            self.meter.skip(1);
        }
    }

    async fn ask(&self, client: &mut Client, ask: &Ask, mut due: Instant) {
        let token = ask.person.map_or("", |n| &self.town.people[n].token);
        loop {
            let answer = client.ask(token, ask.document, &ask.variables).await;
            let told = match &answer {
                Ok(answer) => answer.told(),
                Err(lost) => Told::Lost(lost),
            };
            self.meter.note(told.clone(), due);
            if let (Told::Done, Ok(answer)) = (&told, &answer) {
                self.ledger.acknowledge(ask, &answer.body);
                return;
            }
            let may_pass = match &told {
                Told::Done => false,
                Told::Refused(code) => {
                    ["UNAVAILABLE", "TIMEOUT", "RATE_LIMITED"].contains(&code.as_str())
                }
                Told::Lost(_) | Told::Wrong(_) => true,
            };
            let repeats = self.load.repeats && ask.writes.is_some() && may_pass;
            if !repeats || self.stopping.load(Relaxed) {
                self.ledger.leave(ask);
                return;
            }
            sleep(PAUSE).await;
            due = Instant::now();
        }
    }
}
