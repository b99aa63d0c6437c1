//! Listens and, at the end, lets open requests finish.

use std::{future::Future, io, net::SocketAddr, time::Duration};

use axum::serve::ListenerExt;
use tokio::net::{TcpListener, TcpStream};

use super::Web;

/// Serves until `stop` ends, then drains open requests and closes streams for at most `drain`.
pub async fn serve(
    listener: TcpListener,
    web: Web,
    stop: impl Future<Output = ()> + Send + 'static,
    drain: Duration,
) -> io::Result<()> {
    let Web {
        router,
        streams,
        write_patience,
    } = web;
    let listener = listener.tap_io(move |stream| tune(stream, write_patience));
    let (stopping, mut stopped) = tokio::sync::watch::channel(false);
    let closing = streams.clone();
    let stop = async move {
        stop.await;
        tracing::info!("Stopping: open requests may finish.");
        closing.close();
        let _ = stopping.send(true);
    };
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let serving = axum::serve(listener, service).with_graceful_shutdown(stop);
    // A connection that became a WebSocket is no request any more.
    let serving = async move {
        let served = serving.await;
        streams.closed().await;
        served
    };
    let patience = async move {
        let _ = stopped.wait_for(|stopped| *stopped).await;
        tokio::time::sleep(drain).await;
    };
    tokio::select! {
        done = serving => done,
        () = patience => {
            tracing::warn!("Some requests did not finish in time and were cut.");
            Ok(())
        }
    }
}

/// Small frames leave at once; and who takes nothing of what waits for them is cut by the kernel,
/// also below a response that nobody in here is asked to go on with.
fn tune(stream: &TcpStream, write_patience: Duration) {
    let socket = socket2::SockRef::from(stream);
    let mut tuned = socket.set_tcp_nodelay(true);
    if cfg!(target_os = "linux") {
        tuned = tuned.and(socket.set_tcp_user_timeout(Some(write_patience)));
    }
    if let Err(error) = tuned {
        tracing::debug!(%error, "A connection could not be tuned.");
    }
}

/// Ends at SIGTERM or Ctrl-C.
pub async fn interrupted() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    let _ = interrupt.await;
}
