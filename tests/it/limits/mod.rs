//! How often things may be done, and what whoever does them too often is told.

mod letters;
mod local;
mod servers;
mod sign_in;
mod sign_up;

use std::net::IpAddr;

use clap::Parser;
use rookery::{
    error::{Code, Error, Result},
    people::commands::{self, SignIn},
    platform::{Platform, config::LimitsConfig},
};
use serde_json::{Value, json};

use crate::support::{Caller, PASSWORD, TestApp, outcome};

#[derive(Parser)]
struct Defaults {
    #[command(flatten)]
    limits: LimitsConfig,
}

#[test]
fn the_limits_are_those_of_the_design() {
    let limits = Defaults::parse_from(["test"]).limits;
    let a_minute = [
        limits.sign_ins_per_account,
        limits.sign_ins_per_address,
        limits.follows_per_minute,
        limits.searches_per_minute,
    ];
    assert_eq!(a_minute, [10, 60, 60, 60]);
    let an_hour = [
        limits.sign_ups_per_address,
        limits.letters_per_address,
        limits.message_requests_per_hour,
        limits.uploads_per_hour,
        limits.reports_per_hour,
    ];
    assert_eq!(an_hour, [20, 3, 10, 60, 30]);
}

/// The outcome of a payload and, of RATE_LIMITED, the seconds to wait.
fn told(payload: &Value) -> (String, Option<u64>) {
    let wait = payload["userErrors"][0]["retryAfterSeconds"].as_u64();
    (outcome(payload), wait)
}

fn limited(seconds: u64) -> (String, Option<u64>) {
    ("RATE_LIMITED".to_owned(), Some(seconds))
}

/// Does something `times` times, which passes.
async fn passes(who: &Caller, times: usize, field: &str, input: &Value) {
    for _ in 0..times {
        let done = who.mutate(field, input.clone(), "").await;
        assert_eq!(outcome(&done), "done");
    }
}

/// Does something once; the outcome and the seconds to wait.
async fn once(who: &Caller, field: &str, input: &Value) -> (String, Option<u64>) {
    told(&who.mutate(field, input.clone(), "").await)
}

async fn sign_in(app: &TestApp, login: &str, password: &str) -> Value {
    let input = json!({ "login": login, "password": password });
    app.guest().mutate("signIn", input, "").await
}

/// Signs in from an address: the code, and the seconds to wait.
async fn sign_in_from(p: &Platform, address: &str, login: &str) -> (Option<Code>, Option<u32>) {
    let who = SignIn {
        login,
        password: PASSWORD,
        totp: None,
        user_agent: None,
        address: address.parse::<IpAddr>().unwrap(),
    };
    refusal(commands::sign_in(p, who).await)
}

fn refusal<T>(done: Result<T>) -> (Option<Code>, Option<u32>) {
    match done {
        Ok(_) => (None, None),
        Err(Error::Refused(refusal)) => (Some(refusal.code), refusal.retry_after_seconds),
        Err(Error::Internal(cause)) => panic!("{cause}"),
    }
}
