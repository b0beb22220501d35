//! Injects the planned faults of the database.

use std::io;
use std::time::Duration;

use crate::cluster_plan::DatabaseFault;
use crate::database::{Connections, Database, PrivateDatabase};
use crate::error::TortureError;
use crate::fault_context::FaultContext;
use crate::postgres_server::{PostgresServerError, StopMode};

/// Injects faults until the end of the plan, and then returns at once. The database is available afterwards.
///
/// # Errors
/// If the database can't be changed as planned.
pub(crate) async fn inject(
    mut database: Database,
    plan: Vec<(Duration, DatabaseFault)>,
    context: &FaultContext,
) -> Result<Database, TortureError> {
    for (at, fault) in plan {
        if !context.wait_until(at).await {
            break;
        }
        database = perform(database, fault, context).await?;
        context.counters.count_fault(name(fault));
    }
    Ok(database)
}

/// Begins a fault, waits for its length, and ends it.
async fn perform(database: Database, fault: DatabaseFault, context: &FaultContext) -> Result<Database, TortureError> {
    let (begin, duration, end): (Step, _, Step) = match fault {
        DatabaseFault::CloseListeners => return blocking(database, |of| of.close(Connections::Listeners)).await,
        DatabaseFault::CloseConnections => return blocking(database, |of| of.close(Connections::All)).await,
        DatabaseFault::Restart => (PrivateDatabase::restart, Duration::ZERO, |_| Ok(())),
        DatabaseFault::Failover => (PrivateDatabase::fail_over, Duration::ZERO, |_| Ok(())),
        DatabaseFault::Kill { downtime } => {
            (|of| of.primary.stop(StopMode::Immediate), downtime, |of| of.primary.start())
        }
        DatabaseFault::Pause(duration) => (|of| of.primary.pause().map(drop), duration, |of| of.primary.resume()),
        DatabaseFault::FillDisk(duration) => (|of| of.primary.fill_disk(), duration, |of| of.primary.free_disk()),
        DatabaseFault::FillConnections(duration) => {
            (PrivateDatabase::fill_connections, duration, PrivateDatabase::free_connections)
        }
    };
    let database = blocking(database, move |database| perform_step(database, begin)).await?;
    context.wait(duration).await;
    blocking(database, move |database| perform_step(database, end)).await
}

/// The begin or the end of a fault.
type Step = fn(&mut PrivateDatabase) -> Result<(), PostgresServerError>;

fn perform_step(database: &mut Database, step: Step) -> Result<(), PostgresServerError> {
    match database {
        Database::Private(database) => step(database),
        Database::External { .. } => Ok(()),
    }
}

/// Runs something that blocks the thread.
async fn blocking(
    mut database: Database,
    work: impl FnOnce(&mut Database) -> Result<(), PostgresServerError> + Send + 'static,
) -> Result<Database, TortureError> {
    let work = move || work(&mut database).map(|()| database);
    Ok(tokio::task::spawn_blocking(work).await.map_err(io::Error::other)??)
}

/// How the report calls faults of this kind.
fn name(fault: DatabaseFault) -> &'static str {
    match fault {
        DatabaseFault::Restart => "restarts of the database",
        DatabaseFault::Kill { .. } => "kills of the database",
        DatabaseFault::Pause(_) => "pauses of the database",
        DatabaseFault::FillConnections(_) => "times without free connections",
        DatabaseFault::FillDisk(_) => "times with a full disk",
        DatabaseFault::CloseListeners => "closed listeners",
        DatabaseFault::CloseConnections => "closed connections",
        DatabaseFault::Failover => "failovers",
    }
}
