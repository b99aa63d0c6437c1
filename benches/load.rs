//! A mixed load on servers that run already, with sockets that listen beside it:
//!
//!     cargo bench --bench load -- --urls http://127.0.0.1:8000 --clients 32 --sockets 2000 \
//!         --seconds 1800 --rate 300 --pids 4711
//!
//! Every option may be given by the environment too. The servers need `--limits off`, and for many
//! sockets ROOKERY_MAX_SOCKETS_PER_ADDRESS; ROOKERY_ACCESS_TOKEN_SECONDS longer than the run. Rows
//! are added to the database. `cargo test --bench load -- …` is the same, sooner built and slower.
//!
//! Each second is a line of CSV: what was done, how long it took from when it was due (open loop:
//! with `--rate`, a slow server is not asked less), and what clients were told in place of it.
//! Every ten seconds, what each process holds. At the end: what of all that was acknowledged is
//! missing, and the slope of the memory.

#![expect(
    unreachable_pub,
    reason = "a bench exports nothing, and `pub` reads as in the app"
)]
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a bench ends where what it takes for granted is not so"
)]

#[path = "../tests/faults/load/mod.rs"]
mod load;

use std::{
    net::{SocketAddr, ToSocketAddrs},
    process::ExitCode,
    sync::Arc,
    time::{Duration, Instant},
};

use clap::Parser;
use load::{
    answer::Told,
    clients::Load,
    http::Client,
    ledger::Ledger,
    listeners::Listeners,
    meter::{Meter, Second},
    process,
    town::Town,
};

/// How often processes are looked at, in seconds.
const LOOK: usize = 10;

#[derive(Parser)]
struct Bench {
    /// The servers, or what stands before them, with commas between.
    #[arg(long, env = "LOAD_URLS", value_delimiter = ',', value_parser = address)]
    urls: Vec<SocketAddr>,
    /// How many clients ask at most at a time.
    #[arg(long, env = "LOAD_CLIENTS", default_value_t = 16)]
    clients: usize,
    /// How many people they speak for. Without it: one for each client, and for ten sockets.
    #[arg(long, env = "LOAD_PEOPLE")]
    people: Option<usize>,
    /// How many sockets listen to the messages of a conversation.
    #[arg(long, env = "LOAD_SOCKETS", default_value_t = 0)]
    sockets: usize,
    #[arg(long, env = "LOAD_SECONDS", default_value_t = 60)]
    seconds: u64,
    /// How many operations are due in a second. Without it: as many as are answered.
    #[arg(long, env = "LOAD_RATE")]
    rate: Option<f64>,
    /// How many of a hundred operations are writes.
    #[arg(long, env = "LOAD_WRITES", default_value_t = 20)]
    writes: u32,
    /// Processes whose memory and open files are told, with commas between.
    #[arg(long, env = "LOAD_PIDS", value_delimiter = ',')]
    pids: Vec<u32>,
    /// Whether writes are repeated with their key until they are acknowledged.
    #[arg(long, env = "LOAD_REPEATS")]
    repeats: bool,
    /// Cargo says so.
    #[arg(long, hide = true)]
    bench: bool,
}

fn address(url: &str) -> Result<SocketAddr, String> {
    let host = url.strip_prefix("http://").unwrap_or(url);
    let host = host.trim_end_matches('/');
    let found = host.to_socket_addrs().map_err(|error| error.to_string())?;
    found
        .into_iter()
        .next()
        .ok_or_else(|| "no address".to_owned())
}

