//! CPU affinity: server and clients run on different cores (sched_setaffinity(2)).

use std::io;

use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

/// Pins this process to the second core that it may use. Returns the number of the first core, for the server.
///
/// # Errors
/// If the process may use fewer than two cores.
pub fn pin_to_second_core() -> io::Result<usize> {
    let allowed = sched_getaffinity(None)?;
    let mut numbers = (0..CpuSet::MAX_CPU).filter(|number| allowed.is_set(*number));
    let (Some(first), Some(second)) = (numbers.next(), numbers.next()) else {
        return Err(io::Error::other("two cores are needed: one for the server and one for the clients"));
    };
    let mut own = CpuSet::new();
    own.set(second);
    sched_setaffinity(None, &own)?;
    Ok(first)
}
