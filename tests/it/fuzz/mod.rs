//! Noise shaped like what comes in from outside: documents, cursors, ids, tokens, questions, requests.
//!
//! In an ordinary run each target sees a few cases. `FUZZ_SECONDS=600` lets each go on for so long;
//! run with `--nocapture` it says how many cases it has seen. `FUZZ_SEED` repeats a run.

pub mod choices;
mod cursors;
mod documents;
pub mod grammar;
mod ids;
mod known;
mod recount;
mod requests;
mod search;
pub mod stage;
mod tokens;

use std::{
    cell::RefCell,
    collections::BTreeMap,
    time::{Duration, Instant},
};

use proptest::{
    strategy::Strategy,
    test_runner::{Config, RngSeed, TestCaseResult, TestRunner},
};

/// How often each outcome was met: noise that is always refused at the door proves nothing.
#[derive(Default)]
pub struct Tally(RefCell<BTreeMap<String, u32>>);

impl Tally {
    pub fn add(&self, outcome: &str) {
        *self.0.borrow_mut().entry(outcome.to_owned()).or_default() += 1;
    }

    /// Says what was met, and fails where one of these never was.
    pub fn has(&self, outcomes: &[&str]) {
        let met = self.0.borrow();
        println!("fuzz outcomes: {met:?}");
        let missing = outcomes.iter().find(|outcome| !met.contains_key(**outcome));
        assert_eq!(missing, None, "never met: {met:?}");
    }
}

/// Runs `test` on `cases` values, or on as many as fit into `FUZZ_SECONDS`.
pub fn campaign<S: Strategy>(
    name: &str,
    cases: u32,
    strategy: &S,
    test: impl Fn(S::Value) -> TestCaseResult,
) {
    let number = |name| -> Option<u64> { std::env::var(name).ok()?.parse().ok() };
    let time = Duration::from_secs(number("FUZZ_SECONDS").unwrap_or(0));
    let first_seed = number("FUZZ_SEED").unwrap_or_else(|| fastrand::u64(..));
    let (begun, mut rounds) = (Instant::now(), 0);
    loop {
        let seed = first_seed.wrapping_add(rounds);
        let config = Config {
            cases,
            rng_seed: RngSeed::Fixed(seed),
            failure_persistence: None,
            ..Config::default()
        };
        if let Err(error) = TestRunner::new(config).run(strategy, &test) {
            panic!("FUZZ_SEED={seed} {name}: {error}");
        }
        rounds += 1;
        if begun.elapsed() >= time {
            break;
        }
    }
    let seen = rounds * u64::from(cases);
    println!(
        "fuzz {name}: {seen} cases in {} s",
        begun.elapsed().as_secs()
    );
}