#[tokio::main]
async fn main() -> ExitCode {
    let bench = Bench::parse();
    let ready = Client::new(bench.urls[0]).get("/readyz").await;
    eprintln!("/readyz: {ready:?}");
    let people = bench
        .people
        .unwrap_or((bench.clients).max(bench.sockets / 10))
        .max(2);
    eprintln!("{people} people sign up.");
    let town = Arc::new(Town::found(bench.urls[0], people).await);
    let listeners = Listeners::start(&town, &bench.urls, bench.sockets);
    if !listeners.are_open(Duration::from_secs(120)).await {
        eprintln!(
            "{} of {} sockets are open.",
            listeners.open(),
            bench.sockets
        );
    }
    let (ledger, meter) = (Arc::new(Ledger::default()), Arc::new(Meter::begin()));
    let load = Load {
        targets: bench.urls.clone(),
        clients: bench.clients,
        rate: bench.rate,
        writes: bench.writes,
        repeats: bench.repeats,
    };
    let running = load.start(&town, &ledger, &meter);
    let held = watch(&bench, &meter, &listeners).await;
    running.stop().await;

    let whole = meter.whole();
    eprintln!("whole: {}", line(&whole, &listeners));
    eprintln!("sockets ended by code: {:?}", listeners.ended());
    for (pid, held) in bench.pids.iter().zip(&held) {
        eprintln!("process {pid}: {:+.1} KiB a minute", slope(held));
    }
    let mut faults = ledger.faults(bench.urls[0], &town).await;
    faults.extend(ledger.doubled(bench.urls[0], &town, 100).await);
    faults.extend(
        listeners
            .faults(bench.urls[0], Duration::from_secs(60))
            .await,
    );
    faults
        .iter()
        .take(20)
        .for_each(|fault| eprintln!("{fault}"));
    eprintln!(
        "{} acknowledged writes, {} faults",
        ledger.acknowledged(),
        faults.len()
    );
    match faults.is_empty() {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}

/// Prints a line for every second; says what each process held, by the minute.
async fn watch(bench: &Bench, meter: &Meter, listeners: &Listeners) -> Vec<Vec<(f64, f64)>> {
    let mut held = vec![Vec::new(); bench.pids.len()];
    let columns = bench
        .pids
        .iter()
        .map(|pid| format!(",rss_kib_{pid},fds_{pid}"));
    let columns: String = columns.collect();
    println!("second,done,p50_ms,p99_ms,longest_ms,unasked,sockets,resumed,others{columns}");
    let begun = Instant::now();
    for n in 0..usize::try_from(bench.seconds).unwrap_or(usize::MAX) {
        let end = Duration::from_secs(n as u64 + 1);
        tokio::time::sleep(end.saturating_sub(begun.elapsed())).await;
        let mut line = meter.second(n, |second| format!("{n},{}", line(second, listeners)));
        for (pid, held) in bench.pids.iter().zip(&mut held) {
            let seen = process::resident(*pid).zip(process::open_files(*pid));
            match seen.filter(|_| n % LOOK == 0) {
                Some((resident, files)) => {
                    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
                    held.push((n as f64 / 60.0, resident as f64));
                    line += &format!(",{resident},{files}");
                }
                None => line += ",,",
            }
        }
        println!("{line}");
    }
    held
}

fn line(second: &Second, listeners: &Listeners) -> String {
    let ms = |share| second.within(share).as_secs_f64() * 1_000.0;
    let others = second.others().map(|(told, count)| {
        let what = match told {
            Told::Refused(code) => code.clone(),
            Told::Wrong(what) => format!("WRONG {}", what.replace([',', '\n'], " ")),
            Told::Lost(what) => format!("LOST {what}"),
            Told::Done => String::new(),
        };
        format!("{what}={count}")
    });
    format!(
        "{},{:.1},{:.1},{:.1},{},{},{},{}",
        second.done(),
        ms(0.5),
        ms(0.99),
        ms(1.0),
        second.unasked,
        listeners.open(),
        listeners.resumed(),
        others.collect::<Vec<_>>().join(";")
    )
}

/// How much more it holds each minute, by least squares; the first fifth, in which pools and caches
/// fill, is left out.
fn slope(held: &[(f64, f64)]) -> f64 {
    let held = &held[held.len() / 5..];
    #[expect(clippy::cast_precision_loss, reason = "a few hundred")]
    let n = held.len().max(1) as f64;
    let mean = |of: fn(&(f64, f64)) -> f64| held.iter().map(of).sum::<f64>() / n;
    let (minute, kib) = (mean(|at| at.0), mean(|at| at.1));
    let both: f64 = held.iter().map(|at| (at.0 - minute) * (at.1 - kib)).sum();
    let square: f64 = held.iter().map(|at| (at.0 - minute).powi(2)).sum();
    if square > 0.0 { both / square } else { 0.0 }
}
