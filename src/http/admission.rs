//! Lets connections in: not too many from one address, tuned, and timed from then on.

use std::{io, net::IpAddr, sync::Arc, time::Duration};

use axum_server::accept::Accept;
use futures_util::{FutureExt, future::BoxFuture};
use metrics::gauge;
use tokio::{
    net::TcpStream,
    sync::{OwnedSemaphorePermit, Semaphore},
};

use super::{
    patience::{self, Counted, Patience, Timed},
    places::{Place, Places},
};
use crate::platform::{
    config::{ConnectionsConfig, Proxies},
    limiter::Payer,
};

/// Decides who may connect.
#[derive(Clone)]
pub struct Admission {
    open: Places,
    total: Arc<Semaphore>,
    proxies: Proxies,
    per_address: usize,
    patience: Patience,
    /// How long a client may take nothing of what waits for it.
    write: Duration,
}

impl Admission {
    /// Nobody is connected yet.
    pub fn new(config: &ConnectionsConfig, proxies: Proxies, write: Duration) -> Self {
        Self {
            open: Places::default(),
            total: Arc::new(Semaphore::new(config.max_connections)),
            proxies,
            per_address: config.max_connections_per_address,
            patience: Patience {
                head: config.head(),
                idle: config.idle(),
            },
            write,
        }
    }

    /// A place for one more from `address`.
    ///
    /// # Errors
    /// There are too many.
    fn admit(&self, address: IpAddr) -> io::Result<Admittance> {
        let refused = || io::Error::other("too many connections");
        let total = self.total.clone().try_acquire_owned();
        let total = total.map_err(|_| refused())?;
        let place = self.place_of(address)?;
        Ok(Admittance::new(total, place))
    }

    fn place_of(&self, address: IpAddr) -> io::Result<Option<Place>> {
        if address.to_canonical().is_loopback() || self.proxies.contain(address) {
            return Ok(None);
        }
        let place = self.open.take(Payer::of(None, address), self.per_address);
        let refused = || io::Error::other("too many connections from this address");
        Ok(Some(place.ok_or_else(refused)?))
    }

    /// Small frames leave at once; and who takes nothing of what waits for them is cut by the
    /// kernel, also below a response that nobody in here is asked to go on with.
    fn tune(&self, stream: &TcpStream) {
        let socket = socket2::SockRef::from(stream);
        let mut tuned = socket.set_tcp_nodelay(true);
        if cfg!(target_os = "linux") {
            tuned = tuned.and(socket.set_tcp_user_timeout(Some(self.write)));
        }
        if let Err(error) = tuned {
            tracing::debug!(%error, "A connection could not be tuned.");
        }
    }
}

/// A connection that is open, for as long as this lives.
pub(super) struct Admittance {
    _total: OwnedSemaphorePermit,
    _of_address: Option<Place>,
}

impl Admittance {
    fn new(total: OwnedSemaphorePermit, of_address: Option<Place>) -> Self {
        gauge!("rookery_connections_open").increment(1);
        Self {
            _total: total,
            _of_address: of_address,
        }
    }
}

impl Drop for Admittance {
    fn drop(&mut self) {
        gauge!("rookery_connections_open").decrement(1);
    }
}

/// Lets connections in, and has `inner` make of them what requests are read from.
#[derive(Clone)]
pub(super) struct Admitted<A> {
    pub(super) admission: Admission,
    pub(super) inner: A,
}

impl<A, R> Accept<TcpStream, R> for Admitted<A>
where
    A: Accept<TcpStream, R>,
    A::Future: Send + 'static,
{
    type Stream = Timed<A::Stream>;
    type Service = Counted<A::Service>;
    type Future = BoxFuture<'static, io::Result<(Self::Stream, Self::Service)>>;

    fn accept(&self, stream: TcpStream, requests: R) -> Self::Future {
        let peer = stream.peer_addr().map(|peer| peer.ip());
        let place = match peer.and_then(|peer| self.admission.admit(peer)) {
            Ok(admitted) => Some(Arc::new(admitted)),
            Err(refused) => return async { Err(refused) }.boxed(),
        };
        self.admission.tune(&stream);
        let (accepting, patience) = (self.inner.accept(stream, requests), self.admission.patience);
        async move { Ok(patience::time(accepting.await?, patience, place)) }.boxed()
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Defaults {
        #[command(flatten)]
        connections: ConnectionsConfig,
    }

    fn admission(per_address: usize, proxies: &str) -> Admission {
        let mut config = Defaults::parse_from(["test"]).connections;
        config.max_connections_per_address = per_address;
        Admission::new(&config, proxies.parse().unwrap(), Duration::from_secs(1))
    }

    #[test]
    fn an_address_has_so_many_connections_and_room_again_when_one_ends() {
        let admission = admission(2, "192.0.2.9");
        let admit = |address: &str| admission.admit(address.parse().unwrap());
        let first = admit("192.0.2.1").unwrap();
        let _second = admit("::ffff:192.0.2.1").unwrap();
        assert!(first._of_address.is_some());
        assert!(admit("192.0.2.1").is_err());
        assert!(admit("192.0.2.2").is_ok(), "another address");
        drop(first);
        assert!(admit("192.0.2.1").is_ok());
    }

    #[test]
    fn a_server_has_so_many_connections_whoever_they_are_of() {
        let mut config = Defaults::parse_from(["test"]).connections;
        config.max_connections = 1;
        let admission = Admission::new(&config, "".parse().unwrap(), Duration::from_secs(1));
        let first = admission.admit("127.0.0.1".parse().unwrap());
        assert!(first.is_ok());
        assert!(admission.admit("192.0.2.1".parse().unwrap()).is_err());
        drop(first);
        assert!(admission.admit("192.0.2.1".parse().unwrap()).is_ok());
    }

    #[test]
    fn an_ipv6_network_counts_as_one_address() {
        let admission = admission(1, "");
        let admit = |address: &str| admission.admit(address.parse().unwrap());
        let _first = admit("2001:db8:0:1::1").unwrap();
        assert!(admit("2001:db8:0:1:ffff::2").is_err());
        assert!(admit("2001:db8:0:2::1").is_ok());
    }

    #[test]
    fn the_loopback_and_trusted_proxies_are_not_counted() {
        let admission = admission(0, "192.0.2.9");
        for address in ["127.0.0.1", "::1", "::ffff:127.0.0.1", "192.0.2.9"] {
            assert!(
                admission.admit(address.parse().unwrap()).is_ok(),
                "{address}"
            );
        }
        assert!(admission.admit("192.0.2.8".parse().unwrap()).is_err());
    }
}
