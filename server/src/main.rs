//! The `parlor` executable: serves the chat, or runs another command.

mod admin;

use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::process::ExitCode;

use clap::Parser as _;
use parlor_server::config::{Cli, Command, Config, Serve};
use parlor_server::{Server, telemetry};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::net::{TcpListener, TcpSocket};
use tokio::runtime::Builder;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// Maximum number of blocking threads, on which the database is read.
///
/// Few reads run at the same time, but a burst of short ones makes tokio start many threads, and each needs memory.
const MAX_BLOCKING_THREADS: usize = 16;

/// Maximum length of the queue of connections that wait to be accepted. The system may allow fewer
/// (`net.core.somaxconn` on Linux).
///
/// After a restart all clients reconnect within a moment. If the queue is full, a client's kernel waits a second before
/// it retries.
const LISTEN_BACKLOG: u32 = 4_096;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let serve = match cli.command {
        Some(Command::Serve(serve)) => serve,
        Some(Command::Torture(flags)) => return run_torture(&flags),
        Some(Command::Owner(flags)) => return admin::report(admin::print_owner_link(&flags)),
        Some(Command::Token(flags)) => return admin::report(admin::print_bot_token(&flags)),
        None => cli.serve,
    };
    telemetry::start(serve.log_format);
    raise_open_files_limit();
    let runtime = Builder::new_multi_thread().max_blocking_threads(MAX_BLOCKING_THREADS).enable_all().build();
    match runtime.map_err(Into::into).and_then(|runtime| runtime.block_on(start(&serve))) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("parlor: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Raises the soft limit of open files to the hard limit, since each connection needs a file descriptor.
///
/// The default soft limit is low for the sake of programs that can't handle more.
fn raise_open_files_limit() {
    let limit = getrlimit(Resource::Nofile);
    if let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit }) {
        tracing::debug!(%error, "cannot raise the limit of open files");
    }
}

#[tokio::main]
async fn run_torture(flags: &parlor_torture::Flags) -> ExitCode {
    match parlor_torture::run(flags).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("parlor: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Binds the listener, prints where the chat is, and serves until SIGINT or SIGTERM.
async fn start(flags: &Serve) -> Result<(), Box<dyn std::error::Error>> {
    let listener = listen(flags.listen).map_err(|error| {
        format!("cannot listen on {}: {error} (choose another address with --listen)", flags.listen)
    })?;
    let server = Server::open(Config::from(flags)).await?;
    let owner_link = server.owner_link().await?;
    print_greeting(&listener, flags, owner_link)?;
    let shutdown = CancellationToken::new();
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    let signalled = shutdown.clone();
    tokio::spawn(async move {
        // Cancel safe: one signal is enough, so the other one may be lost.
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        signalled.cancel();
    });
    server.serve(listener, shutdown).await;
    Ok(())
}

/// Binds a listener to the address.
fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    // Allows a restart on the same port while connections of the last run are in TIME-WAIT.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(LISTEN_BACKLOG)
}

/// Prints the chat's URL, how to make it reachable for others, and the path of the link to become its owner to standard
/// output. Errors of standard output are ignored.
fn print_greeting(listener: &TcpListener, flags: &Serve, owner_link: Option<String>) -> io::Result<()> {
    let address = listener.local_addr()?;
    let owner = owner_link.map(|path| {
        let url = admin::base_url(&flags.public_urls, address);
        format!("It has no owner yet. Whoever opens this link within 24 hours becomes the owner:\n  {url}{path}\n")
    });
    let reachability = if address.ip().is_loopback() {
        let port = address.port();
        format!("Only this machine can connect. To allow others, use --listen 0.0.0.0:{port} or a proxy with TLS.")
    } else {
        "Connections are not encrypted: use a proxy with TLS before you open the chat to the internet.".to_owned()
    };
    let data = flags.data.display();
    let owner = owner.unwrap_or_default();
    let greeting = format!(
        "Parlor is at http://{address}\n{reachability}\nAll data is stored in {data}\n{owner}Stop with Ctrl-C.\n"
    );
    let _ = io::stdout().write_all(greeting.as_bytes());
    Ok(())
}
