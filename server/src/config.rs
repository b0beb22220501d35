//! What a host can set. Each flag has an environment variable of the same name with `PARLOR_` before it.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::RangedU64ValueParser;
use clap::{Args, Parser, Subcommand, ValueEnum};
use ipnet::IpNet;
use parlor::limits;

use crate::chat::Patience;
use crate::net::origin::Origin;

/// A chat that anyone can host with one file: start it, open the page, pick a name, talk.
#[derive(Clone, Debug, Parser)]
#[command(name = "parlor", version, args_conflicts_with_subcommands = true)]
pub struct Cli {
    /// What to do; `serve` if nothing is said.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// The flags of `serve`.
    #[command(flatten)]
    pub serve: Serve,
}

/// What the program can do.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Serve the chat (this is what happens without a command, too)
    Serve(Serve),
    /// Try on this machine whether anything gets lost, doubled or out of order
    Torture(Torture),
}

/// The flags of `torture`.
#[derive(Clone, Debug, Args)]
pub struct Torture {
    /// People at pages and plain programs together; one in four is a program
    #[arg(long, value_name = "NUMBER", default_value_t = 200, value_parser = RangedU64ValueParser::<usize>::new().range(1..=2_000))]
    pub clients: usize,
    // With the changers' rooms they are as many as one connection may be in.
    /// Rooms they are spread over
    #[arg(long, value_name = "NUMBER", default_value_t = 4, value_parser = RangedU64ValueParser::<usize>::new().range(1..=59))]
    pub rooms: usize,
    /// How long they talk
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    pub seconds: u64,
    /// How often the server is killed, about; 0 is never
    #[arg(long, value_name = "SECONDS", default_value_t = 10)]
    pub kill_every: u64,
    /// What the schedule is made of: the same seed and flags, the same schedule; a new one if nothing is said
    #[arg(long, value_name = "NUMBER")]
    pub seed: Option<u64>,
    /// Directory for what the server keeps, to try a certain disk; it stays afterwards
    #[arg(long, value_name = "DIRECTORY")]
    pub data: Option<PathBuf>,
}

/// The flags of `serve`.
#[derive(Clone, Debug, Args)]
pub struct Serve {
    /// Address and port to listen on; port 0 takes a free one
    #[arg(long, env = "PARLOR_LISTEN", value_name = "ADDRESS:PORT", default_value = "127.0.0.1:3000")]
    pub listen: SocketAddr,
    /// Directory for what is kept; it is made if it is missing
    #[arg(long, env = "PARLOR_DATA", value_name = "DIRECTORY", default_value = "./data")]
    pub data: PathBuf,
    /// Limits on rates and on connections per address; "off" is for benchmarks and trusted networks
    #[arg(long, env = "PARLOR_LIMITS", value_enum, default_value_t = Switch::On)]
    pub limits: Switch,
    /// A further origin whose pages may connect, such as https://example.org; may be given several times
    #[arg(long = "allow-origin", env = "PARLOR_ALLOW_ORIGIN", value_name = "ORIGIN", value_delimiter = ',')]
    pub allowed_origins: Vec<String>,
    /// What the server is called from outside, such as https://talk.example.org; may be given several times. Other hosts
    /// are refused then
    #[arg(long = "public-url", env = "PARLOR_PUBLIC_URL", value_name = "URL", value_delimiter = ',', value_parser = public_url)]
    pub public_urls: Vec<String>,
    /// A proxy, or a network of them, that tells who its clients are (Forwarded, X-Forwarded-For, -Host, -Proto), such
    /// as 127.0.0.1 or 10.0.0.0/8; may be given several times
    #[arg(long = "trusted-proxy", env = "PARLOR_TRUSTED_PROXY", value_name = "CIDR", value_delimiter = ',', value_parser = network)]
    pub trusted_proxies: Vec<IpNet>,
    /// How the log on standard error is written
    #[arg(long, env = "PARLOR_LOG_FORMAT", value_enum, default_value_t = LogFormat::Text)]
    pub log_format: LogFormat,
}

/// A URL that names a server and nothing on it.
fn public_url(text: &str) -> Result<String, String> {
    let origin = text.strip_suffix('/').unwrap_or(text);
    origin.parse::<Origin>().map(|origin| origin.to_string()).map_err(|_| {
        "a public URL is http:// or https://, a host, and perhaps a port, such as https://talk.example.org".to_owned()
    })
}

/// A network, or an address alone.
fn network(text: &str) -> Result<IpNet, String> {
    let network = text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
    network.map_err(|_| "a network is an address, perhaps with a prefix length, such as 10.0.0.0/8".to_owned())
}

/// On or off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Switch {
    /// In force.
    On,
    /// Not in force.
    Off,
}

/// How the log is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line, for programs.
    Json,
}

/// What [`run`](crate::run) needs to know.
#[derive(Clone, Debug)]
pub struct Config {
    /// Directory for what is kept.
    pub data: PathBuf,
    /// Whether rates and connections per address are limited.
    pub limits_on: bool,
    /// Origins besides our own whose pages may connect.
    pub allowed_origins: Vec<String>,
    /// What the server is called from outside, each as an origin; empty if nobody has said.
    pub public_urls: Vec<String>,
    /// Peers that tell who their clients are.
    pub trusted_proxies: Vec<IpNet>,
    /// Rooms without members that stay in memory, at least.
    pub rooms_in_memory: usize,
    /// How long silence, slowness and namelessness are put up with.
    pub patience: Patience,
    /// How long a browser's name is held for it while it has no connection.
    pub grace: Duration,
    /// How long connections may take to end at shutdown.
    pub drain: Duration,
}

impl Config {
    /// The defaults, with this directory.
    pub fn new(data: impl Into<PathBuf>) -> Self {
        Self {
            data: data.into(),
            limits_on: true,
            allowed_origins: Vec::new(),
            public_urls: Vec::new(),
            trusted_proxies: Vec::new(),
            rooms_in_memory: limits::ROOMS_IN_MEMORY,
            patience: Patience {
                // Below the minute after which many a proxy cuts a silent connection.
                heartbeat: Duration::from_secs(30),
                introduction: Duration::from_secs(30),
                stuck: Duration::from_secs(20),
            },
            grace: Duration::from_secs(30),
            drain: Duration::from_secs(8),
        }
    }
}

impl From<&Serve> for Config {
    fn from(flags: &Serve) -> Self {
        Self {
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
    fn flags_mean_the_same_with_and_without_the_command() {
        let flags = ["--listen", "127.0.0.1:0", "--limits", "off", "--allow-origin", "https://a.example"];
        let bare = Cli::parse_from(["parlor"].iter().chain(&flags));
        let named = Cli::parse_from(["parlor", "serve"].iter().chain(&flags));
        let Some(Command::Serve(named)) = named.command else { panic!("serve is a command") };
        for serve in [bare.serve, named] {
            let config = Config::from(&serve);
            assert!(!config.limits_on);
            assert_eq!(config.allowed_origins, ["https://a.example"]);
        }
    }

    #[test]
    fn public_urls_and_proxies_are_read_in_one_form_or_refused() {
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
