//! A private PostgreSQL server for tests: started from installed binaries, in a temporary folder, on a free port. It
//! can be killed, paused and restarted, and can have a standby.
//!
//! The server is a child of this process, without `pg_ctl`, and keeps its usual durability (`fsync`). All functions
//! block the thread until the server has done what they ask for.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, thread};

/// The programs that are needed.
const PROGRAMS: [&str; 4] = ["initdb", "pg_basebackup", "postgres", "psql"];

/// Where Debian installs them, in one folder per version.
const DEBIAN: &str = "/usr/lib/postgresql";

/// The user that the server runs as if this process is root's, since it refuses to run as root.
const USER: &str = "postgres";

/// How long starting, stopping and other changes of the server may take.
const TIMEOUT: Duration = Duration::from_secs(60);

const POLL_INTERVAL: Duration = Duration::from_millis(20);

/// Settings of every server. Tests change others by [`PostgresServer::set`].
const SETTINGS: &str = "listen_addresses = '127.0.0.1'\nshared_buffers = '32MB'\nwal_keep_size = '256MB'\n\
    wal_receiver_timeout = '5s'\nlog_line_prefix = '%m [%p] '\n";

/// Removes the folder ($1) when its standard input is closed, as it is when the process that started this was killed.
/// If the last line of the input is a process id, the server with this id is stopped before. If it is paused it is
/// resumed, since otherwise its processes would not notice.
const WATCHDOG: &str = r#"
    while read -r line; do server=$line; done
    if [ -n "$server" ]; then
        kill -CONT "$server" $(cat "/proc/$server/task/$server/children" 2> /dev/null)
        kill -QUIT "$server"
        for attempt in 1 2 3 4 5 6 7 8 9 10; do kill -0 "$server" 2> /dev/null || break; sleep 0.2; done
    fi
    rm -rf "$1""#;

/// Why a server can't be used.
#[derive(Debug, thiserror::Error)]
pub enum PostgresServerError {
    /// The programs are not installed.
    #[error(
        "initdb, pg_basebackup, postgres and psql are neither in PATH nor in {DEBIAN}: install the package postgresql"
    )]
    NotInstalled,
    /// This process is root's, and there is no other user to run the server as.
    #[error("the server can't run as root, and there is no user {USER}: install the package postgresql")]
    NoUser,
    /// A file or process can't be created or used.
    #[error("the database server can't be started or stopped: {0}")]
    Io(#[from] io::Error),
    /// A program failed.
    #[error("{program} failed: {output}")]
    Failed {
        /// The program's name.
        program: &'static str,
        /// What it wrote.
        output: String,
    },
    /// The server did not start, or did not do in time what it was asked for.
    #[error("the database server did not {action} in time; the end of its log:\n{log}")]
    Timeout {
        /// What it was to do.
        action: &'static str,
        /// The end of its log.
        log: String,
    },
}

/// How a server stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StopMode {
    /// It rolls back all transactions and writes a checkpoint.
    Fast,
    /// It stops at once, and recovers at the next start.
    Immediate,
}

/// A database server, running or not. Dropping it stops it and removes its folder. If this process is killed, a shell
/// that waits for its end does so ([`WATCHDOG`]).
#[derive(Debug)]
pub struct PostgresServer {
    binaries: PathBuf,
    folder: PathBuf,
    port: u16,
    /// The user and group of the server, if this process is root's.
    owner: Option<(u32, u32)>,
    /// The running server. It is waited for after the watchdog knows that it has exited: its process id stays reserved.
    process: Option<Child>,
    /// Runs [`WATCHDOG`].
    watchdog: Child,
}

