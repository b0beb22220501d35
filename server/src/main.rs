//! The program `parlor`.

use std::process::ExitCode;

use clap::Parser as _;
use parlor_server::config::{Cli, Command, Config, Serve};
use parlor_server::{run, telemetry};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let serve = match cli.command {
        Some(Command::Serve(serve)) => serve,
        None => cli.serve,
    };
    telemetry::start(serve.log_format);
    match start(&serve) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("parlor: {error}");
            ExitCode::FAILURE
        }
    }
}

#[tokio::main]
async fn start(flags: &Serve) -> Result<(), Box<dyn std::error::Error>> {
    let listener = TcpListener::bind(flags.listen)
        .await
        .map_err(|error| format!("can't listen on {}: {error} (choose another with --listen)", flags.listen))?;
    greet(&listener, flags)?;
    let shutdown = CancellationToken::new();
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    let asked = shutdown.clone();
    tokio::spawn(async move {
        // Cancel safe: whichever signal comes first is enough.
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        asked.cancel();
    });
    run(listener, Config::from(flags), shutdown).await?;
    Ok(())
}

/// Tells on standard output where the chat can be reached, and how to make it reachable from elsewhere.
fn greet(listener: &TcpListener, flags: &Serve) -> std::io::Result<()> {
    let address = listener.local_addr()?;
    println!("Parlor is at http://{address}");
    if address.ip().is_loopback() {
        println!(
            "Only this machine can reach it. For others: --listen 0.0.0.0:{}, or a proxy with TLS in front.",
            address.port()
        );
    } else {
        println!("The connection is not encrypted: put a proxy with TLS in front before strangers use it.");
    }
    println!("Everything is kept in {}", flags.data.display());
    println!("Stop with Ctrl-C.");
    Ok(())
}
