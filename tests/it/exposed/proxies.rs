//! For whom a proxy asks: over sockets, whose number each address has a bound for, and by budget.

use rookery::platform::config::{Config, Switch};
use serde_json::{Value, json};

use super::post;
use crate::{process::server::run, realtime::stage::Stage, support::socket::Socket};

const PROTOCOL: (&str, &str) = ("sec-websocket-protocol", "graphql-transport-ws");
const FOR: &str = "x-forwarded-for";

fn one_socket_each(proxies: &str) -> impl FnOnce(&mut Config) {
    let proxies = proxies.parse().unwrap();
    move |config| {
        config.http.trusted_proxies = proxies;
        config.limits.max_sockets_per_address = 1;
        config.limits.guest_budget = 3;
        config.http.limits = Switch::On;
    }
}

async fn open(stage: &Stage, forwarded: &str) -> Result<Socket, u16> {
    Socket::open_with(stage.address, &[PROTOCOL, (FOR, forwarded)]).await
}

/// What is left of the budget of whoever asks like this.
async fn left(stage: &Stage, headers: &[(&str, &str)]) -> Value {
    let reply = post(stage.address, headers, "{ rateLimit { remaining } }").await;
    let body: Value = serde_json::from_slice(&reply.body).unwrap();
    body["data"]["rateLimit"]["remaining"].clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_no_proxy_cannot_be_somebody_else() {
    for trusted in ["", "192.0.2.0/24", "::1"] {
        let stage = Stage::start_with(one_socket_each(trusted)).await;
        let _first = open(&stage, "198.51.100.1").await.ok().unwrap();
        for forged in ["198.51.100.2", "127.0.0.1", "192.0.2.1", "::1"] {
            assert_eq!(open(&stage, forged).await.err(), Some(429), "{forged}");
        }
        assert_eq!(left(&stage, &[(FOR, "198.51.100.1")]).await, 2);
        assert_eq!(left(&stage, &[(FOR, "198.51.100.2")]).await, 1);
        assert_eq!(left(&stage, &[]).await, 0);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_proxys_clients_each_is_bounded_alone() {
    let stage = Stage::start_with(one_socket_each("127.0.0.0/8,192.0.2.0/24")).await;
    let _first = open(&stage, "198.51.100.1").await.ok().unwrap();
    for same in [
        "198.51.100.1",
        "198.51.100.1:4711",
        "::ffff:198.51.100.1",
        "203.0.113.9, 198.51.100.1",
        "garbage, 198.51.100.1, 192.0.2.7",
    ] {
        assert_eq!(open(&stage, same).await.err(), Some(429), "{same}");
    }
    let _second = open(&stage, "198.51.100.2").await.ok().unwrap();
    // Of an IPv6 client the network counts.
    let _third = open(&stage, "2001:db8:0:1::1").await.ok().unwrap();
    let same = open(&stage, "[2001:db8:0:1:ffff::2]:443").await;
    assert_eq!(same.err(), Some(429));
    let _fourth = open(&stage, "2001:db8:0:2::1").await.ok().unwrap();
    // What nobody can read is the proxy's own doing.
    let _fifth = open(&stage, "198.51.100.3, garbage").await.ok().unwrap();
    assert_eq!(open(&stage, "127.0.0.1").await.err(), Some(429));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn budgets_are_of_the_client_and_other_headers_say_nothing() {
    let stage = Stage::start_with(one_socket_each("127.0.0.1")).await;
    assert_eq!(left(&stage, &[(FOR, "198.51.100.1")]).await, 2);
    assert_eq!(left(&stage, &[(FOR, "198.51.100.1")]).await, 1);
    assert_eq!(left(&stage, &[(FOR, "198.51.100.2")]).await, 2);
    let lines = [(FOR, "198.51.100.2"), (FOR, "198.51.100.1")];
    assert_eq!(left(&stage, &lines).await, json!(0));
    for other in [
        ("forwarded", "for=198.51.100.8"),
        ("x-real-ip", "198.51.100.8"),
        ("x-client-ip", "198.51.100.8"),
    ] {
        let asked = [other, (FOR, "198.51.100.1")];
        assert_eq!(left(&stage, &asked).await, Value::Null, "{other:?}");
    }
    assert_eq!(left(&stage, &[("x-real-ip", "198.51.100.9")]).await, 2);
    assert_eq!(left(&stage, &[("forwarded", "for=198.51.100.10")]).await, 1);
}

#[test]
fn a_proxy_that_is_no_address_refuses_to_start() {
    for proxies in ["proxy.example", "10.0.0.0/33", "10.0.0.1,*"] {
        let ended = run(&["serve"], &[("ROOKERY_TRUSTED_PROXIES", proxies)]);
        assert_eq!(ended.code, Some(2), "{ended:?}");
        assert!(
            ended.stderr.contains("neither an address nor a network"),
            "{ended:?}"
        );
    }
}
