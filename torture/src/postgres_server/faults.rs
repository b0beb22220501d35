//! Faults of the server's processes: they are killed, or stopped for a while.

use super::{PostgresServer, PostgresServerError};
use crate::process::{children, is_gone, signal};

impl PostgresServer {
    /// Kills all processes of the server with SIGKILL, as a crash of its machine would. What it has not written to disk
    /// is kept by the operating system.
    ///
    /// # Errors
    /// [`PostgresServerError`].
    pub fn kill(&mut self) -> Result<(), PostgresServerError> {
        let processes = self.pause()?;
        signal("KILL", &processes)?;
        self.wait_for("exit", |_| Ok(processes.iter().all(|pid| is_gone(*pid))))?;
        self.reap()
    }

    /// Stops all processes of the server with SIGSTOP. Connections to it stay open, and nothing replies. Returns the
    /// process ids.
    ///
    /// # Errors
    /// [`PostgresServerError`].
    pub fn pause(&mut self) -> Result<Vec<u32>, PostgresServerError> {
        // The first process first, so that no other starts meanwhile.
        let mut processes = self.server_pid();
        signal("STOP", &processes)?;
        if let [server] = processes[..] {
            processes.extend(children(server)?);
            signal("STOP", &processes)?;
        }
        Ok(processes)
    }

    /// Continues after [`pause`](Self::pause).
    ///
    /// # Errors
    /// [`PostgresServerError`].
    pub fn resume(&mut self) -> Result<(), PostgresServerError> {
        let mut processes = self.server_pid();
        if let [server] = processes[..] {
            processes.extend(children(server)?);
        }
        Ok(signal("CONT", &processes)?)
    }
}
