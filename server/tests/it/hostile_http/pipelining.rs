//! Pipelined requests all get complete responses, in order.
//!
//! The server runs on several threads here, as in production, so the rendering of a page may move between threads.

use futures_util::future::join_all;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use super::routes::{OUR_ORIGIN, get, post, request, session};
use crate::support::http_response::ResponseReader;
use crate::support::{Server, wait_for};

/// Sends all requests at once and returns the statuses of as many responses. The last request closes the connection, so
/// nothing may follow its response.
async fn statuses(server: &Server, requests: &[Vec<u8>]) -> Vec<u16> {
    let (read_half, mut write_half) = TcpStream::connect(server.address).await.unwrap().into_split();
    let sent = requests.concat();
    let mut responses = ResponseReader::new(read_half);
    let mut statuses = Vec::new();
    // If the server stops reading early, responses are missing.
    let sending = async { drop(write_half.write_all(&sent).await) };
    let receiving = async {
        for request in requests {
            match wait_for("the next response comes", responses.next(request.starts_with(b"HEAD "))).await {
                Ok(Some(response)) => statuses.push(response.status),
                // The caller notices that statuses are missing.
                Ok(None) | Err(_) => return,
            }
        }
        assert!(
            matches!(wait_for("the connection ends", responses.next(false)).await, Ok(None)),
            "another response comes"
        );
    };
    tokio::join!(sending, receiving);
    statuses
}

/// Ten equal requests, the last of which closes the connection.
fn ten(request: impl Fn(&str) -> Vec<u8>) -> Vec<Vec<u8>> {
    (1..=10).map(|i| request(if i == 10 { "Connection: close\r\n" } else { "" })).collect()
}

/// Number of connections that send a pipeline at the same time.
const CONNECTIONS: usize = 6;

/// Pipelines: name, requests and expected statuses.
fn pipelines() -> Vec<(String, Vec<Vec<u8>>, Vec<u16>)> {
    let mut pipelines = Vec::new();
    for (path, expected) in [("/", 200), ("/r/kitchen", 200), ("/rooms", 200), ("/healthz", 200), ("/nothing", 404)] {
        for method in ["GET", "HEAD"] {
            let requests = ten(|lines| request(method, path, lines, None));
            pipelines.push((format!("{method} {path}"), requests, vec![expected; 10]));
        }
        let requests = ten(|lines| get(path, format!("Accept-Encoding: gzip, br\r\n{lines}")));
        pipelines.push((format!("GET {path}, compressed"), requests, vec![expected; 10]));
    }
    let forms = ten(|lines| post("/", format!("{OUR_ORIGIN}{}{lines}", session(1)), "name=Ana"));
    pipelines.push(("POST /".to_owned(), forms, vec![303; 10]));
    let mixed = vec![
        get("/", ""),
        request("HEAD", "/rooms", "", None),
        post("/settings", OUR_ORIGIN, "theme=dark"),
        get("/nothing", ""),
        request("DELETE", "/rooms", "", None),
        post("/", "Origin: http://evil.example\r\n", "name=Mallory"),
        get("/ws/chat", ""),
        get("/", "Connection: close\r\n"),
    ];
    pipelines.push(("different requests".to_owned(), mixed, vec![200, 200, 303, 404, 405, 403, 426, 200]));
    pipelines
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pipelined_requests_all_get_a_response() {
    let server = Server::start_with(|config| config.limits_on = false).await;
    let mut failures = Vec::new();
    for (name, requests, expected) in pipelines() {
        let seen = join_all((0..CONNECTIONS).map(|_| statuses(&server, &requests))).await;
        if let Some(wrong) = seen.iter().find(|seen| **seen != expected) {
            failures.push(format!("- {name}: {wrong:?}"));
        }
    }
    for path in ["/healthz", "/"] {
        assert_eq!(server.get(path, "").await.0, 200, "{path} loads afterwards");
    }
    assert!(failures.is_empty(), "{} pipelines fail:\n{}", failures.len(), failures.join("\n"));
}
