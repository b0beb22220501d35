//! Whether a delivery still costs what it should: Parlor beside the floor for less than a minute, in each test run.

use std::{io, time::Duration};

use crate::{
    peer::{Peer, Places},
    scenario::{self, Run},
};

/// Where it is measured.
const SCENARIO: &str = "room-100";
const ROUNDS: usize = 4;
const WINDOW: Duration = Duration::from_secs(3);

/// What a delivery costs at most, as a multiple of the floor's, and the memory of a connection. Both are measured
/// (`bench/README.md`) with a margin for what else a machine does.
const MOST_CPU: f64 = 1.4;
const MOST_BYTES: f64 = 5.0 * 1024.0;

/// Runs it. What is wrong comes as text.
///
/// # Errors
/// When a server can't be measured, or Parlor is too slow or too large.
pub fn run(places: &Places) -> io::Result<()> {
    let scenario = scenario::ALL.iter().find(|it| it.name == SCENARIO).ok_or(io::ErrorKind::NotFound)?;
    let mut runs = [Vec::new(), Vec::new()];
    for _ in 0..ROUNDS {
        for (peer, runs) in [Peer::Parlor, Peer::Floor].into_iter().zip(&mut runs) {
            let run = scenario.run(peer, places, WINDOW)?;
            if let Some(fault) = run.fault().filter(|_| run.outcome.faults > 0) {
                return Err(io::Error::other(format!("{}: {fault}", peer.name())));
            }
            runs.push(run);
        }
    }
    // The best of the rounds: what else goes on makes a round slower, never faster.
    let least = |runs: &[Run], figure: fn(&Run) -> f64| runs.iter().map(figure).fold(f64::INFINITY, f64::min);
    let [parlor, floor] = runs.each_ref().map(|runs| least(runs, |run| run.cpu().unwrap_or(f64::INFINITY)));
    let (ratio, bytes) = (parlor / floor, least(&runs[0], |run| run.resident));
    println!("a delivery: {parlor:.2} µs CPU, {ratio:.2} times the floor's; at most {MOST_CPU}");
    println!("a connection: {:.2} KiB; at most {:.2}", bytes / 1024.0, MOST_BYTES / 1024.0);
    if ratio > MOST_CPU || bytes > MOST_BYTES {
        return Err(io::Error::other("that is more than it was when it was last measured: see bench/README.md"));
    }
    Ok(())
}
