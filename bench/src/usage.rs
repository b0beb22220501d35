//! What a process has used, as `/proc` tells it (proc(5)).

use std::{fs, io, time::Duration};

/// A process.
#[derive(Clone, Copy, Debug)]
pub struct Process(pub u32);

impl Process {
    /// This one.
    pub fn this() -> Self {
        Self(std::process::id())
    }

    /// The time that its threads have spent on a core, in user and system mode.
    ///
    /// # Errors
    /// When it is gone.
    pub fn cpu(self) -> io::Result<Duration> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.0))?;
        ticks(&stat).map(|ticks| Duration::from_secs_f64(ticks as f64 / rustix::param::clock_ticks_per_second() as f64))
    }

    /// Its memory that is in RAM, in bytes.
    ///
    /// # Errors
    /// When it is gone.
    pub fn resident(self) -> io::Result<u64> {
        let statm = fs::read_to_string(format!("/proc/{}/statm", self.0))?;
        let pages: u64 =
            statm.split(' ').nth(1).and_then(|pages| pages.parse().ok()).ok_or(io::ErrorKind::InvalidData)?;
        Ok(pages * rustix::param::page_size() as u64)
    }
}

// The command's name stands in parentheses and may have any characters, blanks and parentheses among them.
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
    fn times_are_found_behind_any_name() {
        let stat = "42 (a) b (c)) S 1 42 42 0 -1 4194304 100 0 0 0 17 25 0 0 20 0 1 0 100 1000 10";
        assert_eq!(ticks(stat).unwrap(), 42);
        assert!(ticks("42 (cut").is_err());
    }

    #[test]
    fn this_process_uses_something() {
        assert!(Process::this().resident().unwrap() > 100_000);
        assert!(Process::this().cpu().is_ok());
    }
}
