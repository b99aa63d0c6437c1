//! A town under load while something fails, and its judgement when all is well again.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use super::until;
use crate::load::{
    answer::Told,
    clients::{Load, Running},
    ledger::Ledger,
    listeners::Listeners,
    meter::{Meter, Second},
    town::Town,
};

/// How long what is well may take to be told to everybody.
const PATIENCE: Duration = Duration::from_secs(30);

/// Clients and listeners under way.
pub struct Trial {
    pub town: Arc<Town>,
    pub ledger: Arc<Ledger>,
    pub meter: Arc<Meter>,
    pub listeners: Listeners,
    running: Running,
}

impl Trial {
    /// Founds a town at the first server, and lets as many ask of all of them as `clients` says;
    /// with a `rate`, so many in a second.
    pub async fn begin(targets: &[SocketAddr], clients: usize, rate: Option<f64>) -> Self {
        let town = Arc::new(Town::found(targets[0], 8).await);
        let listeners = Listeners::start(&town, targets, 4);
        assert!(listeners.are_open(PATIENCE).await, "listeners");
        let (ledger, meter) = (Arc::<Ledger>::default(), Arc::new(Meter::begin()));
        let load = Load {
            targets: targets.to_owned(),
            clients,
            rate,
            writes: 40,
            repeats: true,
        };
        let running = load.start(&town, &ledger, &meter);
        Self {
            town,
            ledger,
            meter,
            listeners,
            running,
        }
    }

    /// Waits until so many more writes are acknowledged, and says how long that took.
    pub async fn goes_on(&self, more: usize, patience: Duration) -> Duration {
        let wanted = self.ledger.acknowledged() + more;
        let what = format!("{more} more writes are acknowledged");
        until(&what, patience, || async {
            self.ledger.acknowledged() >= wanted
        })
        .await
    }

    /// Ends the load, and looks at a server that is well whether everything that was acknowledged is
    /// there, once, in order, and heard by everybody who listens. Says what clients were told.
    ///
    /// # Panics
    /// Where anything of it is not so.
    pub async fn judge(self, address: SocketAddr) -> Second {
        self.running.stop().await;
        let mut faults = self.ledger.faults(address, &self.town).await;
        faults.extend(self.ledger.doubled(address, &self.town, 30).await);
        faults.extend(self.listeners.faults(address, PATIENCE).await);
        assert!(faults.is_empty(), "{} faults: {faults:#?}", faults.len());
        let whole = self.meter.whole();
        println!(
            "{} writes were acknowledged, {} operations done, most within {:?}; others were told {:?}; {} sockets \
             were opened anew, ended by {:?}",
            self.ledger.acknowledged(),
            whole.done(),
            whole.within(0.99),
            whole.others().collect::<Vec<_>>(),
            self.listeners.resumed(),
            self.listeners.ended(),
        );
        // Who never got a word in has proven nothing.
        assert!(
            self.ledger.acknowledged() >= 20,
            "{}",
            self.ledger.acknowledged()
        );
        whole
    }
}

/// Says that clients were told nothing but by codes that they can act on, and always answered.
pub fn is_typed(told: &Second) {
    for (told, count) in told.others() {
        let is_typed = match told {
            Told::Refused(code) => {
                ["UNAVAILABLE", "TIMEOUT", "RATE_LIMITED"].contains(&code.as_str())
            }
            _ => false,
        };
        assert!(is_typed, "{count} were told {told:?}");
    }
}
