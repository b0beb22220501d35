//! Injects the planned faults of one server.

use std::time::Duration;

use crate::cluster_plan::NodeFault;
use crate::error::TortureError;
use crate::fault_context::FaultContext;
use crate::server_process::ServerProcess;

/// Injects faults until the end of the plan, and then returns at once. The server is running afterwards.
///
/// # Errors
/// If the server exits unexpectedly, or does not start or stop.
pub(crate) async fn inject(
    server: &mut ServerProcess,
    plan: Vec<(Duration, NodeFault)>,
    context: &FaultContext,
) -> Result<(), TortureError> {
    for (at, fault) in plan {
        // Cancel safe: no branch loses anything.
        let continues = tokio::select! {
            continues = context.wait_until(at) => continues,
            error = server.unexpected_exit() => return Err(error.into()),
        };
        if !continues {
            break;
        }
        perform(server, fault, context).await?;
    }
    Ok(())
}

async fn perform(server: &mut ServerProcess, fault: NodeFault, context: &FaultContext) -> Result<(), TortureError> {
    let counters = &context.counters;
    match fault {
        NodeFault::Kill { downtime } => {
            server.kill()?;
            counters.kills.increment();
            context.wait(downtime).await;
            counters.failed_starts.add(server.start_until_ready().await?);
        }
        NodeFault::Stop { downtime } => {
            server.stop().await?;
            counters.count_fault("stops of a server");
            context.wait(downtime).await;
            counters.failed_starts.add(server.start_until_ready().await?);
        }
        NodeFault::Pause(duration) => {
            server.pause()?;
            counters.count_fault("pauses of a server");
            context.wait(duration).await;
            server.resume()?;
        }
    }
    Ok(())
}
