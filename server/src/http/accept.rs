//! The accept loop: accepts TCP connections and serves the router on each, with timeouts and connection limits.
//!
//! `axum::serve` has neither timeouts for request heads nor limits on open connections.

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
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceBuilder;

use crate::chat::{ClientAddress, LimitLog};
use crate::net::client_info::{ClientResolver, ConnectionAddresses};
use crate::net::io_timeout::{TimeoutBody, TimeoutStream};
use crate::net::{ConnectionLimiter, SocketPermit};

/// How long a client may take to send a request head, including the idle time before it.
const HEADER_TIMEOUT: Duration = Duration::from_secs(15);

/// The same for a trusted proxy, which keeps idle connections for later requests.
///
/// Most proxies close them earlier themselves, so that no request arrives on a connection that this server has closed.
const PROXY_HEADER_TIMEOUT: Duration = Duration::from_secs(75);

/// Maximum size of a request head in bytes; also the maximum that is read ahead of a body.
const MAX_HEAD_BYTES: usize = 16 * 1024;

/// Size of each socket's send buffer in the kernel: enough for a burst, and small enough for thousands of slow clients.
const SEND_BUFFER_BYTES: usize = 256 * 1024;

/// Delay before the next `accept` when the process has no file descriptors left.
const ACCEPT_RETRY_DELAY: Duration = Duration::from_millis(100);

/// Maximum number of rejected connections that are sent a response at the same time; others are closed without one.
const MAX_REJECTIONS_AT_ONCE: usize = 32;

/// How long a rejected client may take to read its response.
const REJECTION_TIMEOUT: Duration = Duration::from_secs(1);

/// Limits on open connections: in all, and per client address.
#[derive(Debug)]
pub(crate) struct ConnectionLimits {
    /// One permit per open connection; its size follows the limit of open files.
    pub(crate) all: Arc<Semaphore>,
    /// Counts connections per address, except those of trusted proxies.
    pub(crate) per_address: ConnectionLimiter,
    /// Knows the trusted proxies.
    pub(crate) resolver: ClientResolver,
    pub(crate) limit_log: Arc<LimitLog>,
}

/// Accepts connections until `shutdown` is cancelled, and serves each in a task of its own.
///
/// A connection above a limit gets status 503 or 429 and is closed.
pub(crate) async fn accept_connections(
    listener: TcpListener,
    router: Router,
    limits: ConnectionLimits,
    shutdown: CancellationToken,
    tasks: TaskTracker,
) {
    let rejections = Arc::new(Semaphore::new(MAX_REJECTIONS_AT_ONCE));
    loop {
        // Cancel safe: a connection that is not accepted yet stays in the listener's queue, and is closed with it.
        let accepted = tokio::select! {
            () = shutdown.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) if is_connection_error(&error) => continue,
            Err(error) => {
                tracing::error!(%error, "cannot accept connections");
                tokio::time::sleep(ACCEPT_RETRY_DELAY).await;
                continue;
            }
        };
        let (Ok(()), Ok(local)) = (configure_socket(&stream), stream.local_addr()) else {
            tracing::debug!("a connection closed before its socket was configured");
            continue;
        };
        let addresses = ConnectionAddresses { peer, local };
        let permit = match limits.acquire(peer) {
            Ok(permit) => permit,
            Err(status) => {
                if let Ok(rejection) = rejections.clone().try_acquire_owned() {
                    tasks.spawn(async move {
                        let _rejection = rejection;
                        reject(stream, status).await;
                    });
                }
                continue;
            }
        };
        let header_timeout = if limits.resolver.is_trusted_proxy(peer) { PROXY_HEADER_TIMEOUT } else { HEADER_TIMEOUT };
        let (router, shutdown) = (router.clone(), shutdown.clone());
        tasks.spawn(async move { serve_connection(stream, addresses, router, header_timeout, shutdown, permit).await });
    }
}

impl ConnectionLimits {
    /// Counts a connection from this peer.
    ///
    /// # Errors
    /// The status line of the rejection, if a limit is reached.
    fn acquire(&self, peer: SocketAddr) -> Result<SocketPermit, &'static str> {
        let all = self.all.clone().try_acquire_owned().map_err(|_| "503 Service Unavailable")?;
        let address = if self.resolver.is_trusted_proxy(peer) {
            None
        } else {
            let address = ClientAddress::from(peer.ip());
            Some(self.per_address.acquire(address).ok_or_else(|| {
                self.limit_log.reached(address, "CONNECTIONS_PER_ADDRESS");
                "429 Too Many Requests"
            })?)
        };
        Ok(SocketPermit::new(all, address))
    }
}

/// Whether the error concerns a single connection, so that the next one may be accepted at once.
fn is_connection_error(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

/// Disables Nagle's algorithm and bounds the send buffer.
fn configure_socket(stream: &TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    SockRef::from(stream).set_send_buffer_size(SEND_BUFFER_BYTES)
}

/// Responds with this status and closes the connection. Received bytes are read until then, since a TCP reset would
/// discard the response.
async fn reject(mut stream: TcpStream, status: &str) {
    let response = format!("HTTP/1.1 {status}\r\nRetry-After: 5\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    let respond = async {
        stream.write_all(response.as_bytes()).await?;
        stream.shutdown().await?;
        while stream.read(&mut [0; 1_024]).await? > 0 {}
        io::Result::Ok(())
    };
    let _ = tokio::time::timeout(REJECTION_TIMEOUT, respond).await;
}

/// Serves HTTP/1 on a connection, with upgrades, until it ends or `shutdown` is cancelled.
async fn serve_connection(
    stream: TcpStream,
    addresses: ConnectionAddresses,
    router: Router,
    header_timeout: Duration,
    shutdown: CancellationToken,
    permit: SocketPermit,
) {
    let service = ServiceBuilder::new()
        .layer(Extension(addresses))
        .layer(Extension(permit))
        .map_request(|request: Request<hyper::body::Incoming>| request.map(|body| Body::new(TimeoutBody::new(body))))
        .service(router);
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(header_timeout)
        .max_buf_size(MAX_HEAD_BYTES)
        .serve_connection(TokioIo::new(TimeoutStream::new(stream)), TowerToHyperService::new(service))
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
        tracing::debug!(%error, peer = %addresses.peer, "a connection ended with an error");
    }
}
