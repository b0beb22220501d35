//! The accept loop: our own, around the router, for hyper's deadlines and a bound on what is open.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use axum::{Extension, Router};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use socket2::SockRef;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceBuilder;

/// How long a client may take to send a request's headers, the wait for its next request included.
const HEADERS: Duration = Duration::from_secs(15);

/// Bytes the kernel keeps for a socket that is read too slowly: enough for a burst, small enough times thousands.
const SEND_BUFFER: usize = 256 * 1024;

/// How long to wait when the process has no file handles left.
const EXHAUSTED: Duration = Duration::from_millis(100);

/// Accepts connections until `shutdown`, and serves each in a task of its own.
pub(crate) async fn accept(
    listener: TcpListener,
    router: Router,
    open_at_most: usize,
    shutdown: CancellationToken,
    tasks: TaskTracker,
) {
    let places = Arc::new(Semaphore::new(open_at_most));
    loop {
        // Cancel safe: a connection that is not accepted yet stays in the listener's queue, and ends with it.
        let accepted = tokio::select! {
            () = shutdown.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) if is_about_one_connection(&error) => continue,
            Err(error) => {
                tracing::error!(%error, "no connection can be accepted");
                tokio::time::sleep(EXHAUSTED).await;
                continue;
            }
        };
        let Ok(place) = places.clone().try_acquire_owned() else {
            refuse(&stream);
            continue;
        };
        if let Err(error) = prepare(&stream) {
            tracing::debug!(%error, "a socket went away while it was prepared");
            continue;
        }
        let (router, shutdown) = (router.clone(), shutdown.clone());
        tasks.spawn(async move {
            serve(stream, peer, router, shutdown, Arc::new(place)).await;
        });
    }
}

fn is_about_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

fn prepare(stream: &TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    SockRef::from(stream).set_send_buffer_size(SEND_BUFFER)
}

/// Says that the server is full, as far as that can be said without waiting for the client.
fn refuse(stream: &TcpStream) {
    let _ = stream.try_write(
        b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
    );
}

/// Keeps a connection's place for as long as the connection is open: the request's extensions carry it into the
/// WebSocket, which outlives the HTTP connection.
pub(crate) type Place = Arc<OwnedSemaphorePermit>;

async fn serve(stream: TcpStream, peer: SocketAddr, router: Router, shutdown: CancellationToken, place: Place) {
    let service = ServiceBuilder::new()
        .layer(Extension(peer))
        .layer(Extension(place))
        .map_request(|request: Request<hyper::body::Incoming>| request.map(Body::new))
        .service(router);
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADERS)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(service))
        .with_upgrades();
    tokio::pin!(connection);
    // Cancel safe: the connection stays pinned across both arms.
    let outcome = tokio::select! {
        outcome = connection.as_mut() => outcome,
        () = shutdown.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = outcome {
        tracing::debug!(%error, %peer, "a connection ended badly");
    }
}
