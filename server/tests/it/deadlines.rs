//! Timeouts of HTTP connections, in real time: stalled clients are disconnected, and slow ones above the minimum rate
//! are not.
//!
//! The cases run at the same time, so that the test takes no longer than the longest of them.

mod bodies;
mod idle;
mod unread;

use std::future::Future;
use std::time::{Duration, Instant};

use tokio::task::JoinHandle;
use tokio::time::timeout;

/// Longer than any timeout of the server.
const MAX_WAIT: Duration = Duration::from_secs(60);

/// The duration of a future in seconds, and its output.
async fn timed<T>(future: impl Future<Output = T>) -> (f64, T) {
    let start = Instant::now();
    let outcome = timeout(MAX_WAIT, future).await.expect("the server ends the connection");
    (start.elapsed().as_secs_f64(), outcome)
}

/// Checks that the server waited for its timeout in seconds. It may be late on a busy machine.
fn assert_waited(seconds: f64, timeout: f64) {
    assert!(seconds > timeout - 0.5 && seconds < timeout + 8.0, "ended after {seconds:.1} s, not about {timeout} s");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn too_slow_clients_are_disconnected_and_others_are_not() {
    let cases: [(&str, JoinHandle<()>); 8] = [
        ("a stalled body", tokio::spawn(bodies::a_stalled_body_is_rejected())),
        ("a body below the minimum rate", tokio::spawn(bodies::a_body_below_the_minimum_rate_is_rejected())),
        ("a slow body", tokio::spawn(bodies::a_slow_body_above_the_minimum_rate_is_accepted())),
        ("unread responses", tokio::spawn(unread::unread_responses_end_the_connection())),
        ("slowly read responses", tokio::spawn(unread::slowly_read_responses_are_complete())),
        ("an idle connection", tokio::spawn(idle::an_idle_connection_is_closed())),
        ("a stalled head", tokio::spawn(idle::a_stalled_head_ends_the_connection())),
        ("an idle connection of a proxy", tokio::spawn(idle::an_idle_connection_of_a_trusted_proxy_stays_open())),
    ];
    let mut failed = Vec::new();
    for (name, case) in cases {
        // The panic of the case has printed the reason.
        if case.await.is_err() {
            failed.push(name);
        }
    }
    assert!(failed.is_empty(), "{failed:?}");
}
