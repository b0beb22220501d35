//! Each side has a core of its own (sched_setaffinity(2)).

use std::io;

use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

/// Keeps this process to the second of the cores that it may use. Returns the number of the first, for the server.
///
/// # Errors
/// When there are not two.
pub fn keep_apart() -> io::Result<usize> {
    let allowed = sched_getaffinity(None)?;
    let mut numbers = (0..CpuSet::MAX_CPU).filter(|number| allowed.is_set(*number));
    let (Some(first), Some(second)) = (numbers.next(), numbers.next()) else {
        return Err(io::Error::other("two cores are needed: each side has one of its own"));
    };
    let mut own = CpuSet::new();
    own.set(second);
    sched_setaffinity(None, &own)?;
    Ok(first)
}
