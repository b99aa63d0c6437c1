//! What must not be set where others are served, and who said that it may.

use std::net::IpAddr;

use clap::ValueEnum;

use crate::{
    app::StartResult,
    platform::{
        config::{Config, Environment, OpsListen, Origins, Switch, Unsafe},
        db::encryption,
    },
};

/// A setting that is not safe, and why.
type Finding = (Unsafe, String);

/// Of `rookery serve`.
///
/// # Errors
/// Names everything that is not safe and was not accepted.
pub(super) fn check_server(config: &Config, demo: bool) -> StartResult<()> {
    keep_on_loopback(config, demo)?;
    let shown = shown_to_clients(config, demo);
    judge(config, [shown, said_to_others(config)].concat())?;
    doubts(config).iter().for_each(|doubt| warn(doubt));
    warn_of_figures(config);
    Ok(())
}

/// Of `rookery worker`, which serves nobody.
///
/// # Errors
/// As of a server.
pub(super) fn check_worker(config: &Config) -> StartResult<()> {
    judge(config, said_to_others(config))?;
    warn_of_figures(config);
    Ok(())
}

/// What only a developer's own machine may have, whoever accepts it.
fn keep_on_loopback(config: &Config, demo: bool) -> StartResult<()> {
    let is_loopback = config.http.listen.ip().is_loopback();
    if demo && !is_loopback {
        return Err(
            "--demo has known passwords, so it listens on a loopback address only".to_owned(),
        );
    }
    if config.http.limits == Switch::Off && !is_loopback {
        return Err("--limits off is for a loopback address only".to_owned());
    }
    Ok(())
}

fn shown_to_clients(config: &Config, demo: bool) -> Vec<Finding> {
    let http = &config.http;
    let found = [
        (
            demo,
            Unsafe::Demo,
            "everybody knows the passwords of --demo",
        ),
        (
            http.limits == Switch::Off,
            Unsafe::LimitsOff,
            "ROOKERY_LIMITS=off lets anybody ask without end",
        ),
        (
            http.allowed_origins == Some(Origins::Any),
            Unsafe::AnyOrigin,
            "ROOKERY_ALLOWED_ORIGINS=* lets any web page call: list those that are yours",
        ),
        (
            http.playground == Some(Switch::On),
            Unsafe::Playground,
            "ROOKERY_PLAYGROUND=on shows developers' tools to everybody",
        ),
    ];
    let found = found.into_iter().filter(|(is_set, ..)| *is_set);
    found.map(|(_, name, why)| (name, why.to_owned())).collect()
}

/// What goes over a network for anybody on it to read or change.
fn said_to_others(config: &Config) -> Vec<Finding> {
    let mut found = Vec::new();
    let url = config.database.database_url.as_ref();
    if let Some(flaw) = url.and_then(|url| encryption::flaw(url.expose(), is_local)) {
        found.push((Unsafe::PlaintextDatabase, format!("DATABASE_URL, {flaw}")));
    }
    let kafka = &config.kafka;
    let brokers = kafka
        .kafka_brokers
        .as_deref()
        .unwrap_or_default()
        .split(',');
    let mut hosts = brokers.map(|broker| host(broker.trim()));
    if let Some(host) = hosts.find(|host| !host.is_empty() && !is_local(host))
        && !kafka.kafka_security_protocol.has_tls()
    {
        let protocol = kafka.kafka_security_protocol.name();
        let why =
            format!("KAFKA_BROKERS, {host}: {protocol} is not encrypted: use SASL_SSL or SSL");
        found.push((Unsafe::PlaintextKafka, why));
    }
    for (variable, url) in [
        ("S3_ENDPOINT", &config.store.s3_endpoint),
        ("S3_PUBLIC_ENDPOINT", &config.store.s3_public_endpoint),
    ] {
        let plain = url.as_deref().and_then(|url| url.strip_prefix("http://"));
        let host = plain.map(|rest| host(rest.split('/').next().unwrap_or_default()));
        if let Some(host) = host.filter(|host| !is_local(host)) {
            let why = format!("{variable}, {host}: http:// is not encrypted: use https://");
            found.push((Unsafe::PlaintextStore, why));
        }
    }
    if let Some(listen) = config.store.s3_listen.filter(|on| !on.ip().is_loopback()) {
        let why = format!("ROOKERY_S3_LISTEN, {listen}: the embedded store knows no TLS");
        found.push((Unsafe::PlaintextStore, why));
    }
    found.extend(
        config
            .mail
            .plaintext_host()
            .filter(|host| !is_local(host))
            .map(|host| {
                let why =
                    format!("SMTP_URL, {host}: may be spoken to without TLS: add ?tls=required");
                (Unsafe::PlaintextMail, why)
            }),
    );
    found
}

/// Refuses what was not accepted, and warns of what was.
fn judge(config: &Config, found: Vec<Finding>) -> StartResult<()> {
    if config.environment() == Environment::Development {
        return Ok(());
    }
    let is_accepted = |(name, _): &Finding| config.safety.accept_unsafe.contains(name);
    let (accepted, refused): (Vec<_>, Vec<_>) = found.into_iter().partition(is_accepted);
    if refused.is_empty() {
        let accepted = accepted.iter().map(line);
        accepted.for_each(|finding| warn(&format!("accepted, {finding}")));
        return Ok(());
    }
    let mut names: Vec<_> = refused.iter().map(|(unsafe_, _)| name(*unsafe_)).collect();
    names.dedup();
    let lines: String = refused.iter().map(|f| format!("\n  {}", line(f))).collect();
    Err(format!(
        "not safe in production:{lines}\nChange these, or accept what you know to be safe here: \
         ROOKERY_ACCEPT_UNSAFE={}. On a machine of your own: ROOKERY_ENVIRONMENT=development.",
        names.join(",")
    ))
}

/// What may be well and mostly is not.
fn doubts(config: &Config) -> Vec<String> {
    let http = &config.http;
    let is_bare = http.tls_cert.is_none() && http.trusted_proxies.is_empty();
    if config.environment() == Environment::Production && is_bare {
        let say = "there is no certificate (ROOKERY_TLS_CERT) and no proxy is trusted \
                   (ROOKERY_TRUSTED_PROXIES): passwords and tokens come here unencrypted, or all \
                   clients of a proxy count as one address";
        return vec![say.to_owned()];
    }
    Vec::new()
}

fn warn_of_figures(config: &Config) {
    if let OpsListen::At(listen) = config.telemetry.ops_listen
        && !listen.ip().is_loopback()
    {
        warn(&format!(
            "ROOKERY_OPS_LISTEN, {listen}: whoever reaches this address reads the figures"
        ));
    }
}

fn warn(what: &str) {
    eprintln!("rookery: warning: {what}");
}

fn line((unsafe_, why): &Finding) -> String {
    format!("{}: {why}", name(*unsafe_))
}

fn name(unsafe_: Unsafe) -> String {
    let value = unsafe_.to_possible_value();
    value.map_or(String::new(), |value| value.get_name().to_owned())
}

/// The host of host:port.
fn host(address: &str) -> &str {
    match address.strip_prefix('[') {
        Some(v6) => v6.split(']').next().unwrap_or_default(),
        None => address.rsplit_once(':').map_or(address, |(host, _)| host),
    }
}

/// Whether what is said to this host stays on this machine.
fn is_local(host: &str) -> bool {
    let host = host.trim_matches(['[', ']']);
    let address = host.parse::<IpAddr>();
    host.eq_ignore_ascii_case("localhost")
        || address.is_ok_and(|address| address.to_canonical().is_loopback())
}
