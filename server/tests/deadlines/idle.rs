//! Connections on which no request comes, or only the beginning of one: 15 s, and 75 s for a trusted proxy.

use std::time::Duration;

use tokio::time::interval;

use crate::client_host::ClientHost;
use crate::support::Server;
use crate::{assert_waited, timed};

/// The host of the trusted proxy: 127.0.0.3.
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
    http.sends(&request(&server)).await;
    assert_eq!(http.answer().await.expect("an answer").status, 200);
    let (seconds, end) = timed(http.answers.next(false)).await;
    assert!(matches!(end, Ok(None)), "{end:?}");
    assert_waited(seconds, 15.0);
}

pub(crate) async fn a_head_that_stops_is_ended() {
    let server = server().await;
    let mut http = ClientHost::new(&server, 1).http().await;
    http.sends("GET / HTTP/1.1\r\nHost: lo").await;
    let (seconds, answer) = timed(http.answers.next(false)).await;
    assert_waited(seconds, 15.0);
    assert!(answer.unwrap().is_none_or(|answer| answer.status == 408));
}

pub(crate) async fn one_of_a_trusted_proxy_stays_open() {
    let server = server().await;
    let mut http = ClientHost::new(&server, PROXY).http().await;
    let mut pace = interval(Duration::from_secs(20));
    // The first tick comes at once.
    for _ in 0..2 {
        pace.tick().await;
        http.sends(&request(&server)).await;
        assert_eq!(http.answer().await.expect("an answer").status, 200);
    }
}
