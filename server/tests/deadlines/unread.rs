//! Answers that the client does not read, or reads slowly: 20 s without any progress end the connection.

use std::time::Duration;

use tokio::time::{Instant, interval, interval_at};

use crate::answer::{Answer, AnswerReader};
use crate::client_host::{ClientHost, HttpConnection};
use crate::support::Server;
use crate::timed;

/// Pages that are asked for at once: more than all buffers between server and client hold.
const PAGES: usize = 200;

/// How slowly somebody reads.
const BYTES_PER_SECOND: usize = 300;

/// For how long they read so slowly.
const SLOW_SECONDS: usize = 35;

/// Receive buffer of the client, in bytes: so small that its kernel tells of what is read after a few seconds.
const RECEIVE_BUFFER: u32 = 2 * 1024;

/// A connection of a client whose kernel keeps little, on which all pages have been asked for.
async fn asks_for_pages(server: &Server) -> HttpConnection {
    let host = ClientHost::new(server, 1);
    let stream = host.connect_with(|socket| socket.set_recv_buffer_size(RECEIVE_BUFFER).unwrap()).await;
    let (reader, writer) = stream.into_split();
    let mut http = HttpConnection { answers: AnswerReader::new(reader), writer };
    http.sends(&format!("GET / HTTP/1.1\r\nHost: {}\r\n\r\n", server.address).repeat(PAGES)).await;
    http
}

/// How many pages come before the connection ends or all are there.
async fn pages_that_come(http: &mut HttpConnection) -> usize {
    let mut count = 0;
    while let Ok(Some(Answer { status: 200, .. })) = http.answers.next(false).await {
        count += 1;
        if count == PAGES {
            break;
        }
    }
    count
}

/// Reads nothing for so many seconds, then everything. Returns how many pages came.
async fn pages_after(seconds: u64) -> usize {
    let server = Server::start().await;
    let mut http = asks_for_pages(&server).await;
    interval_at(Instant::now() + Duration::from_secs(seconds), Duration::from_secs(1)).tick().await;
    timed(pages_that_come(&mut http)).await.1
}

pub(crate) async fn answers_that_nobody_reads_are_given_up() {
    let (patient, late) = tokio::join!(pages_after(15), pages_after(30));
    assert_eq!(patient, PAGES, "whoever reads on after 15 s gets everything");
    assert!(late < PAGES / 2, "{late} pages after 30 s");
}

pub(crate) async fn answers_that_are_read_slowly_arrive() {
    let server = Server::start().await;
    let mut http = asks_for_pages(&server).await;
    let mut pace = interval(Duration::from_secs(1));
    for _ in 0..SLOW_SECONDS {
        pace.tick().await;
        http.answers.reads(BYTES_PER_SECOND).await;
    }
    assert_eq!(timed(pages_that_come(&mut http)).await.1, PAGES);
}
