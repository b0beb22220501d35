//! How the database is reached, and the settings of every connection.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode, TargetSessionAttrs};

/// The name that the database shows for connections of this program.
const APPLICATION_NAME: &str = "parlor";

/// How long TCP waits for an acknowledgement before it closes a connection.
const TCP_USER_TIMEOUT: Duration = Duration::from_secs(10);

/// TCP probes a connection that was idle this long, at the same interval.
const KEEPALIVE: Duration = Duration::from_secs(10);

/// What `tokio-postgres` uses if the URL has no `keepalives_idle`.
const UNSET_KEEPALIVE: Duration = Duration::from_secs(2 * 60 * 60);

/// The options of a URL that an error may name. Any other text of the URL may be a part of the password.
const OPTIONS: &[&str] = &[
    "application_name",
    "channel_binding",
    "connect_timeout",
    "gssencmode",
    "hostaddr",
    "keepalives",
    "keepalives_idle",
    "keepalives_interval",
    "keepalives_retries",
    "load_balance_hosts",
    "passfile",
    "port",
    "replication",
    "service",
    "sslcert",
    "sslcrl",
    "sslkey",
    "sslmode",
    "sslnegotiation",
    "sslrootcert",
    "target_session_attrs",
    "tcp_user_timeout",
];

/// The database and the limits of connections to it. Its `Debug` output has no user, password or option of the URL.
#[derive(Clone)]
pub struct PostgresConfig {
    /// One configuration per host, in the order in which they are tried.
    hosts: Vec<Config>,
    /// A file of PEM certificates: those of the authorities that the server's certificate is verified with. Without it
    /// they are those of the system.
    pub root_certificates: Option<PathBuf>,
    /// Maximum number of pooled connections. Default 16.
    pub pool_size: usize,
    /// How long a request waits for a pooled connection. Default 5 s.
    pub pool_timeout: Duration,
    /// How long connecting to one host may take, with authentication. Default 5 s, or the URL's `connect_timeout`.
    pub connect_timeout: Duration,
    /// The database cancels a statement that takes longer. Default 10 s.
    pub statement_timeout: Duration,
    /// The database cancels a statement that waits longer for a lock. Default 2 s.
    pub lock_timeout: Duration,
    /// The database closes a connection that does nothing for longer within a transaction, so that a stopped node holds
    /// no locks. Default 5 s.
    pub idle_in_transaction_timeout: Duration,
}

/// Why a connection URL can't be used. Its text contains no part of the URL that can be secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PostgresConfigError {
    /// The URL can't be parsed.
    #[error("it is not a connection URL such as postgres://USER:PASSWORD@HOST/DATABASE (special characters as %XX)")]
    Malformed,
    /// The TLS mode is unknown.
    #[error("its sslmode is not disable, prefer or require (require verifies the certificate and the host's name)")]
    SslMode,
    /// An option has an invalid value.
    #[error("the value of its option {0} is invalid")]
    InvalidValue(&'static str),
    /// An option is not supported.
    #[error("its option {0} is not supported")]
    UnknownOption(&'static str),
    /// The URL has no host.
    #[error("it has no host: use a name, an address or the folder of a Unix socket")]
    NoHost,
    /// The numbers of hosts, addresses and ports differ.
    #[error("it has not as many ports or addresses as hosts")]
    HostCount,
    /// The URL asks for a standby.
    #[error("its target_session_attrs must be read-write")]
    ReadOnly,
}

impl PostgresConfig {
    /// Parses a connection URL, or a string of `key=value` pairs. With several hosts only one that accepts writes is
    /// used.
    ///
    /// # Errors
    /// [`PostgresConfigError`].
    pub fn parse(url: &str) -> Result<Self, PostgresConfigError> {
        let config: Config = url.parse().map_err(|error| parse_error(&error))?;
        let hosts = split_hosts(&config)?;
        Ok(Self {
            connect_timeout: config.get_connect_timeout().copied().unwrap_or(Duration::from_secs(5)),
            hosts,
            root_certificates: None,
            pool_size: 16,
            pool_timeout: Duration::from_secs(5),
            statement_timeout: Duration::from_secs(10),
            lock_timeout: Duration::from_secs(2),
            idle_in_transaction_timeout: Duration::from_secs(5),
        })
    }

    /// One configuration per host.
    pub(super) fn hosts(&self) -> &[Config] {
        &self.hosts
    }

    /// How connections are encrypted.
    pub(super) fn ssl_mode(&self) -> SslMode {
        self.hosts.first().map_or(SslMode::Prefer, Config::get_ssl_mode)
    }

    /// How long the client waits for a statement. Longer than the database does, so that usually the latter ends it.
    pub(super) fn reply_timeout(&self) -> Duration {
        self.statement_timeout + Duration::from_secs(2)
    }

    /// The statements that every connection begins with. `synchronous_commit` is raised to `on`, and not lowered from
    /// `remote_apply`: a commit that is not on disk could be lost after it was acknowledged.
    pub(super) fn session_settings(&self) -> String {
        format!(
            "SET application_name = '{APPLICATION_NAME}';
             SET TimeZone = 'UTC';
             SET client_min_messages = 'warning';
             SET default_transaction_isolation = 'read committed';
             SET statement_timeout = {};
             SET lock_timeout = {};
             SET idle_in_transaction_session_timeout = {};
             SELECT set_config('synchronous_commit', 'on', false)
                 WHERE current_setting('synchronous_commit') NOT IN ('on', 'remote_apply')",
            self.statement_timeout.as_millis(),
            self.lock_timeout.as_millis(),
            self.idle_in_transaction_timeout.as_millis(),
        )
    }
}

impl fmt::Debug for PostgresConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresConfig")
            .field("hosts", &self.hosts.iter().map(host_name).collect::<Vec<_>>())
            .field("ssl_mode", &self.ssl_mode())
            .field("root_certificates", &self.root_certificates)
            .field("pool_size", &self.pool_size)
            .field("statement_timeout", &self.statement_timeout)
            .finish_non_exhaustive()
    }
}

