//! The accept loop: our own, around the router, for deadlines and for bounds on what is open.

use std::io;
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
use crate::net::client::{Clients, Ends};
use crate::net::progress::{TimedBody, TimedStream};
use crate::net::{ConnectionLimiter, SocketPermit};

/// How long a client may take to send a request's headers, the wait for its next request included.
const HEADERS: Duration = Duration::from_secs(15);

/// The same for a trusted proxy, which keeps connections for requests to come: longer than most proxies keep them, so
/// that it is the proxy who closes and no request meets a closed connection.
const HEADERS_OF_PROXY: Duration = Duration::from_secs(75);

/// Largest head of a request, in bytes; also what is read ahead of a body.
const HEAD_BYTES: usize = 16 * 1024;

/// Bytes the kernel keeps for a socket that is read too slowly: enough for a burst, small enough times thousands.
const SEND_BUFFER: usize = 256 * 1024;

/// How long to wait when the process has no file handles left.
const EXHAUSTED: Duration = Duration::from_millis(100);

/// Refused clients that are told why at the same time; others are just closed.
const TOLD_AT_ONCE: usize = 32;

/// How long a refused client has to read why.
const TELLING: Duration = Duration::from_secs(1);

/// What bounds the open sockets.
#[derive(Debug)]
pub(crate) struct Bounds {
    /// All sockets.
    pub(crate) all: Arc<Semaphore>,
    /// Those of each address.
    pub(crate) limiter: ConnectionLimiter,
    pub(crate) clients: Clients,
    pub(crate) log: Arc<LimitLog>,
}

/// Accepts connections until `shutdown`, and serves each in a task of its own.
pub(crate) async fn accept(
    listener: TcpListener,
    router: Router,
    bounds: Bounds,
    shutdown: CancellationToken,
    tasks: TaskTracker,
) {
    let told = Arc::new(Semaphore::new(TOLD_AT_ONCE));
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
        let (Ok(()), Ok(local)) = (prepare(&stream), stream.local_addr()) else {
            tracing::debug!("a socket went away while it was prepared");
            continue;
        };
        let ends = Ends { peer, local };
        let permit = match bounds.permit(ends) {
            Ok(permit) => permit,
            Err(status) => {
                if let Ok(telling) = told.clone().try_acquire_owned() {
                    tasks.spawn(async move {
                        let _telling = telling;
                        refuse(stream, status).await;
                    });
                }
                continue;
            }
        };
        let idle = if bounds.clients.is_proxy(peer) { HEADERS_OF_PROXY } else { HEADERS };
        let (router, shutdown) = (router.clone(), shutdown.clone());
        tasks.spawn(async move { serve(stream, ends, router, idle, shutdown, permit).await });
    }
}

impl Bounds {
    /// Counts a socket, or tells the status line of its refusal.
    fn permit(&self, ends: Ends) -> Result<SocketPermit, &'static str> {
        let all = self.all.clone().try_acquire_owned().map_err(|_| "503 Service Unavailable")?;
        let peer = if self.clients.is_proxy(ends.peer) {
            None
        } else {
            let address = ClientAddress::from(ends.peer.ip());
            Some(self.limiter.acquire(address).ok_or_else(|| {
                self.log.reached(address, "CONNECTIONS_PER_ADDRESS");
                "429 Too Many Requests"
            })?)
        };
        Ok(SocketPermit::new(all, peer))
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

/// Tells a client that there are too many. What it sends meanwhile is read, as a reset would take the answer from it.
async fn refuse(mut stream: TcpStream, status: &str) {
    let answer = format!("HTTP/1.1 {status}\r\nRetry-After: 5\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    let tell = async {
        stream.write_all(answer.as_bytes()).await?;
        stream.shutdown().await?;
        while stream.read(&mut [0; 1_024]).await? > 0 {}
        io::Result::Ok(())
    };
    let _ = tokio::time::timeout(TELLING, tell).await;
}

async fn serve(
    stream: TcpStream,
    ends: Ends,
    router: Router,
    idle: Duration,
    shutdown: CancellationToken,
    permit: SocketPermit,
) {
    let service = ServiceBuilder::new()
        .layer(Extension(ends))
        .layer(Extension(permit))
        .map_request(|request: Request<hyper::body::Incoming>| request.map(|body| Body::new(TimedBody::new(body))))
        .service(router);
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(idle)
        .max_buf_size(HEAD_BYTES)
        .serve_connection(TokioIo::new(TimedStream::new(stream)), TowerToHyperService::new(service))
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
        tracing::debug!(%error, peer = %ends.peer, "a connection ended badly");
    }
}
