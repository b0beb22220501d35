//! `parlor torture`: the promise, tried on the machine at hand. It starts this very program as a server, lets people at
//! pages and plain programs talk through a network that breaks on schedule, kills the server now and then, and in the
//! end compares what everyone wrote and saw with the log.
//!
//! To understand the course of it, read [`run`]; what happens when, [`schedule`]; what breaks and how, [`proxy`] and
//! [`program`]; who talks, [`rich`] and [`plain`] ([`page`] drives the page's own state, over a [`socket`]), and who
//! changes what was said, [`changer`] and [`changer_rooms`]; what counts as right, [`verdict`] and [`changes`].

mod browser;
mod changer;
mod changer_rooms;
mod changes;
mod counts;
mod ledger;
mod page;
mod plain;
mod program;
mod proxy;
mod rich;
mod run;
mod schedule;
mod socket;
mod stage;
mod verdict;
mod visit;
mod witness;

use std::{fs, io};

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use self::program::{Program, ProgramError};
use self::run::Run;
use self::witness::NoAnswer;
use crate::config::Torture;

/// Why there is no verdict.
#[derive(Debug, thiserror::Error)]
pub enum TortureError {
    /// The server under test can't be had.
    #[error("{0}")]
    Program(String),
    /// Nobody can tell what is in the logs.
    #[error("{0}")]
    Witness(String),
    /// The machine refuses a file or a socket.
    #[error("{0}")]
    Io(#[from] io::Error),
}

impl From<ProgramError> for TortureError {
    fn from(error: ProgramError) -> Self {
        Self::Program(error.to_string())
    }
}

impl From<NoAnswer> for TortureError {
    fn from(error: NoAnswer) -> Self {
        Self::Witness(error.to_string())
    }
}

/// Runs, and tells on standard output how it went. True if the promise held.
///
/// # Errors
/// [`TortureError`] when there is no verdict.
pub async fn torture(flags: &Torture) -> Result<bool, TortureError> {
    let enough = on_signal()?;
    let seed = flags.seed.unwrap_or_else(|| u64::from(u32::from_be_bytes(crate::random::bytes())));
    let scratch = std::env::temp_dir().join(format!("parlor-torture-{}", std::process::id()));
    fs::create_dir_all(&scratch)?;
    let data = flags.data.clone().unwrap_or_else(|| scratch.join("data"));
    println!(
        "{} clients in {} rooms for {} s, the server is killed {}; seed {seed}",
        flags.clients,
        flags.rooms,
        flags.seconds,
        if flags.kill_every == 0 { "never".to_owned() } else { format!("about every {} s", flags.kill_every) },
    );
    let mut program = Program::new(data, scratch.join("server.log"));
    let outcome = attempt(flags, seed, &mut program, enough).await;
    if let Ok(false) = outcome {
        println!("the server's log        {}", program.log().display());
    } else {
        // An error has the end of the log with it.
        drop(program);
        fs::remove_dir_all(&scratch)?;
    }
    outcome
}

async fn attempt(
    flags: &Torture,
    seed: u64,
    program: &mut Program,
    enough: CancellationToken,
) -> Result<bool, TortureError> {
    program.start().await?;
    let run = Run::begin(flags, seed, program, enough).await?;
    let counts = run.counts.clone();
    let verdict = run.finish(program, flags, seed).await?;
    println!("\n{:<24}{}\n{counts}{verdict}", "clients", flags.clients);
    println!("seed                    {seed}");
    Ok(verdict.holds())
}

/// Cancelled by Ctrl-C or SIGTERM: the run ends early then, with a verdict, and takes its server with it.
fn on_signal() -> io::Result<CancellationToken> {
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    let enough = CancellationToken::new();
    let telling = enough.clone();
    tokio::spawn(async move {
        // Cancel safe: whichever signal comes first is enough.
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        telling.cancel();
    });
    Ok(enough)
}
