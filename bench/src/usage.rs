//! CPU time and memory of processes and of the machine, from `/proc` (proc(5)).

use std::{fs, io, time::Duration};

/// A process, by its id.
#[derive(Clone, Copy, Debug)]
pub struct Process {
    id: u32,
    with_children: bool,
}

impl Process {
    /// The current process.
    pub fn this() -> Self {
        Self::new(std::process::id())
    }

    /// A process without its children.
    pub fn new(id: u32) -> Self {
        Self { id, with_children: false }
    }

    /// A process with its children, as PostgreSQL has one for each connection.
    pub fn with_children(id: u32) -> Self {
        Self { id, with_children: true }
    }

    /// The total CPU time of its threads, in user and system mode. With children it includes those that have ended and
    /// were waited for.
    ///
    /// # Errors
    /// If the process has ended.
    pub fn cpu(self) -> io::Result<Duration> {
        let own = read_stat(self.id)?;
        let mut sum = ticks(&own, OWN_TIMES)?;
        if self.with_children {
            sum += ticks(&own, TIMES_OF_ENDED_CHILDREN)?;
            for child in children(self.id)? {
                // A child may end meanwhile.
                sum += read_stat(child).and_then(|stat| ticks(&stat, OWN_TIMES)).unwrap_or(0);
            }
        }
        Ok(Duration::from_secs_f64(sum as f64 / rustix::param::clock_ticks_per_second() as f64))
    }

    /// Its resident memory (RSS) in bytes.
    ///
    /// # Errors
    /// If the process has ended.
    pub fn resident(self) -> io::Result<u64> {
        let statm = fs::read_to_string(format!("/proc/{}/statm", self.id))?;
        let pages: u64 =
            statm.split(' ').nth(1).and_then(|pages| pages.parse().ok()).ok_or(io::ErrorKind::InvalidData)?;
        Ok(pages * rustix::param::page_size() as u64)
    }
}

/// The fraction of the CPU time of all cores that was used between two readings of [`machine_ticks`].
pub fn machine_usage(before: (u64, u64), after: (u64, u64)) -> f64 {
    (after.0 - before.0) as f64 / (after.1 - before.1).max(1) as f64
}

/// The time in clock ticks that all cores together were busy, by any process, and their total time.
///
/// # Errors
/// If `/proc/stat` cannot be read.
pub fn machine_ticks() -> io::Result<(u64, u64)> {
    let stat = fs::read_to_string("/proc/stat")?;
    // user, nice, system, idle, iowait, irq, softirq, steal; the guest times after them are included in the first two.
    let times: Vec<u64> =
        stat.lines().next().unwrap_or_default().split_whitespace().skip(1).take(8).flat_map(str::parse).collect();
    let total: u64 = times.iter().sum();
    let idle: u64 = times.iter().skip(3).take(2).sum();
    Ok((total - idle, total))
}

// The numbers of the fields of `/proc/PID/stat` with user and system time, counted from 0 after the command name.
const OWN_TIMES: usize = 11;
const TIMES_OF_ENDED_CHILDREN: usize = 13;
const PARENT: usize = 1;

fn read_stat(id: u32) -> io::Result<String> {
    fs::read_to_string(format!("/proc/{id}/stat"))
}

// The fields after the command name, which is in parentheses and may itself contain spaces and parentheses.
fn fields(stat: &str) -> impl Iterator<Item = &str> {
    stat.rsplit_once(") ").map_or("", |(_, fields)| fields).split(' ')
}

// The sum of the two fields from `first` on, in clock ticks.
fn ticks(stat: &str, first: usize) -> io::Result<u64> {
    let mut fields = fields(stat).skip(first);
    let mut next = || fields.next().and_then(|field| field.parse::<u64>().ok()).ok_or(io::ErrorKind::InvalidData);
    Ok(next()? + next()?)
}

fn children(parent: u32) -> io::Result<Vec<u32>> {
    let ids = fs::read_dir("/proc")?.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let parent_of = |id: u32| fields(&read_stat(id).ok()?).nth(PARENT)?.parse().ok();
    Ok(ids.filter(|id| parent_of(*id) == Some(parent)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cpu_time_is_parsed_after_any_command_name() {
        let stat = "42 (a) b (c)) S 1 42 42 0 -1 4194304 100 0 0 0 17 25 3 4 20 0 1 0 100 1000 10";
        assert_eq!(ticks(stat, OWN_TIMES).unwrap(), 42);
        assert_eq!(ticks(stat, TIMES_OF_ENDED_CHILDREN).unwrap(), 7);
        assert!(ticks("42 (cut", OWN_TIMES).is_err());
    }

    #[test]
    fn the_current_process_uses_memory_and_cpu_time() {
        assert!(Process::this().resident().unwrap() > 100_000);
        assert!(Process::this().cpu().is_ok());
        let (busy, total) = machine_ticks().unwrap();
        assert!(busy > 0 && total > busy);
    }

    #[test]
    fn children_are_found() {
        let mut child = std::process::Command::new("cat").stdin(std::process::Stdio::piped()).spawn().unwrap();
        assert!(children(std::process::id()).unwrap().contains(&child.id()));
        drop(child.stdin.take());
        child.wait().unwrap();
        assert!(Process::with_children(std::process::id()).cpu().is_ok());
    }
}
