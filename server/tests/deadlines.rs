//! How long the server waits for HTTP clients, in real time: not for ever, and long enough for slow but fair ones.
//!
//! The cases wait at the same time, so that the program takes no longer than the longest of them. Intervals pace what
//! slow clients send and read; the server's answers and closes are waited for as events.
#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

#[path = "hostile_http/answer.rs"]
#[allow(dead_code, reason = "another test program uses the rest")]
mod answer;
#[path = "support/client_host.rs"]
mod client_host;
mod support;

mod deadlines {
    pub(crate) mod bodies;
    pub(crate) mod idle;
    pub(crate) mod unread;
}

use std::future::Future;
use std::time::{Duration, Instant};

use tokio::task::JoinHandle;
use tokio::time::timeout;

use deadlines::{bodies, idle, unread};

/// Longer than the server waits for anything.
const AT_MOST: Duration = Duration::from_secs(60);

/// How long something takes, in seconds, and what came of it.
async fn timed<T>(future: impl Future<Output = T>) -> (f64, T) {
    let start = Instant::now();
    let outcome = timeout(AT_MOST, future).await.expect("the server ends it");
    (start.elapsed().as_secs_f64(), outcome)
}

/// Checks that the server waited for so many seconds: `least` is its deadline, and a busy machine may be late.
fn assert_waited(seconds: f64, least: f64) {
    assert!(seconds > least - 0.5 && seconds < least + 8.0, "ended after {seconds:.1} s, not about {least} s");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_that_are_too_slow_are_ended_and_others_are_not() {
    let cases: [(&str, JoinHandle<()>); 8] = [
        ("a body that stops coming", tokio::spawn(bodies::one_that_stops_is_ended())),
        ("a body of single bytes", tokio::spawn(bodies::one_of_single_bytes_is_ended())),
        ("a slow but fair body", tokio::spawn(bodies::one_that_is_slow_but_fair_is_taken())),
        ("answers that nobody reads", tokio::spawn(unread::answers_that_nobody_reads_are_given_up())),
        ("answers that are read slowly", tokio::spawn(unread::answers_that_are_read_slowly_arrive())),
        ("an idle connection", tokio::spawn(idle::an_idle_connection_is_closed())),
        ("a head that stops coming", tokio::spawn(idle::a_head_that_stops_is_ended())),
        ("an idle connection of a proxy", tokio::spawn(idle::one_of_a_trusted_proxy_stays_open())),
    ];
    let mut failed = Vec::new();
    for (name, case) in cases {
        // What went wrong is printed where the case panics.
        if case.await.is_err() {
            failed.push(name);
        }
    }
    assert!(failed.is_empty(), "{failed:?}");
}
