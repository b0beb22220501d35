//! The servers that are measured: Parlor, and others that speak the plain dialect.

use std::{
    fs,
    io::{self, BufRead, BufReader},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
};

use crate::usage::Process;

/// A kind of server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Peer {
    /// Parlor's release binary, with everything on disk before it is seen.
    Parlor,
    /// The least that can be done: one epoll loop, one write a socket and turn, no names, no bounds, no history.
    Floor,
    /// Bun's own `publish`.
    Bun,
    /// Node with the package `ws`.
    Node,
    /// axum's `WebSocket`, a task a connection, and tokio's broadcast channel.
    Broadcast,
    /// The server that the plain dialect comes from: FastAPI on uvicorn.
    Fastapi,
}

impl Peer {
    /// What it is called in tables.
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

    /// Whether it has more than one room.
    pub fn has_rooms(self) -> bool {
        self != Self::Fastapi
    }

    fn command(self, places: &Places, data: &Path) -> Command {
        let with = |program: &Path, script: &str| {
            let mut command = Command::new(program);
            command.arg(places.scripts.join(script));
            command
        };
        match self {
            Self::Parlor => {
                let mut command = Command::new(places.release.join("parlor"));
                command.args(["--listen", "127.0.0.1:0", "--limits", "off", "--data"]).arg(data);
                command
            }
            Self::Floor => Command::new(places.release.join("floor")),
            Self::Broadcast => Command::new(places.release.join("broadcast")),
            Self::Bun => with(&places.bun, "bun.js"),
            Self::Node => with(Path::new("node"), "node.js"),
            Self::Fastapi => {
                let mut command = Command::new(&places.python);
                command.args(["server/tests/reference/chat_server.py", "0"]);
                command
            }
        }
    }
}

/// Where programs are, and where Parlor may keep its data.
#[derive(Clone, Debug)]
pub struct Places {
    /// The folder of what was built for release.
    pub release: PathBuf,
    /// Bun.
    pub bun: PathBuf,
    /// The servers in JavaScript.
    pub scripts: PathBuf,
    /// Python with FastAPI.
    pub python: PathBuf,
    /// A folder on a real disk.
    pub data: PathBuf,
    /// The core that servers run on.
    pub core: usize,
}

/// A server that runs, on one core.
pub struct Server {
    peer: Peer,
    child: Child,
    data: PathBuf,
    _stdout: BufReader<ChildStdout>,
    /// Where it listens.
    pub address: SocketAddr,
}

impl Server {
    /// Starts one, with nothing in its data, and waits until it listens.
    ///
    /// # Errors
    /// When it can't be started or ends before it listens.
    pub fn start(peer: Peer, places: &Places) -> io::Result<Self> {
        let data = places.data.join(format!("{peer:?}-{}", std::process::id()).to_lowercase());
        let _ = fs::remove_dir_all(&data);
        Self::start_on(peer, places, data)
    }

    /// Kills it without a warning and starts it again on its data.
    ///
    /// # Errors
    /// As for [`start`](Self::start).
    pub fn restart(&mut self, places: &Places) -> io::Result<()> {
        self.kill();
        *self = Self::start_on(self.peer, places, std::mem::take(&mut self.data))?;
        Ok(())
    }

    /// The folder of its data.
    pub fn data(&self) -> &Path {
        &self.data
    }

    fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    fn start_on(peer: Peer, places: &Places, data: PathBuf) -> io::Result<Self> {
        let plain = peer.command(places, &data);
        let mut pinned = Command::new("taskset");
        pinned.args(["-c", &places.core.to_string()]).arg(plain.get_program()).args(plain.get_args());
        pinned.env("UV_THREADPOOL_SIZE", "1").stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = pinned.spawn()?;
        let mut stdout = BufReader::new(child.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?);
        let mut line = String::new();
        loop {
            line.clear();
            if stdout.read_line(&mut line)? == 0 {
                let _ = child.wait();
                return Err(io::Error::other(format!("{} ended before it listened", peer.name())));
            }
            if let Some(address) = address(&line) {
                return Ok(Self { peer, child, data, _stdout: stdout, address });
            }
        }
    }

    /// Its process.
    pub fn process(&self) -> Process {
        Process(self.child.id())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
        // A server that has been started again has taken its data with it.
        if !self.data.as_os_str().is_empty() {
            let _ = fs::remove_dir_all(&self.data);
        }
    }
}

// Each says in words of its own where it is.
fn address(line: &str) -> Option<SocketAddr> {
    let from = line.find("127.0.0.1:")?;
    let rest = &line[from..];
    rest[..rest.find(|c: char| !(c.is_ascii_digit() || c == '.' || c == ':')).unwrap_or(rest.len())].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_found_in_any_words() {
        for line in ["Parlor is at http://127.0.0.1:4000\n", "ready: ws://127.0.0.1:4000/ws/chat\n", "127.0.0.1:4000"] {
            assert_eq!(address(line), Some(([127, 0, 0, 1], 4000).into()), "{line}");
        }
        assert_eq!(address("starting"), None);
    }
}
