//! A server under test: the current executable as a child process that can be killed, stopped, paused and started again.

use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader};
use std::net::SocketAddr;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep};

use crate::process::signal;

/// How long the server may take to start.
const START_TIMEOUT: Duration = Duration::from_secs(60);

/// How long the server may take to stop: connections have 8 s to close.
const STOP_TIMEOUT: Duration = Duration::from_secs(45);

/// Interval between attempts to start a server whose database is not available.
const RESTART_INTERVAL: Duration = Duration::from_millis(500);

/// Interval at which [`ServerProcess::unexpected_exit`] polls the process.
const POLL_INTERVAL: Duration = Duration::from_millis(200);

/// Lines of the server's log that an error shows.
const LOG_TAIL_LINES: usize = 10;

/// Why the server is not running.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ServerProcessError {
    #[error("the server can't be started: {0}")]
    Io(#[from] io::Error),
    #[error("the server did not start; the end of its log:\n{0}")]
    NotReady(String),
    #[error("the server exited unexpectedly ({0}); the end of its log:\n{1}")]
    Exited(ExitStatus, String),
    #[error("the server did not stop after SIGTERM; the end of its log:\n{0}")]
    NotStopped(String),
}

/// The server process, running or not. Dropping it kills the process.
#[derive(Debug)]
pub(crate) struct ServerProcess {
    data: PathBuf,
    log: PathBuf,
    /// The URL of the database that it shares with other servers; `None` if everything is in `data`.
    postgres: Option<String>,
    child: Option<Child>,
    address: watch::Sender<Option<SocketAddr>>,
}

impl ServerProcess {
    pub(crate) fn new(data: PathBuf, log: PathBuf, postgres: Option<String>) -> Self {
        Self { data, log, postgres, child: None, address: watch::Sender::new(None) }
    }

    /// The server's current address: `None` while it is down, another one after each start.
    pub(crate) fn address(&self) -> watch::Receiver<Option<SocketAddr>> {
        self.address.subscribe()
    }

    /// Starts the server and waits until it prints its address.
    pub(crate) async fn start(&mut self) -> Result<(), ServerProcessError> {
        let log = File::options().create(true).append(true).open(&self.log)?;
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["serve", "--listen", "127.0.0.1:0", "--limits", "on", "--log-format", "text", "--data"]);
        command.arg(&self.data).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log);
        // Other processes can't read the URL there. A database that is meant for another server must not be used.
        command.env_remove("PARLOR_POSTGRES");
        if let Some(url) = &self.postgres {
            command.env("PARLOR_POSTGRES", url);
        }
        // A process group of its own, so that Ctrl-C in the terminal reaches the test run only.
        command.process_group(0);
        let mut child = command.spawn()?;
        let output = child.stdout.take();
        self.child = Some(child);
        let first_line =
            tokio::task::spawn_blocking(move || output.and_then(|output| BufReader::new(output).lines().next()));
        let first_line = match tokio::time::timeout(START_TIMEOUT, first_line).await {
            Ok(Ok(Some(Ok(line)))) => line,
            _ => return Err(ServerProcessError::NotReady(self.log_tail())),
        };
        let address = first_line.rsplit_once("http://").and_then(|(_, address)| address.parse().ok());
        self.address.send_replace(Some(address.ok_or(ServerProcessError::NotReady(first_line))?));
        Ok(())
    }

    /// Starts the server as an operating system's supervisor does, which tries again when a server exits because its
    /// database is not available. Returns how many attempts failed.
    pub(crate) async fn start_until_ready(&mut self) -> Result<u64, ServerProcessError> {
        let deadline = Instant::now() + START_TIMEOUT;
        let mut failed = 0;
        loop {
            match self.start().await {
                Ok(()) => return Ok(failed),
                Err(error) if self.postgres.is_none() || Instant::now() > deadline => return Err(error),
                Err(_) => {
                    self.kill()?;
                    failed += 1;
                    sleep(RESTART_INTERVAL).await;
                }
            }
        }
    }

    /// Stops the server with SIGTERM and waits for its end.
    pub(crate) async fn stop(&mut self) -> Result<(), ServerProcessError> {
        let deadline = Instant::now() + STOP_TIMEOUT;
        let Some(child) = &mut self.child else { return Ok(()) };
        signal("TERM", &[child.id()])?;
        // New connections are refused from now on.
        self.address.send_replace(None);
        while child.try_wait()?.is_none() {
            if Instant::now() > deadline {
                return Err(ServerProcessError::NotStopped(self.log_tail()));
            }
            sleep(POLL_INTERVAL).await;
        }
        self.child = None;
        Ok(())
    }

    /// Stops the process with SIGSTOP: its connections stay open, and it does nothing.
    pub(crate) fn pause(&self) -> io::Result<()> {
        self.child.as_ref().map_or(Ok(()), |child| signal("STOP", &[child.id()]))
    }

    /// Continues the process after [`pause`](Self::pause).
    pub(crate) fn resume(&self) -> io::Result<()> {
        self.child.as_ref().map_or(Ok(()), |child| signal("CONT", &[child.id()]))
    }

    /// Kills the server with SIGKILL, as the kernel does when memory runs out.
    pub(crate) fn kill(&mut self) -> io::Result<()> {
        self.address.send_replace(None);
        if let Some(mut child) = self.child.take() {
            child.kill()?;
            child.wait()?;
        }
        Ok(())
    }

    /// Waits until the server exits without having been killed or stopped. Cancel safe.
    pub(crate) async fn unexpected_exit(&mut self) -> ServerProcessError {
        loop {
            if let Some(Ok(Some(status))) = self.child.as_mut().map(Child::try_wait) {
                return ServerProcessError::Exited(status, self.log_tail());
            }
            sleep(POLL_INTERVAL).await;
        }
    }

    /// The lines of the server's log that report a panic.
    ///
    /// # Errors
    /// If the log can't be read, so that panics can't be excluded.
    pub(crate) fn panics(&self) -> io::Result<Vec<String>> {
        let log = fs::read(&self.log)?;
        let lines = String::from_utf8_lossy(&log);
        Ok(lines.lines().filter(|line| line.contains("panicked at")).map(str::to_owned).collect())
    }

    /// The path of the server's log.
    pub(crate) fn log(&self) -> &Path {
        &self.log
    }

    fn log_tail(&self) -> String {
        let log = fs::read(&self.log).unwrap_or_default();
        let lines: Vec<_> = String::from_utf8_lossy(&log).lines().map(str::to_owned).collect();
        lines[lines.len().saturating_sub(LOG_TAIL_LINES)..].join("\n")
    }
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        let _ = self.kill();
    }
}
