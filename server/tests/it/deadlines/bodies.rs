//! Request bodies fail after 20 s without data, and after 30 s if they arrive with less than 256 bytes per second.

use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::time::interval;

use super::{assert_waited, timed};
use crate::support::Server;
use crate::support::client_host::{ClientHost, HttpConnection, session_cookie};
use crate::support::http_response::HttpResponse;

/// The head of a form with this `Content-Length`.
fn head(server: &Server, length: usize) -> String {
    format!(
        "POST / HTTP/1.1\r\nHost: {0}\r\nOrigin: http://{0}\r\nCookie: {1}\r\nContent-Length: {length}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\n\r\n",
        server.address,
        session_cookie(1)
    )
}

/// Waits until the server closes the connection. Returns its response, if there is one.
async fn wait_for_end(http: &mut HttpConnection) -> Option<HttpResponse> {
    let response = http.responses.next(false).await.ok().flatten();
    if response.is_some() {
        assert!(!matches!(http.responses.next(false).await, Ok(Some(_))), "a second response");
    }
    response
}

fn assert_rejected(response: Option<&HttpResponse>) {
    let status = response.map(|response| response.status);
    assert!(matches!(status, None | Some(400 | 408)), "{status:?}");
}

pub(crate) async fn a_stalled_body_is_rejected() {
    let server = Server::start().await;
    let mut http = ClientHost::new(&server, 1).http().await;
    http.send(&(head(&server, 100) + "text=half")).await;
    let (seconds, response) = timed(wait_for_end(&mut http)).await;
    assert_waited(seconds, 20.0);
    assert_rejected(response.as_ref());
}

pub(crate) async fn a_body_below_the_minimum_rate_is_rejected() {
    let server = Server::start().await;
    let mut http = ClientHost::new(&server, 1).http().await;
    http.send(&head(&server, 60_000)).await;
    let HttpConnection { responses, mut writer } = http;
    let send_bytes = async move {
        let mut ticks = interval(Duration::from_secs(2));
        loop {
            ticks.tick().await;
            if writer.write_all(b"x").await.is_err() {
                return;
            }
        }
    };
    let sending = tokio::spawn(send_bytes);
    let mut responses = responses;
    let (seconds, response) = timed(responses.next(false)).await;
    assert_waited(seconds, 30.0);
    assert_rejected(response.ok().flatten().as_ref());
    // The connection is closed by now, or when the next byte is sent.
    timed(sending).await.1.unwrap();
}

pub(crate) async fn a_slow_body_above_the_minimum_rate_is_accepted() {
    const BYTES_PER_SECOND: usize = 300;
    const SECONDS: usize = 35;
    let server = Server::start().await;
    let mut http = ClientHost::new(&server, 1).http().await;
    let body = "name=Ana&id=1&text=";
    let body = format!("{body}{}", "x".repeat(SECONDS * BYTES_PER_SECOND - body.len()));
    http.send(&head(&server, body.len())).await;
    let mut ticks = interval(Duration::from_secs(1));
    for piece in body.as_bytes().chunks(BYTES_PER_SECOND) {
        ticks.tick().await;
        http.writer.write_all(piece).await.unwrap();
    }
    assert_eq!(http.next_response().await.expect("a response").status, 303);
}
