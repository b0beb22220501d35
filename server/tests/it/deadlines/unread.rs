//! Responses that the client does not read, or reads slowly: 20 s without any progress end the connection.

use std::time::Duration;

use tokio::time::{Instant, interval, interval_at};

use super::timed;
use crate::support::Server;
use crate::support::client_host::{ClientHost, HttpConnection};
use crate::support::http_response::{HttpResponse, ResponseReader};

/// Number of pages that are requested at once: more than all buffers between server and client hold.
const PAGES: usize = 200;

/// The read rate of a slow client.
const BYTES_PER_SECOND: usize = 300;

/// How long a client reads at the slow rate.
const SLOW_SECONDS: usize = 35;

/// The client's receive buffer in bytes: so small that its kernel acknowledges what is read within a few seconds.
const RECEIVE_BUFFER: u32 = 2 * 1024;

/// A connection with a small receive buffer, on which all pages have been requested.
async fn request_pages(server: &Server) -> HttpConnection {
    let host = ClientHost::new(server, 1);
    let stream = host.connect_with(|socket| socket.set_recv_buffer_size(RECEIVE_BUFFER).unwrap()).await;
    let (reader, writer) = stream.into_split();
    let mut http = HttpConnection { responses: ResponseReader::new(reader), writer };
    http.send(&format!("GET / HTTP/1.1\r\nHost: {}\r\n\r\n", server.address).repeat(PAGES)).await;
    http
}

/// The number of pages that are received, until all of them are or the connection ends.
async fn count_pages(http: &mut HttpConnection) -> usize {
    let mut count = 0;
    while let Ok(Some(HttpResponse { status: 200, .. })) = http.responses.next(false).await {
        count += 1;
        if count == PAGES {
            break;
        }
    }
    count
}

/// Reads nothing for this many seconds, then everything. Returns the number of received pages.
async fn pages_after(seconds: u64) -> usize {
    let server = Server::start().await;
    let mut http = request_pages(&server).await;
    interval_at(Instant::now() + Duration::from_secs(seconds), Duration::from_secs(1)).tick().await;
    timed(count_pages(&mut http)).await.1
}

pub(crate) async fn unread_responses_end_the_connection() {
    let (in_time, late) = tokio::join!(pages_after(15), pages_after(30));
    assert_eq!(in_time, PAGES, "after a pause of 15 s all pages are received");
    assert!(late < PAGES / 2, "{late} pages after 30 s");
}

pub(crate) async fn slowly_read_responses_are_complete() {
    let server = Server::start().await;
    let mut http = request_pages(&server).await;
    let mut ticks = interval(Duration::from_secs(1));
    for _ in 0..SLOW_SECONDS {
        ticks.tick().await;
        http.responses.receive_exact(BYTES_PER_SECOND).await;
    }
    assert_eq!(timed(count_pages(&mut http)).await.1, PAGES);
}
