//! A shell that stops the server and removes its folder when this process ends, however it ends.

use std::io::{self, Write as _};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// Removes the folder ($1) when its standard input is closed, as it is when the process that started this was killed.
/// If the last line of the input is a process id, the server with this id is stopped before. If it is paused it is
/// resumed, since otherwise its processes would not notice. The cluster may be on a disk of its own.
const SCRIPT: &str = r#"
    while read -r line; do server=$line; done
    if [ -n "$server" ]; then
        kill -CONT "$server" $(cat "/proc/$server/task/$server/children" 2> /dev/null)
        kill -QUIT "$server"
        for attempt in 1 2 3 4 5 6 7 8 9 10; do kill -0 "$server" 2> /dev/null || break; sleep 0.2; done
    fi
    if grep -q " $1/data " /proc/mounts; then umount -l "$1/data"; fi
    rm -rf "$1""#;

/// Runs [`SCRIPT`].
#[derive(Debug)]
pub(super) struct Watchdog(Child);

impl Watchdog {
    /// Starts the shell.
    pub(super) fn start(folder: &Path) -> io::Result<Self> {
        let mut shell = Command::new("sh");
        shell.args(["-c", SCRIPT, "watchdog"]).arg(folder).process_group(0);
        shell.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().map(Self)
    }

    /// Tells which process to stop: none if this is empty.
    pub(super) fn watch(&mut self, server: &str) -> io::Result<()> {
        self.0.stdin.as_mut().map_or(Ok(()), |input| writeln!(input, "{server}"))
    }
}

impl Drop for Watchdog {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}
