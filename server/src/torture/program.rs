//! The server under test: this very program, as a child that can be killed.

use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader};
use std::net::SocketAddr;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use tokio::sync::watch;

/// How long a start may take.
const START: Duration = Duration::from_secs(60);

/// How often it is looked at.
const LOOK: Duration = Duration::from_millis(200);

/// Why there is no server.
#[derive(Debug, thiserror::Error)]
pub(super) enum ProgramError {
    #[error("the server can't be started: {0}")]
    Io(#[from] io::Error),
    #[error("the server did not start; the end of its log:\n{0}")]
    Silent(String),
    #[error("the server ended by itself ({0}); the end of its log:\n{1}")]
    Ended(ExitStatus, String),
}

/// The server, running or not.
#[derive(Debug)]
pub(super) struct Program {
    data: PathBuf,
    log: PathBuf,
    child: Option<Child>,
    address: watch::Sender<Option<SocketAddr>>,
}

impl Program {
    pub(super) fn new(data: PathBuf, log: PathBuf) -> Self {
        Self { data, log, child: None, address: watch::Sender::new(None) }
    }

    /// Where it can be reached, over kills and starts.
    pub(super) fn address(&self) -> watch::Receiver<Option<SocketAddr>> {
        self.address.subscribe()
    }

    /// Starts it.
    pub(super) async fn start(&mut self) -> Result<(), ProgramError> {
        let log = File::options().create(true).append(true).open(&self.log)?;
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["serve", "--listen", "127.0.0.1:0", "--limits", "on", "--log-format", "text", "--data"]);
        command.arg(&self.data).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log);
        // Ctrl-C at the terminal is for the torture alone.
        command.process_group(0);
        let mut child = command.spawn()?;
        let output = child.stdout.take();
        self.child = Some(child);
        let first =
            tokio::task::spawn_blocking(move || output.and_then(|output| BufReader::new(output).lines().next()));
        let first = match tokio::time::timeout(START, first).await {
            Ok(Ok(Some(Ok(line)))) => line,
            _ => return Err(ProgramError::Silent(self.last_words())),
        };
        let address = first.rsplit_once("http://").and_then(|(_, address)| address.parse().ok());
        self.address.send_replace(Some(address.ok_or(ProgramError::Silent(first))?));
        Ok(())
    }

    /// Ends it as the kernel does when memory is short.
    pub(super) fn kill(&mut self) -> io::Result<()> {
        self.address.send_replace(None);
        if let Some(mut child) = self.child.take() {
            child.kill()?;
            child.wait()?;
        }
        Ok(())
    }

    /// Waits until it ends by itself, which it should not.
    pub(super) async fn ended(&mut self) -> ProgramError {
        loop {
            if let Some(Ok(Some(status))) = self.child.as_mut().map(Child::try_wait) {
                return ProgramError::Ended(status, self.last_words());
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Lines of its log that tell of a panic.
    pub(super) fn panics(&self) -> Vec<String> {
        let log = fs::read(&self.log).unwrap_or_default();
        String::from_utf8_lossy(&log).lines().filter(|line| line.contains("panicked at")).map(str::to_owned).collect()
    }

    /// Where its log is.
    pub(super) fn log(&self) -> &Path {
        &self.log
    }

    fn last_words(&self) -> String {
        let log = fs::read(&self.log).unwrap_or_default();
        let lines: Vec<_> = String::from_utf8_lossy(&log).lines().map(str::to_owned).collect();
        lines[lines.len().saturating_sub(10)..].join("\n")
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.kill();
    }
}
