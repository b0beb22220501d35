//! The database that several servers share: a private one with its processes, or the one of a URL.
//!
//! All functions block the thread.

mod connection_filler;

use std::process::{Command, Stdio};

use self::connection_filler::ConnectionFiller;
use crate::cluster_plan::{DatabaseFaultKind, DatabaseFaults};
use crate::postgres_server::{PostgresServer, PostgresServerError, StopMode};

/// The servers' backends. The name is the one that their connections have.
const BACKENDS: &str = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = 'parlor' AND pid <> pg_backend_pid()";

/// Of these, the ones that receive notifications.
const LISTENERS: &str = " AND query LIKE 'LISTEN%'";

/// Which of the servers' connections a fault closes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Connections {
    All,
    Listeners,
}

/// The database of a run with several servers.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "there is one of them")]
pub(crate) enum Database {
    /// A server that the run has started.
    Private(PrivateDatabase),
    /// A server that others may use too.
    External { url: String },
}

/// A database server that the run has started, and its standby.
#[derive(Debug)]
pub(crate) struct PrivateDatabase {
    pub(crate) primary: PostgresServer,
    /// It is promoted at most once.
    pub(crate) standby: Option<PostgresServer>,
    /// Why its disk can't be filled; `None` if it can.
    no_small_disk: Option<PostgresServerError>,
    filler: Option<ConnectionFiller>,
}

impl Database {
    /// Starts a private database.
    pub(crate) fn start(with_standby: bool) -> Result<Self, PostgresServerError> {
        let (primary, no_small_disk) = match PostgresServer::create_on_small_disk() {
            Ok(primary) => (primary, None),
            Err(error) => (PostgresServer::create()?, Some(error)),
        };
        let standby = if with_standby { Some(primary.standby()?) } else { None };
        if standby.is_some() {
            // Only now, and only there: the standby has to accept writes alone once it is the primary.
            primary.set("synchronous_standby_names", "*")?;
        }
        Ok(Self::Private(PrivateDatabase { primary, standby, no_small_disk, filler: None }))
    }

    /// The URL for the servers, with all hosts.
    pub(crate) fn url(&self) -> String {
        match self {
            Self::External { url } => url.clone(),
            Self::Private(PrivateDatabase { primary, standby: None, .. }) => primary.url(),
            Self::Private(PrivateDatabase { primary, standby: Some(standby), .. }) => {
                let (first, second) = (primary.port(), standby.port());
                format!(
                    "postgres://postgres@127.0.0.1:{first},127.0.0.1:{second}/postgres?target_session_attrs=read-write"
                )
            }
        }
    }

    /// The faults that are possible.
    pub(crate) fn faults(&self) -> DatabaseFaults {
        let mut kinds = vec![DatabaseFaultKind::CloseListeners, DatabaseFaultKind::CloseConnections];
        let Self::Private(database) = self else { return DatabaseFaults { kinds, failover: false } };
        kinds.extend([
            DatabaseFaultKind::Restart,
            DatabaseFaultKind::Kill,
            DatabaseFaultKind::Pause,
            DatabaseFaultKind::FillConnections,
        ]);
        if database.no_small_disk.is_none() {
            kinds.push(DatabaseFaultKind::FillDisk);
        }
        DatabaseFaults { kinds, failover: database.standby.is_some() }
    }

    /// Which faults are left out, and why. `None` if none is.
    pub(crate) fn left_out(&self) -> Option<String> {
        match self {
            Self::External { .. } => Some(
                "the database is not restarted, killed, paused or filled: that needs a private one (--postgres without a \
                 URL)"
                    .to_owned(),
            ),
            Self::Private(database) => {
                let error = database.no_small_disk.as_ref()?;
                Some(format!("the database's disk is not filled: no small disk can be mounted ({error})"))
            }
        }
    }

    /// Closes connections of the servers.
    pub(crate) fn close(&self, connections: Connections) -> Result<(), PostgresServerError> {
        let sql = match connections {
            Connections::All => BACKENDS.to_owned(),
            Connections::Listeners => format!("{BACKENDS}{LISTENERS}"),
        };
        match self {
            Self::Private(database) => database.primary.query(&sql).map(drop),
            Self::External { url } => psql(url, &sql),
        }
    }
}

impl PrivateDatabase {
    /// Kills the primary and promotes the standby, which follows it at this time.
    pub(crate) fn fail_over(&mut self) -> Result<(), PostgresServerError> {
        let Some(mut standby) = self.standby.take() else { return Ok(()) };
        self.primary.wait_for_standby()?;
        self.primary.kill()?;
        standby.promote()?;
        // The old primary never comes back: it has what was not acknowledged. Its disk is removed.
        self.primary = standby;
        Ok(())
    }

    /// Stops the server in an orderly way and starts it again.
    pub(crate) fn restart(&mut self) -> Result<(), PostgresServerError> {
        self.primary.restart(StopMode::Fast)
    }

    /// Uses all connections, and closes those of the servers.
    pub(crate) fn fill_connections(&mut self) -> Result<(), PostgresServerError> {
        self.filler = Some(ConnectionFiller::start(self.primary.port(), BACKENDS));
        Ok(())
    }

    /// Ends [`fill_connections`](Self::fill_connections).
    pub(crate) fn free_connections(&mut self) -> Result<(), PostgresServerError> {
        self.filler = None;
        Ok(())
    }
}

/// Runs SQL in the database of a URL.
fn psql(url: &str, sql: &str) -> Result<(), PostgresServerError> {
    let mut psql = Command::new("psql");
    psql.args(["-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-c", sql, url]).stdin(Stdio::null());
    let output = psql.env("PGCONNECT_TIMEOUT", "10").output()?;
    if output.status.success() {
        return Ok(());
    }
    Err(PostgresServerError::Failed { program: "psql", output: String::from_utf8_lossy(&output.stderr).into_owned() })
}

#[cfg(test)]
mod tests;
