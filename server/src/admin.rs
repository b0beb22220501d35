//! The commands for the host of a server, which may be running: they write to its database beside it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::process::ExitCode;

use parlor_server::chat::{new_bot_token, owner_link};
use parlor_server::config::{Owner, Token};
use parlor_server::engine::{AdminDatabase, EngineError, PostgresAdmin, PostgresConfig};
use tokio::runtime::Builder;

/// Prints the error, if any, to standard error, and returns the exit code.
pub(crate) fn report(outcome: Result<(), Box<dyn std::error::Error>>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("parlor: {error}");
            ExitCode::FAILURE
        }
    }
}

/// `parlor owner`: prints a link to become an owner of the server.
pub(crate) fn print_owner_link(flags: &Owner) -> Result<(), Box<dyn std::error::Error>> {
    let (code, invitation) = owner_link();
    match flags.postgres.config() {
        Some(postgres) => on_postgres(postgres, async |database| database.add_invitation(invitation).await)?,
        None => open(&flags.data)?.add_invitation(&invitation)?,
    }
    println!("Whoever opens this link within 24 hours becomes an owner of the server:");
    println!("  {}/invite/{code}", base_url(&flags.public_urls, flags.listen));
    if flags.public_urls.is_empty() {
        println!("If people reach the server at another address, name it: --public-url https://chat.example.org");
    }
    Ok(())
}

/// `parlor token`: prints a new bot token.
pub(crate) fn print_bot_token(flags: &Token) -> Result<(), Box<dyn std::error::Error>> {
    let (token, new) = new_bot_token(flags.name.clone(), flags.rooms.clone(), None);
    match flags.postgres.config() {
        Some(postgres) => on_postgres(postgres, async |database| database.add_bot_token(new).await)?,
        None => open(&flags.data)?.add_bot_token(&new)?,
    }
    println!("{token}");
    Ok(())
}

/// Writes to the database that several servers share.
fn on_postgres(
    config: PostgresConfig,
    write: impl AsyncFnOnce(PostgresAdmin) -> Result<(), EngineError>,
) -> Result<(), Box<dyn std::error::Error>> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let database = PostgresAdmin::open(config).await;
        let database = database.map_err(|error| format!("cannot use the database of --postgres: {error}"))?;
        Ok(write(database).await?)
    })
}

fn open(data: &std::path::Path) -> Result<AdminDatabase, String> {
    AdminDatabase::open(data).map_err(|error| format!("cannot use the data directory {}: {error}", data.display()))
}

/// The URL under which people reach the server: the first public one, or that of the address on which it listens.
pub(crate) fn base_url(public_urls: &[String], address: SocketAddr) -> String {
    if let Some(url) = public_urls.first() {
        return url.clone();
    }
    // An address that stands for all of this machine's is none to connect to.
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    format!("http://{}", SocketAddr::new(ip, address.port()))
}
