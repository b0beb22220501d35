//! Command-line flags and configuration. Each flag of `serve` also has an environment variable, such as `PARLOR_LISTEN`
//! for `--listen`.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};
use ipnet::IpNet;
use parlor::{RoomName, limits};

use crate::chat::Timeouts;
use crate::engine::{PostgresConfig, PostgresConfigError};
use crate::net::origin::Origin;

/// A self-hosted chat server in one file: start it, open the page, pick a name and write
#[derive(Clone, Debug, Parser)]
#[command(name = "parlor", version, args_conflicts_with_subcommands = true)]
pub struct Cli {
    /// The subcommand; `serve` by default.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// The flags of `serve`, without the subcommand.
    #[command(flatten)]
    pub serve: Serve,
}

/// The subcommands.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Serve the chat (the default without a command)
    Serve(Serve),
    /// Print a link to become an owner of the server, which may be running
    Owner(Owner),
    /// Make a token with which a bot connects to rooms of the server, which may be running
    Token(Token),
    /// Check on this machine whether messages get lost, duplicated or out of order under faults
    Torture(parlor_torture::Flags),
}

/// The flags of `owner`.
#[derive(Clone, Debug, Args)]
pub struct Owner {
    /// Directory with the data of the server
    #[arg(long, env = "PARLOR_DATA", value_name = "DIRECTORY", default_value = "./data")]
    pub data: PathBuf,
    /// The PostgreSQL database of several servers.
    #[command(flatten)]
    pub postgres: Postgres,
    /// Address and port on which the server listens, for the link
    #[arg(long, env = "PARLOR_LISTEN", value_name = "ADDRESS:PORT", default_value = "127.0.0.1:3000")]
    pub listen: SocketAddr,
    /// Public URL of the server, for the link
    #[arg(long = "public-url", env = "PARLOR_PUBLIC_URL", value_name = "URL", value_delimiter = ',', value_parser = parse_public_url)]
    pub public_urls: Vec<String>,
}

/// The flags of `token`.
#[derive(Clone, Debug, Args)]
pub struct Token {
    /// What the owners of the server call the token, such as deployments
    #[arg(long, value_name = "NAME", value_parser = parse_label)]
    pub name: String,
    /// A room that the bot may enter, such as lobby, or ~ID for a private one; may be repeated
    #[arg(long = "room", value_name = "ROOM", required = true, value_parser = parse_room)]
    pub rooms: Vec<RoomName>,
    /// Directory with the data of the server
    #[arg(long, env = "PARLOR_DATA", value_name = "DIRECTORY", default_value = "./data")]
    pub data: PathBuf,
    /// The PostgreSQL database of several servers.
    #[command(flatten)]
    pub postgres: Postgres,
}

/// The flags of `serve`.
#[derive(Clone, Debug, Args)]
pub struct Serve {
    /// Address and port to listen on; port 0 selects a free port
    #[arg(long, env = "PARLOR_LISTEN", value_name = "ADDRESS:PORT", default_value = "127.0.0.1:3000")]
    pub listen: SocketAddr,
    /// Directory for all stored data; created if it does not exist
    #[arg(long, env = "PARLOR_DATA", value_name = "DIRECTORY", default_value = "./data")]
    pub data: PathBuf,
    /// The PostgreSQL database of several servers.
    #[command(flatten)]
    pub postgres: Postgres,
    /// Limits on rates and on connections per address; use "off" only for benchmarks and trusted networks
    #[arg(long, env = "PARLOR_LIMITS", value_enum, default_value_t = Switch::On)]
    pub limits: Switch,
    /// Another origin whose pages may open WebSockets, such as https://example.org; may be repeated
    #[arg(long = "allow-origin", env = "PARLOR_ALLOW_ORIGIN", value_name = "ORIGIN", value_delimiter = ',')]
    pub allowed_origins: Vec<String>,
    /// Public URL of the server, such as https://talk.example.org; may be repeated. Requests for other hosts are then
    /// refused
    #[arg(long = "public-url", env = "PARLOR_PUBLIC_URL", value_name = "URL", value_delimiter = ',', value_parser = parse_public_url)]
    pub public_urls: Vec<String>,
    /// Address or network of a proxy whose forwarding headers are trusted (X-Forwarded-For, -Host, -Proto, Forwarded),
    /// such as 127.0.0.1 or 10.0.0.0/8; may be repeated
    #[arg(long = "trusted-proxy", env = "PARLOR_TRUSTED_PROXY", value_name = "CIDR", value_delimiter = ',', value_parser = parse_network)]
    pub trusted_proxies: Vec<IpNet>,
    /// Format of the log on standard error
    #[arg(long, env = "PARLOR_LOG_FORMAT", value_enum, default_value_t = LogFormat::Text)]
    pub log_format: LogFormat,
}