impl PostgresServer {
    /// Creates a database cluster and starts its server. Its only user is `postgres`, without a password.
    ///
    /// # Errors
    /// [`PostgresServerError`].
    pub fn create() -> Result<Self, PostgresServerError> {
        let server = Self::in_new_folder(find_binaries()?, find_owner()?)?;
        let mut initdb = server.command("initdb");
        // The new files need not be on disk: only an operating system's crash could lose them.
        initdb.args(["-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "-D"]);
        output("initdb", initdb.arg(server.data()))?;
        server.configure_and_start()
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
        self.tell_watchdog(&pid)?;
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
        signal("CONT", &processes)
    }

    /// Runs SQL in the database `postgres` and returns the rows, a line for each, with `|` between columns.
    ///
    /// # Errors
    /// [`PostgresServerError::Failed`] with the database's message.
    pub fn query(&self, sql: &str) -> Result<String, PostgresServerError> {
        self.query_in("postgres", sql)
    }

    /// Runs SQL in a database, like [`query`](Self::query).
    ///
    /// # Errors
    /// [`PostgresServerError::Failed`] with the database's message.
    pub fn query_in(&self, database: &str, sql: &str) -> Result<String, PostgresServerError> {
        let mut psql = self.command("psql");
        psql.args(["-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-c", sql, &self.url_of(database)]);
        Ok(output("psql", psql.env("PGCONNECT_TIMEOUT", "10"))?.trim_end().to_owned())
    }

    /// Creates an empty database and returns its connection URL.
    ///
    /// # Errors
    /// [`PostgresServerError`].
    pub fn create_database(&self, name: &str) -> Result<String, PostgresServerError> {
        self.query(&format!("CREATE DATABASE \"{name}\""))?;
        Ok(self.url_of(name))
    }

    /// Changes a setting that needs no restart, and waits until it applies to new connections.
    ///
    /// # Errors
    /// [`PostgresServerError`].
    pub fn set(&self, name: &str, value: &str) -> Result<(), PostgresServerError> {
        let loaded = self.query("SELECT pg_conf_load_time()")?;
        self.query(&format!("ALTER SYSTEM SET {name} = '{}'", value.replace('\'', "''")))?;
        self.query("SELECT pg_reload_conf()")?;
        self.wait_for("reload its settings", |server| Ok(server.query("SELECT pg_conf_load_time()")? != loaded))
    }

    /// Makes and starts another server that follows this one by streaming replication. Commits wait for it only if
    /// `synchronous_standby_names` is `*`.
    ///
    /// # Errors
    /// [`PostgresServerError`].
    pub fn standby(&self) -> Result<Self, PostgresServerError> {
        let standby = Self::in_new_folder(self.binaries.clone(), self.owner)?;
        let mut copy = standby.command("pg_basebackup");
        copy.args(["-R", "-X", "stream", "-c", "fast", "--no-sync", "-d", &self.url(), "-D"]);
        output("pg_basebackup", copy.arg(standby.data()))?;
        let standby = standby.configure_and_start()?;
        let follows = "SELECT count(*) > 0 FROM pg_stat_replication WHERE state = 'streaming'";
        self.wait_for("start replication", |server| Ok(server.query(follows)? == "t"))?;
        Ok(standby)
    }

    /// Makes a standby accept writes. It does not follow another server any more.
    ///
    /// # Errors
    /// [`PostgresServerError`].
    pub fn promote(&mut self) -> Result<(), PostgresServerError> {
        self.query("SELECT pg_promote(wait => false)")?;
        self.wait_for("accept writes", |server| Ok(server.query("SELECT pg_is_in_recovery()")? == "f"))
    }

    /// The end of the server's log.
    #[must_use]
    pub fn log_tail(&self) -> String {
        let log = fs::read(self.folder.join("server.log")).unwrap_or_default();
        let lines: Vec<_> = String::from_utf8_lossy(&log).lines().map(str::to_owned).collect();
        lines[lines.len().saturating_sub(10)..].join("\n")
    }

    fn in_new_folder(binaries: PathBuf, owner: Option<(u32, u32)>) -> Result<Self, PostgresServerError> {
        let name = format!("parlor-pg-{}-{:08x}", std::process::id(), fastrand::u32(..));
        let folder = env::temp_dir().join(name);
        fs::create_dir(&folder)?;
        let mut watchdog = Command::new("sh");
        watchdog.args(["-c", WATCHDOG, "watchdog"]).arg(&folder).process_group(0);
        let watchdog = watchdog.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        let server = Self { binaries, folder, port: free_port()?, owner, process: None, watchdog };
        fs::set_permissions(&server.folder, fs::Permissions::from_mode(0o700))?;
        if let Some((user, group)) = owner {
            chown(&server.folder, Some(user), Some(group))?;
        }
        Ok(server)
    }

    fn configure_and_start(mut self) -> Result<Self, PostgresServerError> {
        let mut file = File::options().append(true).open(self.data().join("postgresql.conf"))?;
        let (port, folder) = (self.port, self.folder.display());
        // Of several lines with the same setting the last one counts.
        write!(file, "{SETTINGS}port = {port}\nunix_socket_directories = '{folder}'\n")?;
        self.start()?;
        Ok(self)
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// A program of PostgreSQL, as the server's user and without settings of the environment.
    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.binaries.join(program));
        for (variable, _) in env::vars_os().filter(|(name, _)| name.as_encoded_bytes().starts_with(b"PG")) {
            command.env_remove(variable);
        }
        if let Some((user, group)) = self.owner {
            command.uid(user).gid(group);
        }
        command.current_dir(&self.folder);
        command
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
        self.tell_watchdog("")?;
        if let Some(mut server) = self.process.take() {
            server.wait()?;
        }
        Ok(())
    }

    /// Tells the watchdog which process to stop: none if this is empty.
    fn tell_watchdog(&mut self, server: &str) -> io::Result<()> {
        self.watchdog.stdin.as_mut().map_or(Ok(()), |input| writeln!(input, "{server}"))
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
        // The watchdog removes the folder.
        drop(self.watchdog.stdin.take());
        let _ = self.watchdog.wait();
    }
}

/// The folder of the installed programs: in PATH, or the newest that Debian has installed.
fn find_binaries() -> Result<PathBuf, PostgresServerError> {
    let has_all = |folder: &PathBuf| PROGRAMS.iter().all(|program| folder.join(program).is_file());
    let path = env::var_os("PATH").unwrap_or_default();
    if let Some(folder) = env::split_paths(&path).find(has_all) {
        return Ok(folder);
    }
    let versions = fs::read_dir(DEBIAN).into_iter().flatten().flatten().filter_map(|entry| {
        let version: u32 = entry.file_name().to_str()?.parse().ok()?;
        Some((version, entry.path().join("bin"))).filter(|(_, folder)| has_all(folder))
    });
    versions.max().map(|(_, folder)| folder).ok_or(PostgresServerError::NotInstalled)
}

/// The user and group to run a server as; `None` if this process is not root's.
fn find_owner() -> Result<Option<(u32, u32)>, PostgresServerError> {
    let status = fs::read_to_string("/proc/self/status")?;
    let effective = status.lines().find_map(|line| line.strip_prefix("Uid:")?.split_whitespace().nth(1));
    if effective != Some("0") {
        return Ok(None);
    }
    let users = fs::read_to_string("/etc/passwd")?;
    let ids = users.lines().find_map(|line| {
        let mut fields = line.split(':');
        let is_user = fields.next() == Some(USER);
        let (user, group) = (fields.nth(1)?.parse().ok()?, fields.next()?.parse().ok()?);
        is_user.then_some((user, group))
    });
    ids.map(Some).ok_or(PostgresServerError::NoUser)
}

/// A port that nobody listens on, below those that the system gives to outgoing connections: one of them could take it
/// while the server is down.
fn free_port() -> io::Result<u16> {
    let mut last = Ok(());
    for _ in 0..100 {
        let port = fastrand::u16(20_000..32_000);
        match TcpListener::bind(("127.0.0.1", port)) {
            Ok(_) => return Ok(port),
            Err(error) => last = Err(error),
        }
    }
    last.and(Err(io::ErrorKind::AddrInUse.into()))
}

/// Runs a program and returns its output.
fn output(program: &'static str, command: &mut Command) -> Result<String, PostgresServerError> {
    let output = command.stdin(Stdio::null()).output()?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let output = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(PostgresServerError::Failed { program, output })
}

/// Sends a signal to processes. Those that are gone are ignored.
fn signal(name: &str, processes: &[u32]) -> Result<(), PostgresServerError> {
    if !processes.is_empty() {
        // The shell has this command, and not every system has it as a program.
        let mut kill = Command::new("sh");
        kill.args(["-c", "kill \"$@\" 2> /dev/null", "kill", &format!("-{name}")]);
        kill.args(processes.iter().map(u32::to_string)).stdin(Stdio::null()).status()?;
    }
    Ok(())
}

/// The state and the parent of a process; `None` if it is gone.
fn state_and_parent(pid: &str) -> Option<(char, u32)> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The program's name, in parentheses, may contain anything.
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
    Some((fields.next()?.chars().next()?, fields.next()?.parse().ok()?))
}

/// The processes that a process has started.
fn children(parent: u32) -> io::Result<HashSet<u32>> {
    let processes = fs::read_dir("/proc")?.flatten().filter_map(|entry| entry.file_name().into_string().ok());
    let children = processes.filter(|pid| state_and_parent(pid).is_some_and(|(_, of)| of == parent));
    Ok(children.filter_map(|pid| pid.parse().ok()).collect())
}

/// Whether a process has exited. One that nobody has waited for counts as such.
fn is_gone(pid: u32) -> bool {
    state_and_parent(&pid.to_string()).is_none_or(|(state, _)| state == 'Z')
}
