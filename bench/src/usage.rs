//! CPU time and memory of a process, from `/proc` (proc(5)).

use std::{fs, io, time::Duration};

/// A process, by its id.
#[derive(Clone, Copy, Debug)]
pub struct Process(pub u32);

impl Process {
    /// The current process.
    pub fn this() -> Self {
        Self(std::process::id())
    }

    /// The total CPU time of its threads, in user and system mode.
    ///
    /// # Errors
    /// If the process has ended.
    pub fn cpu(self) -> io::Result<Duration> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.0))?;
        ticks(&stat).map(|ticks| Duration::from_secs_f64(ticks as f64 / rustix::param::clock_ticks_per_second() as f64))
    }

    /// Its resident memory (RSS) in bytes.
    ///
    /// # Errors
    /// If the process has ended.
    pub fn resident(self) -> io::Result<u64> {
        let statm = fs::read_to_string(format!("/proc/{}/statm", self.0))?;
        let pages: u64 =
            statm.split(' ').nth(1).and_then(|pages| pages.parse().ok()).ok_or(io::ErrorKind::InvalidData)?;
        Ok(pages * rustix::param::page_size() as u64)
    }
}

// The sum of user and system time in clock ticks. The command name is in parentheses and may itself contain spaces and
// parentheses, so fields are counted from the last `)`.
fn ticks(stat: &str) -> io::Result<u64> {
    let (_, fields) = stat.rsplit_once(") ").ok_or(io::ErrorKind::InvalidData)?;
    let mut fields = fields.split(' ').skip(11);
    let mut next = || fields.next().and_then(|field| field.parse::<u64>().ok()).ok_or(io::ErrorKind::InvalidData);
    Ok(next()? + next()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cpu_time_is_parsed_after_any_command_name() {
        let stat = "42 (a) b (c)) S 1 42 42 0 -1 4194304 100 0 0 0 17 25 0 0 20 0 1 0 100 1000 10";
        assert_eq!(ticks(stat).unwrap(), 42);
        assert!(ticks("42 (cut").is_err());
    }

    #[test]
    fn the_current_process_uses_memory_and_cpu_time() {
        assert!(Process::this().resident().unwrap() > 100_000);
        assert!(Process::this().cpu().is_ok());
    }
}