/// The flags for the database that several servers share.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Several servers with one database")]
pub struct Postgres {
    /// PostgreSQL database (15 or newer) to store everything in, shared by several servers, such as
    /// postgres://USER:PASSWORD@HOST/DATABASE; several hosts separated by commas for a primary and its standbys. Other users
    /// of this machine can read flags: use the environment variable where that matters
    #[arg(long = "postgres", env = "PARLOR_POSTGRES", value_name = "URL", hide_env_values = true, value_parser = parse_postgres)]
    pub url: Option<PostgresConfig>,
    /// File of PEM certificates to verify the database server's with; without it those of the system, if the URL has
    /// sslmode=require
    #[arg(long = "postgres-ca", env = "PARLOR_POSTGRES_CA", value_name = "FILE", requires = "url")]
    pub root_certificates: Option<PathBuf>,
    /// Maximum number of connections to the database for reading and settings; writing has four more
    #[arg(long = "postgres-pool", env = "PARLOR_POSTGRES_POOL", value_name = "CONNECTIONS", default_value_t = 16, value_parser = clap::value_parser!(u16).range(2..))]
    pub pool: u16,
    /// How long connecting to one host of the database may take, in seconds
    #[arg(long = "postgres-connect-timeout", env = "PARLOR_POSTGRES_CONNECT_TIMEOUT", value_name = "SECONDS", default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=60))]
    pub connect_timeout: u64,
    /// How long a statement may take, in seconds
    #[arg(long = "postgres-statement-timeout", env = "PARLOR_POSTGRES_STATEMENT_TIMEOUT", value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=60))]
    pub statement_timeout: u64,
}

impl Postgres {
    /// The configuration of the database; `None` without `--postgres`.
    pub fn config(&self) -> Option<PostgresConfig> {
        let mut config = self.url.clone()?;
        config.root_certificates.clone_from(&self.root_certificates);
        config.pool_size = self.pool.into();
        config.connect_timeout = Duration::from_secs(self.connect_timeout);
        config.statement_timeout = Duration::from_secs(self.statement_timeout);
        Some(config)
    }
}

/// Parses the value of `--postgres`.
fn parse_postgres(url: &str) -> Result<PostgresConfig, PostgresConfigError> {
    PostgresConfig::parse(url)
}

/// Parses the value of `--public-url`: an origin, with an optional slash at the end.
fn parse_public_url(text: &str) -> Result<String, String> {
    let origin = text.strip_suffix('/').unwrap_or(text);
    origin.parse::<Origin>().map(|origin| origin.to_string()).map_err(|_| {
        "a public URL has http:// or https://, a host and an optional port, such as https://talk.example.org".to_owned()
    })
}

/// Parses the value of `--name`.
fn parse_label(text: &str) -> Result<String, String> {
    parlor::text::parse_title(text).map_err(|error| error.to_string())
}

/// Parses the value of `--room`.
fn parse_room(text: &str) -> Result<RoomName, String> {
    RoomName::parse(text).map_err(|error| error.to_string())
}

/// Parses the value of `--trusted-proxy`: an IP network, or a single address.
fn parse_network(text: &str) -> Result<IpNet, String> {
    let network = text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
    network.map_err(|_| "a network is an IP address with an optional prefix length, such as 10.0.0.0/8".to_owned())
}

/// The value of `--limits`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Switch {
    /// The limits apply
    On,
    /// There are no limits
    Off,
}

