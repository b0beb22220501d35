//! A client that sends frames as fast as it can harms nobody: others are answered while it goes on, and it is read no
//! faster than its rate allows.
//!
//! `PARLOR_FLOOD_SECONDS` and `PARLOR_FLOODERS` make the floods longer and wider; what they cost others is printed then, and
//! bounded: `bin/test --long` does so with the release build.
#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

#[path = "floods"]
mod floods {
    pub(crate) mod flood;
    pub(crate) mod honest;
}
mod support;

use std::time::{Duration, Instant};

use floods::flood::{Flooder, KINDS, Kind, name};
use floods::honest::Honest;
use support::Server;

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(default)
}

/// Floods a server in these ways at once, while people talk and health checks go on.
async fn flood(kinds: &[Kind], limits_on: bool) {
    let server = Server::start_with(|config| config.limits_on = limits_on).await;
    let mut honest = Honest::come(&server).await;
    let long = setting("PARLOR_FLOOD_SECONDS", 0);
    let quiet = if long > 0 { honest.talk(500).await } else { Vec::new() };
    let mut flooders = Vec::new();
    for kind in kinds {
        for _ in 0..setting("PARLOR_FLOODERS", 1) {
            flooders.push((kind, Flooder::start(&server, *kind, flooders.len()).await));
        }
    }
    let start = Instant::now();
    let mut flooded = honest.talk(100).await;
    for _ in 0..10 {
        assert_eq!(server.get("/healthz", "").await.0, 200, "{kinds:?}");
    }
    while start.elapsed() < Duration::from_secs(long) {
        flooded.extend(honest.talk(100).await);
    }
    for (kind, flooder) in flooders {
        let (took, went_on) = (start.elapsed(), flooder.is_flooding());
        let answered = flooder.stop().await;
        assert!(went_on, "{}: the flood ended by itself", kind.name);
        // Among flooders of other kinds it also hears what those say.
        let counts = kinds.len() > 1 || answered <= kind.allowed(took);
        assert!(counts, "{}: {answered} answers in {took:?}", kind.name);
    }
    if long > 0 {
        let (quiet, flooded) = (p99(quiet), p99(flooded));
        let names: Vec<_> = kinds.iter().map(|kind| kind.name).collect();
        println!("limits {limits_on:<5} p99 quiet {quiet:?}, flooded {flooded:?}: {}", names.join(", "));
        assert!(flooded <= (3 * quiet).max(Duration::from_millis(25)), "{quiet:?} {flooded:?} {names:?}");
    }
}

fn p99(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() * 99 / 100]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn others_are_answered_during_any_flood() {
    for kind in KINDS {
        flood(&[*kind], true).await;
    }
    flood(KINDS, true).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn others_are_answered_during_any_flood_also_without_limits() {
    // Texts are what has no limit then.
    for kind in KINDS.iter().filter(|kind| !kind.is_text()) {
        flood(&[*kind], false).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_name_is_free_as_soon_as_its_client_has_flooded_and_hung_up() {
    let server = Server::start().await;
    for kind in KINDS.iter().filter(|kind| kind.is_named) {
        let mut flooder = Flooder::start(&server, *kind, 0).await;
        let mut honest = Honest::come(&server).await;
        honest.talk(5).await;
        flooder.hang_up().await;
        let hung_up = Instant::now();
        support::until("the name is free", || async {
            let mut other = server.nobody().await;
            other.says(&name(0)).await;
            loop {
                let frame = other.next().await;
                if frame["error"] == "Username already taken" {
                    return false;
                }
                if frame["message"] == format!("{} has joined the chat", name(0)) {
                    other.leaves().await;
                    return true;
                }
            }
        })
        .await;
        // The end is behind some megabytes that the client's kernel still holds, and that are dropped at a bounded pace.
        assert!(hung_up.elapsed() < Duration::from_secs(12), "{}: {:?}", kind.name, hung_up.elapsed());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flooded_server_still_ends_in_time() {
    let server = Server::start_with(|config| config.drain = Duration::from_secs(60)).await;
    let mut flooders = Vec::new();
    for (number, kind) in KINDS.iter().enumerate() {
        flooders.push(Flooder::start(&server, *kind, number).await);
    }
    let start = Instant::now();
    server.stop().await;
    // A closed connection has five seconds to hang up.
    assert!(start.elapsed() < Duration::from_secs(15), "{:?}", start.elapsed());
}
