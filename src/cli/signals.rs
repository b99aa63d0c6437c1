//! How a process is told to end.

use std::time::Duration;

use crate::platform::config::LimitsConfig;

/// Who wants it to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Signal {
    /// Ctrl-C: somebody at a terminal, who waits.
    Interrupt,
    /// SIGTERM: what starts and stops services, which has a replacement.
    Terminate,
}

impl Signal {
    /// How long requests are still taken, and in how long streams are closed.
    pub(super) fn notice_and_spread(self, limits: &LimitsConfig) -> (Duration, Duration) {
        match self {
            Self::Interrupt => (Duration::ZERO, Duration::ZERO),
            Self::Terminate => (
                Duration::from_millis(limits.shutdown_notice_ms),
                Duration::from_millis(limits.close_spread_ms),
            ),
        }
    }
}

/// What is listened for from the moment on that this is made: a signal that comes before somebody
/// asks is not lost.
pub(super) struct Signals {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
}

impl Signals {
    /// Listens.
    #[cfg(unix)]
    pub(super) fn listen() -> Result<Self, String> {
        use tokio::signal::unix::{SignalKind, signal};
        let listen = |kind| signal(kind).map_err(|error| format!("cannot take signals: {error}"));
        Ok(Self {
            interrupt: listen(SignalKind::interrupt())?,
            terminate: listen(SignalKind::terminate())?,
        })
    }

    /// Ctrl-C alone is known here, and listened for when it is asked for.
    #[cfg(not(unix))]
    pub(super) fn listen() -> Result<Self, String> {
        Ok(Self {})
    }

    /// Waits for the first signal. From then on a second one ends the process at once, and so does
    /// the time that `limits` gives.
    pub(super) async fn first(mut self, limits: &LimitsConfig) -> Signal {
        let signal = self.next().await;
        let patience = Duration::from_millis(limits.stop_ms);
        tokio::spawn(async move {
            tokio::select! {
                _ = self.next() => tracing::warn!("A second signal: the process ends at once."),
                () = tokio::time::sleep(patience) => {
                    tracing::error!("What is open takes too long: the process ends.");
                }
            }
            std::process::exit(1);
        });
        signal
    }

    #[cfg(unix)]
    async fn next(&mut self) -> Signal {
        tokio::select! {
            _ = self.interrupt.recv() => Signal::Interrupt,
            _ = self.terminate.recv() => Signal::Terminate,
        }
    }

    #[cfg(not(unix))]
    async fn next(&mut self) -> Signal {
        let _ = tokio::signal::ctrl_c().await;
        Signal::Interrupt
    }
}
