//! One server after the other is exchanged behind a load balancer, and nobody notices.

use std::{
    net::SocketAddr,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use crate::stage::{
    cluster::Cluster,
    free_address,
    instance::{Instance, new_key},
    is_here, length,
    trial::Trial,
    until, wire,
};

const PATIENCE: Duration = Duration::from_secs(60);

/// HAProxy with the configuration that is meant for this, ended when dropped.
struct Balancer {
    child: Child,
    address: SocketAddr,
    ops: SocketAddr,
}

impl Balancer {
    fn start(servers: [SocketAddr; 2]) -> Self {
        let (address, ops) = (free_address(), free_address());
        let config = Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy/haproxy/haproxy.cfg");
        let child = Command::new("haproxy")
            .arg("-f")
            .arg(config)
            .env("ROOKERY_LB_BIND", address.to_string())
            .env("ROOKERY_LB_OPS", ops.to_string())
            .env("ROOKERY_LB_1", servers[0].to_string())
            .env("ROOKERY_LB_2", servers[1].to_string())
            .env("ROOKERY_LB_CONNECTIONS", "200")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .expect("haproxy");
        Self {
            child,
            address,
            ops,
        }
    }

    /// Waits until it sends requests to that many servers.
    async fn knows(&self, servers: usize) {
        let what = format!("{servers} servers are up");
        until(&what, PATIENCE, || async {
            std::net::TcpStream::connect(self.ops).is_ok() && self.servers() == servers
        })
        .await;
    }

    fn servers(&self) -> usize {
        let figures = tokio::task::block_in_place(|| wire::get(self.ops, "/metrics").text);
        let is_up = |line: &&str| {
            line.starts_with("haproxy_server_status{proxy=\"servers\"")
                && line.contains("state=\"UP\"} 1")
        };
        figures.lines().filter(is_up).count()
    }
}

impl Drop for Balancer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn has_haproxy() -> bool {
    let found = Command::new("haproxy")
        .arg("-v")
        .stdout(Stdio::null())
        .status();
    found.is_ok_and(|status| status.success())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rolling_restart_fails_no_request_and_loses_no_message() {
    if !is_here("HAProxy", has_haproxy()) {
        return;
    }
    let cluster = tokio::task::block_in_place(Cluster::start);
    let key = new_key();
    // As long as servers give by themselves.
    let trusted = [
        ("ROOKERY_TRUSTED_PROXIES", "127.0.0.1"),
        ("ROOKERY_SHUTDOWN_NOTICE_MS", "5000"),
    ];
    let start = || Instance::on_postgres(&cluster.url, &key, &trusted);
    let mut instances = [start(), start()];
    let balancer = Balancer::start([instances[0].address, instances[1].address]);
    balancer.knows(2).await;
    let trial = Trial::begin(&[balancer.address], 8, Some(15.0)).await;
    trial.goes_on(5, PATIENCE).await;
    let begun = Instant::now();
    let mut rounds = 0;
    while rounds < 1 || begun.elapsed() < length() {
        for instance in &mut instances {
            assert_eq!(instance.terminate(), Some(0));
            balancer.knows(1).await;
            trial.goes_on(3, PATIENCE).await;
            instance.start();
            instance.is_ready(200, PATIENCE).await;
            balancer.knows(2).await;
        }
        rounds += 1;
    }
    trial.goes_on(5, PATIENCE).await;
    let seconds = usize::try_from(begun.elapsed().as_secs()).unwrap();
    let idle = |n: &usize| trial.meter.second(*n, |second| second.done() == 0);
    let idle: Vec<_> = (1..seconds).filter(idle).collect();
    // On a busy machine one may pass.
    assert!(
        idle.len() <= 2,
        "nobody was answered in the seconds {idle:?}"
    );
    let (resumed, ended) = (trial.listeners.resumed(), trial.listeners.ended());
    // Every socket was at one of the two.
    assert!(resumed >= 4, "{resumed} resumed");
    assert!(
        ended.keys().all(|code| *code == 1001),
        "sockets are told why: {ended:?}"
    );
    let told = trial.judge(balancer.address).await;
    let others: Vec<_> = told.others().collect();
    assert!(others.is_empty(), "failed: {others:?}");
    assert_eq!(told.unasked, 0, "a steady load");
}
