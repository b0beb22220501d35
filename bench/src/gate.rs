//! The performance regression gate: compares the cost of a delivery in Parlor with that of the floor. It takes less
//! than a minute and runs in each run of `bin/test`.

use std::{io, time::Duration};

use crate::{
    scenario::{self, RunResult},
    target::{Environment, Target},
};

/// The scenario that is measured.
const SCENARIO: &str = "room-100";
const ROUNDS: usize = 4;
const WINDOW: Duration = Duration::from_secs(3);

/// Maximum CPU time per delivery, as a multiple of that of the floor. Like [`MAX_BYTES_PER_CONNECTION`], it is a
/// measured value (`bench/README.md`) with a margin for other load on the machine.
const MAX_CPU_RATIO: f64 = 1.4;
const MAX_BYTES_PER_CONNECTION: f64 = 5.0 * 1024.0;

/// Runs the gate and prints the measured values.
///
/// # Errors
/// If a server cannot be measured, or Parlor exceeds a limit.
pub fn run(environment: &Environment) -> io::Result<()> {
    let scenario = scenario::ALL.iter().find(|it| it.name == SCENARIO).ok_or(io::ErrorKind::NotFound)?;
    let mut runs = [Vec::new(), Vec::new()];
    for _ in 0..ROUNDS {
        for (target, runs) in [Target::Parlor, Target::Floor].into_iter().zip(&mut runs) {
            let run = scenario.run(target, environment, WINDOW)?;
            if let Some(fault) = run.invalid_reason().filter(|_| run.measurement.delivery_errors > 0) {
                return Err(io::Error::other(format!("{}: {fault}", target.name())));
            }
            runs.push(run);
        }
    }
    // The best of the rounds: other load makes a round slower, never faster.
    let min = |runs: &[RunResult], figure: fn(&RunResult) -> f64| runs.iter().map(figure).fold(f64::INFINITY, f64::min);
    let [parlor, floor] = runs.each_ref().map(|runs| min(runs, |run| run.cpu_per_delivery().unwrap_or(f64::INFINITY)));
    let (ratio, bytes) = (parlor / floor, min(&runs[0], |run| run.memory_per_connection));
    println!("a delivery: {parlor:.2} µs CPU, {ratio:.2} times the floor's; at most {MAX_CPU_RATIO}");
    println!("a connection: {:.2} KiB; at most {:.2}", bytes / 1024.0, MAX_BYTES_PER_CONNECTION / 1024.0);
    if ratio > MAX_CPU_RATIO || bytes > MAX_BYTES_PER_CONNECTION {
        return Err(io::Error::other(
            "the cost exceeds the limit derived from the last measurement: see bench/README.md",
        ));
    }
    Ok(())
}
