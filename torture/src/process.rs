//! Signals to processes, and what `/proc` shows of processes.

use std::collections::HashSet;
use std::process::{Command, Stdio};
use std::{fs, io};

/// Sends a signal, such as `TERM`, to processes. Those that are gone are ignored.
pub(crate) fn signal(name: &str, processes: &[u32]) -> io::Result<()> {
    if !processes.is_empty() {
        // The shell has this command, and not every system has it as a program.
        let mut kill = Command::new("sh");
        kill.args(["-c", "kill \"$@\" 2> /dev/null", "kill", &format!("-{name}")]);
        kill.args(processes.iter().map(u32::to_string)).stdin(Stdio::null()).status()?;
    }
    Ok(())
}

/// The processes that a process has started.
pub(crate) fn children(parent: u32) -> io::Result<HashSet<u32>> {
    let processes = fs::read_dir("/proc")?.flatten().filter_map(|entry| entry.file_name().into_string().ok());
    let children = processes.filter(|pid| state_and_parent(pid).is_some_and(|(_, of)| of == parent));
    Ok(children.filter_map(|pid| pid.parse().ok()).collect())
}

/// Whether a process has exited. One that nobody has waited for counts as such.
pub(crate) fn is_gone(pid: u32) -> bool {
    state_and_parent(&pid.to_string()).is_none_or(|(state, _)| state == 'Z')
}

/// The state and the parent of a process; `None` if it is gone.
fn state_and_parent(pid: &str) -> Option<(char, u32)> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The program's name, in parentheses, may contain anything.
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
    Some((fields.next()?.chars().next()?, fields.next()?.parse().ok()?))
}
