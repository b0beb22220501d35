//! Connections without a complete request head are closed after 15 s, or after 75 s if the peer is a trusted proxy.

use std::time::Duration;

use tokio::time::interval;

use super::{assert_waited, timed};
use crate::support::Server;
use crate::support::client_host::ClientHost;

/// The last byte of the trusted proxy's address, 127.0.0.3.
const PROXY: u8 = 3;

/// A server that trusts [`PROXY`].
async fn server() -> Server {
    Server::start_with(|config| config.trusted_proxies = vec!["127.0.0.3/32".parse().unwrap()]).await
}

fn request(server: &Server) -> String {
    format!("GET /robots.txt HTTP/1.1\r\nHost: {}\r\n\r\n", server.address)
}

pub(crate) async fn an_idle_connection_is_closed() {
    let server = server().await;
    let mut http = ClientHost::new(&server, 1).http().await;
    http.send(&request(&server)).await;
    assert_eq!(http.next_response().await.expect("a response").status, 200);
    let (seconds, end) = timed(http.responses.next(false)).await;
    assert!(matches!(end, Ok(None)), "{end:?}");
    assert_waited(seconds, 15.0);
}

pub(crate) async fn a_stalled_head_ends_the_connection() {
    let server = server().await;
    let mut http = ClientHost::new(&server, 1).http().await;
    http.send("GET / HTTP/1.1\r\nHost: lo").await;
    let (seconds, response) = timed(http.responses.next(false)).await;
    assert_waited(seconds, 15.0);
    assert!(response.unwrap().is_none_or(|response| response.status == 408));
}

pub(crate) async fn an_idle_connection_of_a_trusted_proxy_stays_open() {
    let server = server().await;
    let mut http = ClientHost::new(&server, PROXY).http().await;
    let mut ticks = interval(Duration::from_secs(20));
    // The first tick is immediate.
    for _ in 0..2 {
        ticks.tick().await;
        http.send(&request(&server)).await;
        assert_eq!(http.next_response().await.expect("a response").status, 200);
    }
}
