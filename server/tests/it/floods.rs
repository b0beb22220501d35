//! A client that sends frames as fast as it can does not affect others: they are served during the flood, and the
//! server reads the flooding client no faster than its rate limits allow.
//!
//! `PARLOR_FLOOD_SECONDS` sets the duration of the floods and `PARLOR_FLOODERS` the number of clients per flood. With a
//! duration, the latency of other clients is printed and bounded. `bin/test --long` does this with the release build.

mod flood;
mod regular_clients;

use std::time::{Duration, Instant};

use self::flood::{FLOODS, Flood, Flooder, flooder_name};
use self::regular_clients::RegularClients;
use crate::support::Server;

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(default)
}

/// Runs floods at the same time while regular clients exchange messages and health checks are requested.
async fn run_floods(floods: &[Flood], limits_on: bool) {
    let server = Server::start_with(|config| config.limits_on = limits_on).await;
    let mut clients = RegularClients::join(&server).await;
    let long = setting("PARLOR_FLOOD_SECONDS", 0);
    let quiet = if long > 0 { clients.exchange(500).await } else { Vec::new() };
    let mut flooders = Vec::new();
    for flood in floods {
        for _ in 0..setting("PARLOR_FLOODERS", 1) {
            flooders.push((flood, Flooder::start(&server, *flood, flooders.len()).await));
        }
    }
    let start = Instant::now();
    let mut flooded = clients.exchange(100).await;
    for _ in 0..10 {
        assert_eq!(server.get("/healthz", "").await.0, 200, "{floods:?}");
    }
    while start.elapsed() < Duration::from_secs(long) {
        flooded.extend(clients.exchange(100).await);
    }
    for (flood, flooder) in flooders {
        let (took, was_flooding) = (start.elapsed(), flooder.is_flooding());
        let answered = flooder.stop().await;
        assert!(was_flooding, "{}: the flood ended by itself", flood.name);
        // Among flooders of other kinds, a client also receives their messages.
        let counts = floods.len() > 1 || answered <= flood.allowed(took);
        assert!(counts, "{}: {answered} answers in {took:?}", flood.name);
    }
    if long > 0 {
        let (quiet, flooded) = (p99(quiet), p99(flooded));
        let names: Vec<_> = floods.iter().map(|flood| flood.name).collect();
        println!("limits {limits_on:<5} p99 quiet {quiet:?}, flooded {flooded:?}: {}", names.join(", "));
        assert!(flooded <= (3 * quiet).max(Duration::from_millis(25)), "{quiet:?} {flooded:?} {names:?}");
    }
}

fn p99(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() * 99 / 100]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn other_clients_are_served_during_any_flood() {
    for flood in FLOODS {
        run_floods(&[*flood], true).await;
    }
    run_floods(FLOODS, true).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn other_clients_are_served_during_any_flood_without_limits() {
    // Without limits, only texts are unlimited.
    for flood in FLOODS.iter().filter(|flood| !flood.is_text()) {
        run_floods(&[*flood], false).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_name_is_released_after_its_flooding_client_has_disconnected() {
    let server = Server::start().await;
    for flood in FLOODS.iter().filter(|flood| flood.is_named) {
        let mut flooder = Flooder::start(&server, *flood, 0).await;
        let mut clients = RegularClients::join(&server).await;
        clients.exchange(5).await;
        flooder.disconnect().await;
        let disconnected_at = Instant::now();
        crate::support::wait_until("the name is free", || async {
            let mut other = server.connect_plain().await;
            other.send(&flooder_name(0)).await;
            loop {
                let frame = other.next().await;
                if frame["error"] == "Username already taken" {
                    return false;
                }
                if frame["message"] == format!("{} has joined the chat", flooder_name(0)) {
                    other.leave().await;
                    return true;
                }
            }
        })
        .await;
        // The end of the stream is behind some megabytes in the client's kernel, which the server discards at a bounded
        // rate.
        assert!(disconnected_at.elapsed() < Duration::from_secs(12), "{}: {:?}", flood.name, disconnected_at.elapsed());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flooded_server_shuts_down_in_time() {
    let server = Server::start_with(|config| config.drain = Duration::from_secs(60)).await;
    let mut flooders = Vec::new();
    for (number, flood) in FLOODS.iter().enumerate() {
        flooders.push(Flooder::start(&server, *flood, number).await);
    }
    let start = Instant::now();
    server.stop().await;
    // A client has five seconds to disconnect after the close frame.
    assert!(start.elapsed() < Duration::from_secs(15), "{:?}", start.elapsed());
}
