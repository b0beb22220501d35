//! Requests that do not wait for the answer to the one before: all are answered, completely and in order.
//!
//! The server runs on several threads here, as it does in production: a page that begins on one may end on another.

use futures_util::future::join_all;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use super::answer::AnswerReader;
use super::routes::{OUR_ORIGIN, get, post, request, session};
use crate::support::{Server, soon};

/// Sends all requests at once and reads as many answers; nothing may follow them when the last closes the connection.
async fn statuses(server: &Server, requests: &[Vec<u8>]) -> Vec<u16> {
    let (reading, mut writing) = TcpStream::connect(server.address).await.unwrap().into_split();
    let sent = requests.concat();
    let mut answers = AnswerReader::new(reading);
    let mut statuses = Vec::new();
    // The server may stop reading early; then answers are missing.
    let sending = async { drop(writing.write_all(&sent).await) };
    let receiving = async {
        for request in requests {
            match soon("the next answer comes", answers.next(request.starts_with(b"HEAD "))).await {
                Ok(Some(answer)) => statuses.push(answer.status),
                // Too few statuses say that something is missing.
                Ok(None) | Err(_) => return,
            }
        }
        assert!(matches!(soon("the connection ends", answers.next(false)).await, Ok(None)), "another answer comes");
    };
    tokio::join!(sending, receiving);
    statuses
}

/// Ten of the same, the last of which closes the connection.
fn ten(request: impl Fn(&str) -> Vec<u8>) -> Vec<Vec<u8>> {
    (1..=10).map(|i| request(if i == 10 { "Connection: close\r\n" } else { "" })).collect()
}

/// How many connections send the same at the same time.
const CONNECTIONS: usize = 6;

/// Pipelines by their name, with the statuses that have to come back.
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
async fn pipelined_requests_are_all_answered() {
    let server = Server::start_with(|config| config.limits_on = false).await;
    let mut failures = Vec::new();
    for (name, requests, expected) in pipelines() {
        let seen = join_all((0..CONNECTIONS).map(|_| statuses(&server, &requests))).await;
        if let Some(wrong) = seen.iter().find(|seen| **seen != expected) {
            failures.push(format!("- {name}: {wrong:?}"));
        }
    }
    for path in ["/healthz", "/"] {
        assert_eq!(server.get(path, "").await.0, 200, "{path} is answered afterwards");
    }
    assert!(failures.is_empty(), "{} pipelines fail:\n{}", failures.len(), failures.join("\n"));
}
