//! A private PostgreSQL server for tests: started from installed binaries, in a temporary folder, on a free port. It
//! can be killed, paused and restarted, and can have a standby.
//!
//! The server is a child of this process, without `pg_ctl`, and keeps its usual durability (`fsync`). All functions
//! block the thread until the server has done what they ask for.

mod disk;
mod error;
mod faults;
mod installation;
mod sql;
mod standby;
mod watchdog;

use std::fs::{self, File};
use std::io::Write as _;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, thread};

pub use self::error::PostgresServerError;
use self::installation::{Installation, free_port, output};
use self::watchdog::Watchdog;
use crate::process::{is_gone, signal};

/// How long starting, stopping and other changes of the server may take.
const TIMEOUT: Duration = Duration::from_secs(60);

const POLL_INTERVAL: Duration = Duration::from_millis(20);

/// Settings of every server. Tests change others by [`PostgresServer::set`].
const SETTINGS: &str = "listen_addresses = '127.0.0.1'\nshared_buffers = '32MB'\nwal_keep_size = '256MB'\n\
    wal_receiver_timeout = '5s'\nlog_line_prefix = '%m [%p] '\n";

/// How a server stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StopMode {
    /// It rolls back all transactions and writes a checkpoint.
    Fast,
    /// It stops at once, and recovers at the next start.
    Immediate,
}

/// A database server, running or not. Dropping it stops it and removes its folder. If this process is killed, a shell
/// that waits for its end does so.
#[derive(Debug)]
pub struct PostgresServer {
    installation: Installation,
    folder: PathBuf,
    port: u16,
    /// The running server. It is waited for after the watchdog knows that it has exited: its process id stays reserved.
    process: Option<Child>,
    watchdog: Watchdog,
    /// Whether the cluster is on a disk of its own.
    has_small_disk: bool,
}

impl PostgresServer {
    /// Creates a database cluster and starts its server. Its only user is `postgres`, without a password.
    ///
    /// # Errors
    /// [`PostgresServerError`].
    pub fn create() -> Result<Self, PostgresServerError> {
        Self::in_new_folder(Installation::find()?)?.init("")
    }

    /// The connection URL of the database `postgres`.
    #[must_use]
    pub fn url(&self) -> String {
        self.url_of("postgres")
    }

    /// The connection URL of a database.
    #[must_use]
    pub fn url_of(&self, database: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{database}", self.port)
    }

    /// The TCP port. It is the same after a restart.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The folder of the server: its Unix socket, `server.log` and the database cluster in `data`.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The id of the server's first process, which has started all others. `None` if it is not running.
    #[must_use]
    pub fn process_id(&self) -> Option<u32> {
        self.process.as_ref().map(Child::id)
    }

    /// Starts the server, if it is not running, and waits until it accepts connections.
    ///
    /// # Errors
    /// [`PostgresServerError`].
    pub fn start(&mut self) -> Result<(), PostgresServerError> {
        if self.process.is_some() {
            return Ok(());
        }
        let log = File::options().create(true).append(true).open(self.folder.join("server.log"))?;
        let mut command = self.command("postgres");
        command.arg("-D").arg(self.data()).stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        // A process group of its own, so that Ctrl-C in the terminal does not reach it.
        let server = self.process.insert(command.process_group(0).spawn()?);
        let (pid, lock_file) = (server.id().to_string(), self.data().join("postmaster.pid"));
        self.watchdog.watch(&pid)?;
        // The first line of this file is the process id, the eighth the state.
        let is_ready = || {
            let lock = fs::read_to_string(&lock_file).unwrap_or_default();
            let mut lines = lock.lines();
            lines.next() == Some(&pid) && lines.nth(6).is_some_and(|state| state.trim() == "ready")
        };
        self.wait_for("start", |server| Ok(is_ready() || server.has_exited()))?;
        if self.has_exited() {
            self.reap()?;
            return Err(PostgresServerError::Timeout { action: "start", log: self.log_tail() });
        }
        Ok(())
    }

