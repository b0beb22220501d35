//! Connections to the database: opening them, and receiving what the database sends.

use std::fmt;
use std::future::{Future, poll_fn};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;

use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::{AsyncMessage, Client, Config, Connection, Socket};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::super::postgres_error::describe;
use super::config::{PostgresConfig, host_name};
use super::tls::{self, TlsError};

/// The half of a connection that communicates. It has to be polled by
/// [`poll_message`](tokio_postgres::Connection::poll_message) for its [`Client`] to make progress.
pub(super) type PostgresConnection = Connection<Socket, <MakeRustlsConnect as MakeTlsConnect<Socket>>::Stream>;

/// Why there is no connection to the database.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The database refused it, or can't be reached.
    #[error("{}", describe(.0))]
    Postgres(#[from] tokio_postgres::Error),
    /// The database did not answer in time.
    #[error("the database did not answer in time")]
    Timeout,
    /// All connections of the pool are in use.
    #[error("no connection of the pool got free in time")]
    PoolExhausted,
    /// The pool has been closed.
    #[error("the pool has been closed")]
    Closed,
}

/// Opens connections.
#[derive(Clone)]
pub(super) struct Connector {
    config: Arc<PostgresConfig>,
    settings: Arc<str>,
    tls: MakeRustlsConnect,
    /// The index of the host that was connected to last. It is tried first: after a failover the others may not reply.
    last_host: Arc<AtomicUsize>,
}

impl Connector {
    /// Prepares encryption. Nothing is connected yet.
    ///
    /// # Errors
    /// [`TlsError`].
    pub(super) fn new(config: PostgresConfig) -> Result<Self, TlsError> {
        let (tls, settings) = (tls::connector(&config)?, config.session_settings().into());
        Ok(Self { config: Arc::new(config), settings, tls, last_host: Arc::default() })
    }

    pub(super) fn config(&self) -> &PostgresConfig {
        &self.config
    }

    /// Connects to the host that was used last, or to the first other one that can be used. Each may take
    /// [`connect_timeout`](PostgresConfig::connect_timeout). Cancel safe.
    ///
    /// # Errors
    /// [`ConnectError`] of the host that was tried last. Those of all hosts are logged if there are several.
    pub(super) async fn connect(&self) -> Result<(Client, PostgresConnection), ConnectError> {
        let (hosts, first) = (self.config.hosts(), self.last_host.load(Ordering::Relaxed));
        let mut last_error = ConnectError::Timeout;
        for (index, host) in hosts.iter().enumerate().cycle().skip(first).take(hosts.len()) {
            let connected = tokio::time::timeout(self.config.connect_timeout, self.connect_to(host)).await;
            match connected.unwrap_or(Err(ConnectError::Timeout)) {
                Ok(connected) => {
                    self.last_host.store(index, Ordering::Relaxed);
                    return Ok(connected);
                }
                Err(error) => last_error = error,
            }
            if hosts.len() > 1 {
                tracing::warn!(host = host_name(host), error = %last_error, "a host of the database can't be used");
            }
        }
        Err(last_error)
    }

    async fn connect_to(&self, host: &Config) -> Result<(Client, PostgresConnection), ConnectError> {
        let (client, mut connection) = host.connect(self.tls.clone()).await?;
        poll_while(&mut connection, client.batch_execute(&self.settings)).await?;
        Ok((client, connection))
    }
}

impl fmt::Debug for Connector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connector").field("config", &self.config).finish_non_exhaustive()
    }
}

/// Polls a connection until a request of its client is done. What the database sends meanwhile is dropped.
async fn poll_while<T>(
    connection: &mut PostgresConnection,
    request: impl Future<Output = Result<T, tokio_postgres::Error>>,
) -> Result<T, tokio_postgres::Error> {
    let mut request = std::pin::pin!(request);
    poll_fn(|cx| {
        while let Poll::Ready(message) = connection.poll_message(cx) {
            match message {
                Some(Ok(_)) => {}
                Some(Err(error)) => return Poll::Ready(Err(error)),
                // The request is done, or fails since the connection is closed.
                None => return request.as_mut().poll(cx),
            }
        }
        request.as_mut().poll(cx)
    })
    .await
}

/// The next notification or notice that the database sends on a connection; `None` when it is closed. Requests of its
/// client make progress only while this is awaited. Cancel safe.
///
/// # Errors
/// The connection is lost.
pub(super) async fn next_message(
    connection: &mut PostgresConnection,
) -> Option<Result<AsyncMessage, tokio_postgres::Error>> {
    poll_fn(|cx| connection.poll_message(cx)).await
}
