//! Fault-injection test of a Parlor server on the host's own machine: `parlor torture`.
//!
//! [`run`] starts the current executable as a server, lets simulated clients write through TCP proxies that inject
//! network faults, and kills the server from time to time. Or it starts several servers with one PostgreSQL database, and
//! injects faults of these too. In the end it compares what every client wrote and saw with the logs of the rooms. To
//! understand…
//!
//! - the phases of a run, read [`test_run`] and [`phase`]; what is under test, [`cluster`];
//! - which faults occur and when, read [`fault_plan`] and [`cluster_plan`]; how they are injected, [`proxy`],
//!   [`node_faults`] and [`database_faults`];
//! - the simulated clients, read [`rich_client`] (it drives the page's own controller through [`page`]) and
//!   [`plain_client`]; the clients that also edit, delete, react and set the topic, [`editor`] and [`editor_rooms`];
//!   those that compete for names on several servers, [`rivals`];
//! - what counts as correct, read [`judge`], [`log_check`], [`edit_check`], [`name_check`] and [`server_comparison`].

mod auditor;
mod browser;
mod cluster;
mod cluster_plan;
mod counters;
mod database;
mod database_faults;
mod edit_check;
mod editor;
mod editor_history;
mod editor_rooms;
mod error;
mod fault_context;
mod fault_plan;
mod flags;
mod history;
mod join_progress;
mod judge;
mod latency_histogram;
mod log_check;
mod message_text;
mod name_check;
mod name_history;
mod node_faults;
mod page;
mod page_load;
mod phase;
mod plain_client;
mod plain_rival;
mod postgres_server;
mod process;
mod proxy;
mod request_generator;
mod rich_client;
mod rich_rival;
mod rivals;
mod rng;
mod server_comparison;
mod server_list;
mod server_process;
mod socket;
mod test_run;
mod verdict;

use std::{fs, io};

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use self::cluster::Cluster;
pub use self::error::TortureError;
pub use self::flags::Flags;
pub use self::postgres_server::{PostgresServer, PostgresServerError, StopMode};

use self::test_run::TestRun;

/// Performs one test run and prints its progress and its result on standard output. Returns whether the server passed.
///
/// # Errors
/// [`TortureError`] if the run ends without a verdict.
pub async fn run(flags: &Flags) -> Result<bool, TortureError> {
    let stop = stop_on_signal()?;
    let seed = flags.seed.unwrap_or_else(|| u64::from(fastrand::u32(..)));
    let scratch = std::env::temp_dir().join(format!("parlor-torture-{}", std::process::id()));
    fs::create_dir_all(&scratch)?;
    let outcome = match Cluster::prepare(flags, &scratch).await {
        Ok(mut cluster) => {
            let Flags { clients, rooms, seconds, .. } = flags;
            let faults = cluster.describe(flags.kill_every);
            println!("{clients} clients in {rooms} rooms for {seconds} s, {faults}; seed {seed}");
            if let Some(left_out) = cluster.left_out_faults() {
                println!("left out: {left_out}");
            }
            let outcome = run_with_cluster(flags, seed, &mut cluster, stop).await;
            if let Ok(false) = outcome {
                cluster.logs().for_each(|log| println!("the server's log        {}", log.display()));
                return outcome;
            }
            outcome
        }
        Err(error) => Err(error),
    };
    // The text of an error contains the end of the log.
    fs::remove_dir_all(&scratch)?;
    outcome
}

async fn run_with_cluster(
    flags: &Flags,
    seed: u64,
    cluster: &mut Cluster,
    stop: CancellationToken,
) -> Result<bool, TortureError> {
    cluster.start().await?;
    let test_run = TestRun::start(flags, seed, cluster, stop).await?;
    let counters = test_run.counters.clone();
    let verdict = test_run.finish(cluster, flags, seed).await?;
    println!("\n{:<24}{}\n{counters}{verdict}", "clients", flags.clients);
    println!("seed                    {seed}");
    Ok(verdict.passed())
}

/// Returns a token that Ctrl-C and SIGTERM cancel. The run then ends early, with a verdict, and stops its server.
fn stop_on_signal() -> io::Result<CancellationToken> {
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    let stop = CancellationToken::new();
    let token = stop.clone();
    tokio::spawn(async move {
        // Cancel safe: whichever signal comes first is enough.
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        token.cancel();
    });
    Ok(stop)
}