/// The host and port of a configuration with one host, as it is logged.
pub(super) fn host_name(config: &Config) -> String {
    let port = config.get_ports().first().copied().unwrap_or(5432);
    match (config.get_hosts().first(), config.get_hostaddrs().first()) {
        (Some(Host::Tcp(name)), _) => format!("{name}:{port}"),
        (Some(Host::Unix(folder)), _) => format!("{}:{port}", folder.display()),
        (None, Some(address)) => format!("{address}:{port}"),
        (None, None) => String::new(),
    }
}

/// Makes one configuration per host. `tokio-postgres` would try the next host only if a host refuses the connection,
/// and not if it accepts it and never replies, as a stopped one does.
fn split_hosts(config: &Config) -> Result<Vec<Config>, PostgresConfigError> {
    let (names, addresses, ports) = (config.get_hosts(), config.get_hostaddrs(), config.get_ports());
    let count = names.len().max(addresses.len());
    let fits = |len: usize| len == 0 || len == count;
    if count == 0 || names.iter().any(|name| *name == Host::Tcp(String::new())) {
        return Err(PostgresConfigError::NoHost);
    }
    if !fits(names.len()) || !fits(addresses.len()) || !(fits(ports.len()) || ports.len() == 1) {
        return Err(PostgresConfigError::HostCount);
    }
    let session = match (config.get_target_session_attrs(), count) {
        (TargetSessionAttrs::ReadOnly, _) => return Err(PostgresConfigError::ReadOnly),
        (TargetSessionAttrs::Any, 1) => TargetSessionAttrs::Any,
        _ => TargetSessionAttrs::ReadWrite,
    };
    let configs = (0..count).map(|index| {
        let mut host = options(config);
        match names.get(index) {
            Some(Host::Tcp(name)) => host.host(name),
            Some(Host::Unix(folder)) => host.host_path(folder),
            None => &mut host,
        };
        addresses.get(index).map(|address| host.hostaddr(*address));
        ports.get(index).or(ports.first()).map(|port| host.port(*port));
        host.target_session_attrs(session);
        host
    });
    Ok(configs.collect())
}

/// A copy of everything but the hosts, with defaults for connections that have to notice a dead host soon.
fn options(config: &Config) -> Config {
    let mut copy = Config::new();
    config.get_user().map(|user| copy.user(user));
    config.get_password().map(|password| copy.password(password));
    config.get_dbname().map(|name| copy.dbname(name));
    config.get_options().map(|options| copy.options(options));
    copy.application_name(APPLICATION_NAME)
        .ssl_mode(config.get_ssl_mode())
        .ssl_negotiation(config.get_ssl_negotiation())
        .channel_binding(config.get_channel_binding())
        .tcp_user_timeout(config.get_tcp_user_timeout().copied().unwrap_or(TCP_USER_TIMEOUT))
        .keepalives(config.get_keepalives())
        .keepalives_idle(
            Some(config.get_keepalives_idle()).filter(|idle| *idle != UNSET_KEEPALIVE).unwrap_or(KEEPALIVE),
        )
        .keepalives_interval(config.get_keepalives_interval().unwrap_or(KEEPALIVE))
        .keepalives_retries(config.get_keepalives_retries().unwrap_or(3));
    copy
}

/// What is wrong with a URL, without any other text of it than the name of an option.
fn parse_error(error: &tokio_postgres::Error) -> PostgresConfigError {
    let cause = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
    let named = |prefix: &str| {
        let option = cause.strip_prefix(prefix)?.strip_prefix(" `")?.strip_suffix('`')?;
        OPTIONS.iter().copied().find(|known| *known == option)
    };
    match (named("invalid value for option"), named("unknown option")) {
        (Some("sslmode"), _) => PostgresConfigError::SslMode,
        (Some(option), _) => PostgresConfigError::InvalidValue(option),
        (_, Some(option)) => PostgresConfigError::UnknownOption(option),
        (None, None) => PostgresConfigError::Malformed,
    }
}
