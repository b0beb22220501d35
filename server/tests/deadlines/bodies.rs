//! Bodies of requests: nothing for 20 s ends them, and after 30 s so does less than 256 bytes a second.

use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::time::interval;

use crate::answer::Answer;
use crate::client_host::{ClientHost, HttpConnection, cookie};
use crate::support::Server;
use crate::{assert_waited, timed};

/// The head of a form that is to have so many bytes.
fn head(server: &Server, length: usize) -> String {
    format!(
        "POST / HTTP/1.1\r\nHost: {0}\r\nOrigin: http://{0}\r\nCookie: {1}\r\nContent-Length: {length}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\n\r\n",
        server.address,
        cookie(1)
    )
}

/// Waits until the server has answered, if it does, and closed the connection.
async fn end(http: &mut HttpConnection) -> Option<Answer> {
    let answer = http.answers.next(false).await.ok().flatten();
    if answer.is_some() {
        assert!(!matches!(http.answers.next(false).await, Ok(Some(_))), "a second answer");
    }
    answer
}

fn assert_refused(answer: Option<&Answer>) {
    let status = answer.map(|answer| answer.status);
    assert!(matches!(status, None | Some(400 | 408)), "{status:?}");
}

pub(crate) async fn one_that_stops_is_ended() {
    let server = Server::start().await;
    let mut http = ClientHost::new(&server, 1).http().await;
    http.sends(&(head(&server, 100) + "text=half")).await;
    let (seconds, answer) = timed(end(&mut http)).await;
    assert_waited(seconds, 20.0);
    assert_refused(answer.as_ref());
}

pub(crate) async fn one_of_single_bytes_is_ended() {
    let server = Server::start().await;
    let mut http = ClientHost::new(&server, 1).http().await;
    http.sends(&head(&server, 60_000)).await;
    let HttpConnection { answers, mut writer } = http;
    let drip = async move {
        let mut pace = interval(Duration::from_secs(2));
        loop {
            pace.tick().await;
            if writer.write_all(b"x").await.is_err() {
                return;
            }
        }
    };
    let dripping = tokio::spawn(drip);
    let mut answers = answers;
    let (seconds, answer) = timed(answers.next(false)).await;
    assert_waited(seconds, 30.0);
    assert_refused(answer.ok().flatten().as_ref());
    // Either by now or with the next byte there is nobody any more who takes it.
    timed(dripping).await.1.unwrap();
}

pub(crate) async fn one_that_is_slow_but_fair_is_taken() {
    const PART: usize = 300;
    const SECONDS: usize = 35;
    let server = Server::start().await;
    let mut http = ClientHost::new(&server, 1).http().await;
    let body = "name=Ana&id=1&text=";
    let body = format!("{body}{}", "x".repeat(SECONDS * PART - body.len()));
    http.sends(&head(&server, body.len())).await;
    let mut pace = interval(Duration::from_secs(1));
    for part in body.as_bytes().chunks(PART) {
        pace.tick().await;
        http.writer.write_all(part).await.unwrap();
    }
    assert_eq!(http.answer().await.expect("an answer").status, 303);
}
