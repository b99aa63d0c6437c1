//! Whose a request is that comes through proxies.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::{
    extract::{ConnectInfo, Request},
    http::{Extensions, HeaderMap, HeaderName},
};

use crate::platform::config::Proxies;

const FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// Who asks: the peer, unless it is a trusted proxy. Then X-Forwarded-For is read from its end, on
/// which every proxy writes who asked it; the first that is no trusted proxy is the client. What
/// stands before is the client's own word, and what is no address ends the reading.
pub(super) fn client(extensions: &Extensions, headers: &HeaderMap, proxies: &Proxies) -> IpAddr {
    let mut client = peer(extensions);
    for value in headers.get_all(FOR).iter().rev() {
        // A byte that is no text spoils what it stands in alone, not what a proxy wrote behind it.
        let hops = String::from_utf8_lossy(value.as_bytes());
        for hop in hops.rsplit(',') {
            if !proxies.contain(client) {
                return client;
            }
            match address(hop.trim()) {
                Some(hop) => client = hop.to_canonical(),
                None => return client,
            }
        }
    }
    client
}

/// Whether a trusted proxy says that the client asked it by TLS.
pub(super) fn is_by_tls(request: &Request, proxies: &Proxies) -> bool {
    let mut protocols = request.headers().get_all(PROTO).iter();
    let last = protocols.next_back();
    last.is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"https"))
        && proxies.contain(peer(request.extensions()))
}

/// The other end of the connection. Without one the request is of this process.
fn peer(extensions: &Extensions) -> IpAddr {
    let peer = extensions.get::<ConnectInfo<SocketAddr>>();
    peer.map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |peer| {
        peer.0.ip().to_canonical()
    })
}

/// An address, with or without the port that some proxies add.
fn address(hop: &str) -> Option<IpAddr> {
    let with_port = || hop.parse::<SocketAddr>().map(|hop| hop.ip());
    let bracketed = hop.strip_prefix('[').and_then(|hop| hop.strip_suffix(']'));
    bracketed
        .unwrap_or(hop)
        .parse()
        .or_else(|_| with_port())
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(peer: &str, forwarded: &[&str]) -> String {
        let proxies: Proxies = "10.0.0.0/8, 2001:db8:ffff::/48".parse().unwrap();
        let mut extensions = Extensions::new();
        let peer: IpAddr = peer.parse().unwrap();
        extensions.insert(ConnectInfo(SocketAddr::from((peer, 4711))));
        let values = forwarded.iter().map(|value| (FOR, value.parse().unwrap()));
        let headers: HeaderMap = values.collect();
        client(&extensions, &headers, &proxies).to_string()
    }

    #[test]
    fn an_untrusted_peer_is_the_client_whatever_it_says() {
        assert_eq!(seen("192.0.2.1", &["198.51.100.7"]), "192.0.2.1");
        assert_eq!(seen("192.0.2.1", &["10.0.0.1"]), "192.0.2.1");
        assert_eq!(seen("192.0.2.1", &[]), "192.0.2.1");
        assert_eq!(seen("::ffff:192.0.2.1", &["198.51.100.7"]), "192.0.2.1");
    }

    #[test]
    fn trusted_hops_are_skipped_from_the_right_and_the_clients_own_word_is_not_read() {
        assert_eq!(seen("10.0.0.1", &["198.51.100.7"]), "198.51.100.7");
        assert_eq!(seen("::ffff:10.0.0.1", &["198.51.100.7"]), "198.51.100.7");
        let chain = "203.0.113.66, 198.51.100.7, 10.0.0.3,10.0.0.2";
        assert_eq!(seen("10.0.0.1", &[chain]), "198.51.100.7");
        let lines = ["203.0.113.66", "198.51.100.7, 10.0.0.3", "10.0.0.2"];
        assert_eq!(seen("10.0.0.1", &lines), "198.51.100.7");
        // Nobody but proxies: the first of them asked by itself.
        assert_eq!(seen("10.0.0.1", &["10.0.0.3, 10.0.0.2"]), "10.0.0.3");
        assert_eq!(seen("10.0.0.1", &[]), "10.0.0.1");
    }

    #[test]
    fn ipv6_and_ports_are_understood() {
        for hop in [
            "2001:db8::7",
            "[2001:db8::7]",
            "[2001:db8::7]:443",
            "2001:DB8:0:0::7",
        ] {
            assert_eq!(seen("10.0.0.1", &[hop]), "2001:db8::7", "{hop}");
        }
        let chain = "198.51.100.7:1234, 2001:db8:ffff::2";
        assert_eq!(seen("2001:db8:ffff::1", &[chain]), "198.51.100.7");
        assert_eq!(seen("10.0.0.1", &["::ffff:198.51.100.7"]), "198.51.100.7");
    }

    #[test]
    fn what_is_no_address_ends_the_reading_at_the_last_that_could_be_trusted() {
        for garbage in [
            "",
            "unknown",
            "_hidden",
            "1.2.3",
            "1.2.3.4.5",
            "\u{e9}",
            "1.2.3.4 5",
        ] {
            assert_eq!(seen("10.0.0.1", &[garbage]), "10.0.0.1", "{garbage}");
            let chain = format!("198.51.100.7, {garbage}, 10.0.0.2");
            assert_eq!(seen("10.0.0.1", &[&chain]), "10.0.0.2", "{garbage}");
        }
    }
}