/// The value of `--log-format`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// Lines of text for people
    Text,
    /// One JSON object per line for programs
    Json,
}

/// The configuration of [`run`](crate::run). [`Config::new`] has the defaults.
#[derive(Clone, Debug)]
pub struct Config {
    /// Directory for all stored data, or with a shared database for the search index.
    pub data: PathBuf,
    /// The database that several servers share; `None` if everything is in the directory.
    pub postgres: Option<PostgresConfig>,
    /// Whether rates and connections per address are limited.
    pub limits_on: bool,
    /// Other origins whose pages may open WebSockets.
    pub allowed_origins: Vec<String>,
    /// The public URLs of the server, each an origin. If empty, [`run`](crate::run) accepts hosts by its local address.
    pub public_urls: Vec<String>,
    /// Networks of proxies whose forwarding headers are trusted.
    pub trusted_proxies: Vec<IpNet>,
    /// Minimum number of rooms without members that stay in memory.
    pub rooms_in_memory: usize,
    /// Timeouts of WebSocket connections.
    pub timeouts: Timeouts,
    /// How long a session keeps its name while it has no connection.
    pub grace: Duration,
    /// How long connections may take to close at shutdown.
    pub drain: Duration,
}

impl Config {
    /// The default configuration with this data directory.
    pub fn new(data: impl Into<PathBuf>) -> Self {
        Self {
            data: data.into(),
            postgres: None,
            limits_on: true,
            allowed_origins: Vec::new(),
            public_urls: Vec::new(),
            trusted_proxies: Vec::new(),
            rooms_in_memory: limits::ROOMS_IN_MEMORY,
            timeouts: Timeouts {
                // Many proxies close a connection after a minute without data.
                heartbeat: Duration::from_secs(30),
                registration: Duration::from_secs(30),
                write_stall: Duration::from_secs(20),
            },
            grace: Duration::from_secs(30),
            drain: Duration::from_secs(8),
        }
    }
}

impl From<&Serve> for Config {
    fn from(flags: &Serve) -> Self {
        Self {
            postgres: flags.postgres.config(),
            limits_on: flags.limits == Switch::On,
            allowed_origins: flags.allowed_origins.clone(),
            public_urls: flags.public_urls.clone(),
            trusted_proxies: flags.trusted_proxies.clone(),
            ..Self::new(&flags.data)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_work_with_and_without_the_subcommand() {
        let flags = ["--listen", "127.0.0.1:0", "--limits", "off", "--allow-origin", "https://a.example"];
        let without_command = Cli::parse_from(["parlor"].iter().chain(&flags));
        let with_command = Cli::parse_from(["parlor", "serve"].iter().chain(&flags));
        let Some(Command::Serve(serve_command)) = with_command.command else { panic!("serve is a command") };
        for serve in [without_command.serve, serve_command] {
            let config = Config::from(&serve);
            assert!(!config.limits_on);
            assert_eq!(config.allowed_origins, ["https://a.example"]);
        }
    }

    #[test]
    fn public_urls_and_proxies_are_normalised_or_rejected() {
        let flags = |name: &str, value: &str| match Cli::try_parse_from(["parlor", name, value]) {
            Ok(cli) => Ok(Config::from(&cli.serve)),
            Err(error) => Err(error.to_string()),
        };
        let urls = |value| flags("--public-url", value).map(|config| config.public_urls);
        assert_eq!(urls("https://Talk.example.org:443/").unwrap(), ["https://talk.example.org"]);
        assert_eq!(urls("http://a:8080,https://b").unwrap(), ["http://a:8080", "https://b"]);
        for bad in ["talk.example.org", "ftp://a", "https://a/b", "https://", "https://a b"] {
            assert!(urls(bad).unwrap_err().contains("https://talk.example.org"), "{bad}");
        }
        let proxies = |value| flags("--trusted-proxy", value).map(|config| config.trusted_proxies);
        assert_eq!(proxies("10.0.0.0/8,::1").unwrap().len(), 2);
        assert!(proxies("10.0.0.0/33").is_err() && proxies("localhost").is_err());
    }
}
