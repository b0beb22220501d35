//! The program `parlor`.

use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::process::ExitCode;

use clap::Parser as _;
use parlor_server::config::{Cli, Command, Config, Serve, Torture};
use parlor_server::{run, telemetry, torture};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::net::{TcpListener, TcpSocket};
use tokio::runtime::Builder;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// Threads for reading the database, at most. Few read at once, but a rush of short reads makes the runtime start one
/// thread after the other, and each has memory of its own.
const BLOCKING_THREADS: usize = 16;

/// Connections that may wait to be accepted; the system may allow fewer (`net.core.somaxconn` on Linux).
const BACKLOG: u32 = 4_096;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let serve = match cli.command {
        Some(Command::Serve(serve)) => serve,
        Some(Command::Torture(flags)) => return try_promise(&flags),
        None => cli.serve,
    };
    telemetry::start(serve.log_format);
    raise_open_files();
    let runtime = Builder::new_multi_thread().max_blocking_threads(BLOCKING_THREADS).enable_all().build();
    match runtime.map_err(Into::into).and_then(|runtime| runtime.block_on(start(&serve))) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("parlor: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Lets the process open as many files as it may at all: each connection is one, and the usual limit is low for the sake
/// of programs that can't handle more.
fn raise_open_files() {
    let limit = getrlimit(Resource::Nofile);
    if let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit }) {
        tracing::debug!(%error, "the limit of open files stays as it is");
    }
}

#[tokio::main]
async fn try_promise(flags: &Torture) -> ExitCode {
    match torture::torture(flags).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("parlor: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn start(flags: &Serve) -> Result<(), Box<dyn std::error::Error>> {
    let listener = listen(flags.listen)
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

/// Binds the address. After a restart everybody comes back within a moment: whoever finds the queue full waits a second
/// before their kernel tries again.
fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    // A port whose last connections are still being forgotten can be taken.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Tells on standard output where the chat can be reached, and how to make it reachable from elsewhere. Whether
/// somebody listens there is not the chat's concern.
fn greet(listener: &TcpListener, flags: &Serve) -> io::Result<()> {
    let address = listener.local_addr()?;
    let reach = if address.ip().is_loopback() {
        let port = address.port();
        format!("Only this machine can reach it. For others: --listen 0.0.0.0:{port}, or a proxy with TLS in front.")
    } else {
        "The connection is not encrypted: put a proxy with TLS in front before strangers use it.".to_owned()
    };
    let data = flags.data.display();
    let greeting = format!("Parlor is at http://{address}\n{reach}\nEverything is kept in {data}\nStop with Ctrl-C.\n");
    let _ = io::stdout().write_all(greeting.as_bytes());
    Ok(())
}
