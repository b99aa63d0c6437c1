//! Who counts as one.

use std::net::{IpAddr, Ipv6Addr};

use crate::ids::PersonId;

/// Whom something is counted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Payer {
    /// A signed-in person.
    Member(PersonId),
    /// All guests of one IPv4 address or one IPv6 /64.
    Guests(IpAddr),
}

impl Payer {
    /// Who pays for a request.
    pub fn of(person: Option<PersonId>, address: IpAddr) -> Self {
        match person {
            Some(person) => Self::Member(person),
            None => Self::Guests(network(address)),
        }
    }
}

/// What is one caller's: an IPv4 address, or the /64 of an IPv6 address, of which everybody has all.
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let network = address.to_bits() & !u128::from(u64::MAX);
            Ipv6Addr::from_bits(network).into()
        }
        address => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ipv6_caller_has_a_64_and_an_ipv4_caller_an_address_however_it_is_written() {
        let network = |text: &str| network(text.parse().unwrap()).to_string();
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(network("192.0.2.7"), "192.0.2.7");
        assert_eq!(network("::ffff:192.0.2.7"), "192.0.2.7");
    }
}
