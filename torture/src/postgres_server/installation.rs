//! The installed programs of PostgreSQL, and as whom they run.

use std::io;
use std::net::TcpListener;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};

use super::error::{DEBIAN, PostgresServerError, USER};

/// The programs that are needed.
const PROGRAMS: [&str; 4] = ["initdb", "pg_basebackup", "postgres", "psql"];

/// The folder of the programs, and the user to run them as.
#[derive(Clone, Debug)]
pub(super) struct Installation {
    binaries: PathBuf,
    /// The user and group of the server, if this process is root's.
    pub(super) owner: Option<(u32, u32)>,
}

impl Installation {
    /// Finds the programs.
    pub(super) fn find() -> Result<Self, PostgresServerError> {
        Ok(Self { binaries: find_binaries()?, owner: find_owner()? })
    }

    /// A program in a folder, as the server's user and without settings of the environment.
    pub(super) fn command(&self, program: &str, folder: &Path) -> Command {
        let mut command = Command::new(self.binaries.join(program));
        for (variable, _) in env::vars_os().filter(|(name, _)| name.as_encoded_bytes().starts_with(b"PG")) {
            command.env_remove(variable);
        }
        if let Some((user, group)) = self.owner {
            command.uid(user).gid(group);
        }
        command.current_dir(folder);
        command
    }
}

/// Runs a program and returns its output.
pub(super) fn output(program: &'static str, command: &mut Command) -> Result<String, PostgresServerError> {
    let output = command.stdin(Stdio::null()).output()?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let output = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(PostgresServerError::Failed { program, output })
}

/// A port that nobody listens on, below those that the system gives to outgoing connections: one of them could take it
/// while the server is down.
pub(super) fn free_port() -> io::Result<u16> {
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
