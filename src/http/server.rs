//! Listens and, at the end, lets open requests finish.

use std::{future::Future, io, net::SocketAddr, time::Duration};

use axum_server::{Handle, Server, accept::DefaultAcceptor, tls_rustls::RustlsAcceptor};
use futures_util::FutureExt;
use tokio::net::TcpListener;

use super::{Web, admission::Admitted};
use crate::platform::config::ConnectionsConfig;

/// Serves until `stop` ends, then drains open requests and closes streams for at most `drain`. How
/// long the streams take to close, one after the other, `stop` says.
pub async fn serve(
    listener: TcpListener,
    web: Web,
    stop: impl Future<Output = Duration> + Send + 'static,
    drain: Duration,
) -> io::Result<()> {
    let Web {
        router,
        streams,
        connections,
        admission,
        tls,
        ..
    } = web;
    let (handle, closing) = (Handle::new(), streams.clone());
    let requests = router.into_make_service_with_connect_info::<SocketAddr>();
    let mut server = Server::from_listener(listener)
        .handle(handle.clone())
        .accept_error_handler(|_: Option<&SocketAddr>, error| {
            tracing::debug!(%error, "A connection was not accepted.");
        });
    bound(&mut server, &connections);
    let serving = match tls {
        None => {
            let inner = DefaultAcceptor::new();
            server
                .acceptor(Admitted { admission, inner })
                .serve(requests)
                .boxed()
        }
        Some(tls) => {
            let inner = RustlsAcceptor::new(tls.shown()).handshake_timeout(connections.head());
            server
                .acceptor(Admitted { admission, inner })
                .serve(requests)
                .boxed()
        }
    };
    // A connection that became a WebSocket is no request any more.
    let serving = async move {
        let served = serving.await;
        streams.closed().await;
        served
    };
    let patience = async {
        let spread = stop.await;
        tracing::info!("Stopping: open requests may finish.");
        closing.close(spread);
        handle.graceful_shutdown(None);
        tokio::time::sleep(drain).await;
    };
    tokio::select! {
        done = serving => done,
        () = patience => {
            tracing::warn!("Some requests did not finish in time and were cut.");
            handle.shutdown();
            Ok(())
        }
    }
}

/// What HTTP itself may take. How long it may take is the connection's business: see `patience`.
fn bound<A>(server: &mut Server<SocketAddr, A>, config: &ConnectionsConfig) {
    let head = config.max_request_head_bytes;
    let http = server.http_builder();
    http.http1().max_buf_size(head as usize);
    http.http2()
        .max_header_list_size(head)
        .max_concurrent_streams(config.max_http2_streams)
        .enable_connect_protocol();
}
