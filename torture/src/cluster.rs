//! The servers under test, and the database that they share if there are several.

use std::io;
use std::net::SocketAddr;
use std::path::Path;

use futures_util::future::{join_all, select_all, try_join_all};

use crate::cluster_plan::ClusterPlan;
use crate::database::Database;
use crate::error::TortureError;
use crate::fault_context::FaultContext;
use crate::fault_plan;
use crate::flags::Flags;
use crate::server_list::ServerList;
use crate::server_process::{ServerProcess, ServerProcessError};
use crate::{database_faults, node_faults};

/// The number of servers if the flags do not say it.
const DEFAULT_NODES: usize = 3;

/// One server with its data directory, or several with one database. Dropping it stops all of them.
#[derive(Debug)]
pub(crate) struct Cluster {
    servers: Vec<ServerProcess>,
    /// Taken while its faults are injected.
    database: Option<Database>,
}

impl Cluster {
    /// Prepares the servers, whose logs are in this directory, and starts the database that they share.
    ///
    /// # Errors
    /// If the flags contradict each other, or the database does not start.
    pub(crate) async fn prepare(flags: &Flags, scratch: &Path) -> Result<Self, TortureError> {
        let data = flags.data.clone().unwrap_or_else(|| scratch.join("data"));
        let database = match &flags.postgres {
            None if flags.nodes.is_some() => {
                return Err(TortureError::Flags(
                    "--nodes needs --postgres: several servers share one PostgreSQL database. Without a URL (--postgres) a \
                 private one is started",
                ));
            }
            None if flags.standby => return Err(TortureError::Flags("--standby needs --postgres without a URL")),
            None => None,
            Some(Some(_)) if flags.standby => {
                return Err(TortureError::Flags("--standby needs a private database: --postgres without a URL"));
            }
            Some(Some(url)) => Some(Database::External { url: url.clone() }),
            Some(None) => {
                let with_standby = flags.standby;
                let database = tokio::task::spawn_blocking(move || Database::start(with_standby)).await;
                Some(database.map_err(io::Error::other)??)
            }
        };
        let Some(database) = database else {
            let server = ServerProcess::new(data, scratch.join("server.log"), None);
            return Ok(Self { servers: vec![server], database: None });
        };
        let server = |number| {
            let (data, log) = (data.join(format!("node-{number}")), scratch.join(format!("node-{number}.log")));
            ServerProcess::new(data, log, Some(database.url()))
        };
        let servers = (1..=flags.nodes.unwrap_or(DEFAULT_NODES)).map(server).collect();
        Ok(Self { servers, database: Some(database) })
    }

    /// Starts all servers at once: one of them makes the tables of the database.
    pub(crate) async fn start(&mut self) -> Result<(), ServerProcessError> {
        let starts = join_all(self.servers.iter_mut().map(ServerProcess::start)).await;
        starts.into_iter().collect()
    }

    /// What is injected, in one line.
    pub(crate) fn describe(&self, interval: u64) -> String {
        let every = if interval == 0 { "never".to_owned() } else { format!("about every {interval} s") };
        match &self.database {
            None => format!("the server is killed {every}"),
            Some(_) => format!("a fault of {} servers or their database {every}", self.servers.len()),
        }
    }

    /// Which faults are left out, and why. `None` if none is.
    pub(crate) fn left_out_faults(&self) -> Option<String> {
        self.database.as_ref().and_then(Database::left_out)
    }

    /// Whether several servers share a database.
    pub(crate) fn has_database(&self) -> bool {
        self.database.is_some()
    }

    /// The servers for the connections of a client.
    pub(crate) fn server_list(&self) -> ServerList {
        ServerList::new(self.servers.iter().map(ServerProcess::address).collect())
    }

    /// The addresses of the servers that are running.
    pub(crate) fn addresses(&self) -> Vec<SocketAddr> {
        self.servers.iter().filter_map(|server| *server.address().borrow()).collect()
    }

    /// Injects all planned faults. The servers and the database are running afterwards.
    ///
    /// # Errors
    /// If a server exits unexpectedly, or a fault can't be injected.
    pub(crate) async fn inject_faults(
        &mut self,
        flags: &Flags,
        seed: u64,
        context: &FaultContext,
    ) -> Result<(), TortureError> {
        let Flags { seconds, kill_every: interval, .. } = *flags;
        let plan = match &self.database {
            None => ClusterPlan::for_single_server(fault_plan::kill_plan(seed, seconds, interval)),
            Some(database) => ClusterPlan::new(seed, seconds, interval, self.servers.len(), &database.faults()),
        };
        let of_servers = self.servers.iter_mut().zip(plan.nodes);
        let of_servers = of_servers.map(|(server, plan)| node_faults::inject(server, plan, context));
        let of_database = async {
            match self.database.take() {
                Some(database) => database_faults::inject(database, plan.database, context).await.map(Some),
                None => Ok(None),
            }
        };
        let (_, database) = tokio::try_join!(try_join_all(of_servers), of_database)?;
        self.database = database;
        Ok(())
    }

    /// Waits until a server exits that has no fault. Cancel safe.
    pub(crate) async fn unexpected_exit(&mut self) -> ServerProcessError {
        let exits = self.servers.iter_mut().map(|server| Box::pin(server.unexpected_exit()));
        select_all(exits).await.0
    }

    /// The lines of the servers' logs that report a panic.
    ///
    /// # Errors
    /// If a log can't be read, so that panics can't be excluded.
    pub(crate) fn panics(&self) -> io::Result<Vec<String>> {
        let panics: io::Result<Vec<_>> = self.servers.iter().map(ServerProcess::panics).collect();
        Ok(panics?.concat())
    }

    /// The paths of the servers' logs.
    pub(crate) fn logs(&self) -> impl Iterator<Item = &Path> {
        self.servers.iter().map(ServerProcess::log)
    }
}
