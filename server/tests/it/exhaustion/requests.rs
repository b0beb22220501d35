//! HTTP connections: incomplete forms, unread responses, and request heads without an end.

use std::fmt::Write as _;

use futures_util::{StreamExt, future, stream};
use tokio::io::AsyncWriteExt;

use super::attack::{AT_ONCE, Attack};
use crate::support::client_host::session_cookie;
use crate::support::open_files::connections_per_address;
use crate::support::wait_until;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn incomplete_forms_use_up_only_the_connections_of_their_address() {
    let mut attack = Attack::prepare().await;
    let host = attack.attacker;
    let half = format!(
        "POST / HTTP/1.1\r\nHost: {0}\r\nOrigin: http://{0}\r\nCookie: {1}\r\nContent-Length: 1000\r\n\
         Content-Type: application/x-www-form-urlencoded\r\n\r\ntext=",
        host.server,
        session_cookie(1)
    );
    let mut held = Vec::new();
    for _ in 0..connections_per_address() {
        let mut stream = host.connect().await;
        stream.write_all(half.as_bytes()).await.unwrap();
        held.push(stream);
    }
    let refused = host.get("/robots.txt").await;
    assert_eq!((refused.status, refused.header("retry-after")), (429, Some("5")));
    attack.honest.assert_served("while an address has its maximum of connections").await;
    drop(held);
    wait_until("the connections are free again", || async { host.get("/robots.txt").await.status == 200 }).await;
    attack.honest.assert_served("after they have disconnected").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unread_responses_do_not_delay_other_clients() {
    let mut attack = Attack::prepare().await;
    let host = attack.attacker;
    let requests = format!("GET / HTTP/1.1\r\nHost: {}\r\n\r\n", host.server).repeat(50);
    let mut held = Vec::new();
    for _ in 0..64 {
        let mut stream = host.connect_with(|socket| socket.set_recv_buffer_size(4_096).unwrap()).await;
        stream.write_all(requests.as_bytes()).await.unwrap();
        held.push(stream);
    }
    attack.honest.assert_served("while many responses are unread").await;
    // Each connection has received the beginning of a response, so the server is writing on all of them.
    future::join_all(held.iter().map(tokio::net::TcpStream::readable)).await;
    attack.honest.assert_served("while many responses are partly sent").await;
    drop(held);
    attack.honest.assert_served("after they have disconnected").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn incomplete_heads_do_not_delay_other_clients() {
    let mut attack = Attack::prepare().await;
    let host = attack.attacker;
    let unfinished = format!("GET / HTTP/1.1\r\nHost: {}\r\nX-A: {}", host.server, "a".repeat(4_000));
    let mut held = Vec::new();
    for _ in 0..500 {
        let mut stream = host.connect().await;
        stream.write_all(unfinished.as_bytes()).await.unwrap();
        held.push(stream);
    }
    attack.honest.assert_served("while many heads are incomplete").await;
    let too_large = |number: usize| async move {
        let mut head = format!("GET / HTTP/1.1\r\nHost: {}\r\n", host.server);
        for line in 0..20 {
            let _ = write!(head, "X-{number}-{line}: {}\r\n", "a".repeat(1_000));
        }
        let mut http = host.http().await;
        http.send(&head).await;
        assert_eq!(http.next_response().await.expect("a response").status, 431);
        assert!(http.next_response().await.is_none(), "the connection is closed");
    };
    stream::iter(0..100).for_each_concurrent(AT_ONCE, too_large).await;
    attack.honest.assert_served("after many heads that are too large").await;
}