    /// Stops the server, if it is running. One that is paused is resumed.
    ///
    /// # Errors
    /// [`PostgresServerError`].
    pub fn stop(&mut self, mode: StopMode) -> Result<(), PostgresServerError> {
        if self.process.is_none() {
            return Ok(());
        }
        self.resume()?;
        let mode = if mode == StopMode::Fast { "INT" } else { "QUIT" };
        signal(mode, &self.server_pid())?;
        self.wait_for("stop", |server| Ok(server.has_exited()))?;
        self.reap()
    }

    /// Stops the server and starts it again.
    ///
    /// # Errors
    /// [`PostgresServerError`].
    pub fn restart(&mut self, mode: StopMode) -> Result<(), PostgresServerError> {
        self.stop(mode)?;
        self.start()
    }

    /// The end of the server's log.
    #[must_use]
    pub fn log_tail(&self) -> String {
        let log = fs::read(self.folder.join("server.log")).unwrap_or_default();
        let lines: Vec<_> = String::from_utf8_lossy(&log).lines().map(str::to_owned).collect();
        lines[lines.len().saturating_sub(10)..].join("\n")
    }

    fn in_new_folder(installation: Installation) -> Result<Self, PostgresServerError> {
        let name = format!("parlor-pg-{}-{:08x}", std::process::id(), fastrand::u32(..));
        let folder = env::temp_dir().join(name);
        fs::create_dir(&folder)?;
        let watchdog = Watchdog::start(&folder)?;
        let server = Self { installation, folder, port: free_port()?, process: None, watchdog, has_small_disk: false };
        fs::set_permissions(&server.folder, fs::Permissions::from_mode(0o700))?;
        if let Some((user, group)) = server.installation.owner {
            chown(&server.folder, Some(user), Some(group))?;
        }
        Ok(server)
    }

    /// Creates a database cluster with these additional settings, and starts the server.
    fn init(self, settings: &str) -> Result<Self, PostgresServerError> {
        let mut initdb = self.command("initdb");
        // The new files need not be on disk: only an operating system's crash could lose them.
        initdb.args(["-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "-D"]);
        output("initdb", initdb.arg(self.data()))?;
        self.configure_and_start(settings)
    }

    fn configure_and_start(mut self, settings: &str) -> Result<Self, PostgresServerError> {
        let mut file = File::options().append(true).open(self.data().join("postgresql.conf"))?;
        let (port, folder) = (self.port, self.folder.display());
        // Of several lines with the same setting the last one counts.
        write!(file, "{SETTINGS}{settings}port = {port}\nunix_socket_directories = '{folder}'\n")?;
        self.start()?;
        Ok(self)
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// A program of PostgreSQL, as the server's user and without settings of the environment.
    fn command(&self, program: &str) -> Command {
        self.installation.command(program, &self.folder)
    }

    fn server_pid(&self) -> Vec<u32> {
        self.process.iter().map(Child::id).collect()
    }

    /// Whether the server is a zombie or gone.
    fn has_exited(&self) -> bool {
        self.server_pid().iter().all(|pid| is_gone(*pid))
    }

    /// Frees the process id of a server that has exited or was killed.
    fn reap(&mut self) -> Result<(), PostgresServerError> {
        self.watchdog.watch("")?;
        if let Some(mut server) = self.process.take() {
            server.wait()?;
        }
        Ok(())
    }

    fn wait_for(
        &self,
        action: &'static str,
        mut is_done: impl FnMut(&Self) -> Result<bool, PostgresServerError>,
    ) -> Result<(), PostgresServerError> {
        let began = Instant::now();
        while !is_done(self)? {
            if began.elapsed() > TIMEOUT {
                return Err(PostgresServerError::Timeout { action, log: self.log_tail() });
            }
            thread::sleep(POLL_INTERVAL);
        }
        Ok(())
    }
}

impl Drop for PostgresServer {
    fn drop(&mut self) {
        if self.stop(StopMode::Immediate).is_err() {
            let _ = self.kill();
        }
        // The watchdog, which is dropped next, removes the folder.
    }
}
