//! HTTP connections: half a request on each, answers that nobody reads, and heads without an end.

use std::fmt::Write as _;

use futures_util::{StreamExt, future, stream};
use tokio::io::AsyncWriteExt;

use super::stage::{AT_ONCE, Stage};
use crate::client_host::cookie;
use crate::open_files::connections_per_address;
use crate::support::until;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn half_sent_forms_fill_the_connections_of_their_address_alone() {
    let mut stage = Stage::open().await;
    let host = stage.attacker;
    let half = format!(
        "POST / HTTP/1.1\r\nHost: {0}\r\nOrigin: http://{0}\r\nCookie: {1}\r\nContent-Length: 1000\r\n\
         Content-Type: application/x-www-form-urlencoded\r\n\r\ntext=",
        host.server,
        cookie(1)
    );
    let mut held = Vec::new();
    for _ in 0..connections_per_address() {
        let mut stream = host.connect().await;
        stream.write_all(half.as_bytes()).await.unwrap();
        held.push(stream);
    }
    let refused = host.gets("/robots.txt").await;
    assert_eq!((refused.status, refused.header("retry-after")), (429, Some("5")));
    stage.honest.is_served("while an address has all connections it may have").await;
    drop(held);
    until("the places are free again", || async { host.gets("/robots.txt").await.status == 200 }).await;
    stage.honest.is_served("after they have hung up").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_that_nobody_reads_hold_nobody_up() {
    let mut stage = Stage::open().await;
    let host = stage.attacker;
    let requests = format!("GET / HTTP/1.1\r\nHost: {}\r\n\r\n", host.server).repeat(50);
    let mut held = Vec::new();
    for _ in 0..64 {
        let mut stream = host.connect_with(|socket| socket.set_recv_buffer_size(4_096).unwrap()).await;
        stream.write_all(requests.as_bytes()).await.unwrap();
        held.push(stream);
    }
    stage.honest.is_served("while nobody reads so many answers").await;
    // Each has got the beginning of an answer, so that the server is at work on all of them.
    future::join_all(held.iter().map(tokio::net::TcpStream::readable)).await;
    stage.honest.is_served("while nobody goes on reading so many answers").await;
    drop(held);
    stage.honest.is_served("after they have hung up").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn heads_without_an_end_hold_nobody_up() {
    let mut stage = Stage::open().await;
    let host = stage.attacker;
    let unfinished = format!("GET / HTTP/1.1\r\nHost: {}\r\nX-A: {}", host.server, "a".repeat(4_000));
    let mut held = Vec::new();
    for _ in 0..500 {
        let mut stream = host.connect().await;
        stream.write_all(unfinished.as_bytes()).await.unwrap();
        held.push(stream);
    }
    stage.honest.is_served("while many heads have no end").await;
    let too_large = |number: usize| async move {
        let mut head = format!("GET / HTTP/1.1\r\nHost: {}\r\n", host.server);
        for line in 0..20 {
            let _ = write!(head, "X-{number}-{line}: {}\r\n", "a".repeat(1_000));
        }
        let mut http = host.http().await;
        http.sends(&head).await;
        assert_eq!(http.answer().await.expect("an answer").status, 431);
        assert!(http.answer().await.is_none(), "the connection ends");
    };
    stream::iter(0..100).for_each_concurrent(AT_ONCE, too_large).await;
    stage.honest.is_served("after many heads that are too large").await;
}
