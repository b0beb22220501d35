//! The servers under test: Parlor, and others that support the plain dialect.

use std::{
    fs,
    io::{self, BufRead, BufReader},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
    time::Duration,
};

use crate::usage::Process;

/// A server under test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Target {
    /// Parlor's release binary, which stores every message durably before it delivers it.
    Parlor,
    /// The minimal fan-out: one epoll loop, one write per socket and iteration, no checks, no limits, no history.
    Floor,
    /// Bun's own `publish`.
    Bun,
    /// Node with the package `ws`.
    Node,
    /// axum's `WebSocket` with a task per connection, and tokio's broadcast channel.
    Broadcast,
    /// The reference server of the plain dialect: FastAPI on uvicorn.
    Fastapi,
}

impl Target {
    /// The name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Parlor => "Parlor",
            Self::Floor => "floor",
            Self::Bun => "Bun publish",
            Self::Node => "Node ws",
            Self::Broadcast => "axum + tokio broadcast",
            Self::Fastapi => "FastAPI + uvicorn",
        }
    }

    /// Whether the server supports more than one room.
    pub fn has_rooms(self) -> bool {
        self != Self::Fastapi
    }

    fn command(self, environment: &Environment, data: &Path) -> Command {
        let with = |program: &Path, script: &str| {
            let mut command = Command::new(program);
            command.arg(environment.scripts.join(script));
            command
        };
        match self {
            Self::Parlor => {
                let mut command = Command::new(environment.release.join("parlor"));
                command.args(["--listen", "127.0.0.1:0", "--limits", "off", "--data"]).arg(data);
                command
            }
            Self::Floor => Command::new(environment.release.join("floor")),
            Self::Broadcast => Command::new(environment.release.join("broadcast")),
            Self::Bun => with(&environment.bun, "bun.js"),
            Self::Node => with(Path::new("node"), "node.js"),
            Self::Fastapi => {
                let mut command = Command::new(&environment.python);
                command.args(["server/tests/reference/chat_server.py", "0"]);
                command
            }
        }
    }
}

/// Paths of programs and data, and the core for servers.
#[derive(Clone, Debug)]
pub struct Environment {
    /// Directory of the release binaries.
    pub release: PathBuf,
    /// Path of the Bun executable.
    pub bun: PathBuf,
    /// Directory of the JavaScript servers.
    pub scripts: PathBuf,
    /// Path of a Python interpreter with FastAPI.
    pub python: PathBuf,
    /// Directory for Parlor's data, on a real disk.
    pub data: PathBuf,
    /// Numbers of the cores on which servers run.
    pub server_cores: Vec<usize>,
    /// Number of the core on which the clients run.
    pub client_core: usize,
    /// Length of the measurement window of each run.
    pub window: Duration,
    /// Messages per second in all, in the benchmarks with several nodes.
    pub rate: f64,
}

/// A running server process, pinned to one core. Dropping it kills the process and deletes its data.
pub struct Server {
    target: Target,
    child: Child,
    data: PathBuf,
    _stdout: BufReader<ChildStdout>,
    /// The address on which the server listens.
    pub address: SocketAddr,
}

impl Server {
    /// Starts a server with an empty data directory, and waits until it listens.
    ///
    /// # Errors
    /// If the server cannot be started, or ends before it listens.
    pub fn start(target: Target, environment: &Environment) -> io::Result<Self> {
        let data = environment.data.join(format!("{target:?}-{}", std::process::id()).to_lowercase());
        let _ = fs::remove_dir_all(&data);
        Self::start_on(target, environment, data, None)
    }

    /// Starts a node of Parlor with an empty data directory, and waits until it listens. The number is different for
    /// each node that uses the same database.
    ///
    /// # Errors
    /// As for [`start`](Self::start).
    pub fn start_node(environment: &Environment, number: usize, database: &str) -> io::Result<Self> {
        let data = environment.data.join(format!("node-{number}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&data);
        Self::start_on(Target::Parlor, environment, data, Some(database))
    }

    /// Kills the server (SIGKILL) and starts it again with the same data.
    ///
    /// # Errors
    /// As for [`start`](Self::start).
    pub fn restart(&mut self, environment: &Environment) -> io::Result<()> {
        self.kill();
        *self = Self::start_on(self.target, environment, std::mem::take(&mut self.data), None)?;
        Ok(())
    }

    /// The server's data directory.
    pub fn data(&self) -> &Path {
        &self.data
    }

    fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    fn start_on(target: Target, environment: &Environment, data: PathBuf, database: Option<&str>) -> io::Result<Self> {
        let plain = target.command(environment, &data);
        let mut pinned = Command::new("taskset");
        let cores: Vec<_> = environment.server_cores.iter().map(usize::to_string).collect();
        pinned.args(["-c", &cores.join(",")]).arg(plain.get_program()).args(plain.get_args());
        pinned.envs(database.map(|url| ("PARLOR_POSTGRES", url)));
        pinned.env("UV_THREADPOOL_SIZE", "1").stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = pinned.spawn()?;
        let mut stdout = BufReader::new(child.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?);
        let mut line = String::new();
        loop {
            line.clear();
            if stdout.read_line(&mut line)? == 0 {
                let _ = child.wait();
                return Err(io::Error::other(format!("{} ended before it listened", target.name())));
            }
            if let Some(address) = address(&line) {
                return Ok(Self { target, child, data, _stdout: stdout, address });
            }
        }
    }

    /// The server's process.
    pub fn process(&self) -> Process {
        Process::new(self.child.id())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
        // After a restart the new server owns the data directory, and the path here is empty.
        if !self.data.as_os_str().is_empty() {
            let _ = fs::remove_dir_all(&self.data);
        }
    }
}

// Finds the address in a line of output; each server formats it differently.
fn address(line: &str) -> Option<SocketAddr> {
    let from = line.find("127.0.0.1:")?;
    let rest = &line[from..];
    rest[..rest.find(|c: char| !(c.is_ascii_digit() || c == '.' || c == ':')).unwrap_or(rest.len())].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_found_in_the_output_of_any_server() {
        for line in ["Parlor is at http://127.0.0.1:4000\n", "ready: ws://127.0.0.1:4000/ws/chat\n", "127.0.0.1:4000"] {
            assert_eq!(address(line), Some(([127, 0, 0, 1], 4000).into()), "{line}");
        }
        assert_eq!(address("starting"), None);
    }
}
