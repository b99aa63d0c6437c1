//! Which peers are believed when they say for whom they ask.

use std::{net::IpAddr, str::FromStr, sync::Arc};

use ipnet::IpNet;

/// Addresses and networks of proxies. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proxies(Arc<[IpNet]>);

impl Proxies {
    /// Whether this peer is one of them.
    pub fn contain(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromStr for Proxies {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let entries = text.split(',').map(str::trim);
        let network = |entry: &str| {
            let address = || entry.parse::<IpAddr>().map(IpNet::from);
            let network = entry.parse::<IpNet>().or_else(|_| address());
            network.map_err(|_| {
                format!("`{entry}` is neither an address nor a network like 10.0.0.0/8")
            })
        };
        let networks: Result<_, _> = entries
            .filter(|entry| !entry.is_empty())
            .map(network)
            .collect();
        Ok(Self(networks?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_networks_of_both_kinds_are_known() {
        let proxies: Proxies = "10.0.0.0/8, 192.0.2.7,2001:db8::/32".parse().unwrap();
        for (address, is_known) in [
            ("10.255.0.1", true),
            ("::ffff:10.0.0.1", true),
            ("11.0.0.1", false),
            ("192.0.2.7", true),
            ("192.0.2.8", false),
            ("2001:db8:1::1", true),
            ("2001:db9::1", false),
        ] {
            assert_eq!(
                proxies.contain(address.parse().unwrap()),
                is_known,
                "{address}"
            );
        }
        assert!("".parse::<Proxies>().unwrap().is_empty());
        for wrong in ["10.0.0.0/33", "proxy.example", "10.0.0", "*"] {
            assert!(wrong.parse::<Proxies>().is_err(), "{wrong}");
        }
    }
}
