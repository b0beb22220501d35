//! CPU affinity: server and clients run on different cores (sched_setaffinity(2)).

use std::{io, thread};

use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

/// Pins this process to the second core that it may use. Returns the numbers of the first core, for the server, and of
/// the second.
///
/// # Errors
/// If the process may use fewer than two cores.
pub fn pin_to_second_core() -> io::Result<[usize; 2]> {
    let allowed = sched_getaffinity(None)?;
    let mut numbers = (0..CpuSet::MAX_CPU).filter(|number| allowed.is_set(*number));
    let (Some(first), Some(second)) = (numbers.next(), numbers.next()) else {
        return Err(io::Error::other("two cores are needed: one for the server and one for the clients"));
    };
    let mut own = CpuSet::new();
    own.set(second);
    sched_setaffinity(None, &own)?;
    Ok([first, second])
}

/// Runs something on some cores. The processes that it starts stay there.
///
/// # Errors
/// If the process may not use the cores, or `run` panics.
pub fn run_on<T: Send>(cores: &[usize], run: impl FnOnce() -> T + Send) -> io::Result<T> {
    let mut set = CpuSet::new();
    cores.iter().for_each(|core| set.set(*core));
    // The affinity is that of a thread.
    thread::scope(|scope| {
        let pinned = scope.spawn(move || sched_setaffinity(None, &set).map(|()| run()));
        Ok(pinned.join().map_err(|_| io::Error::other("a thread panicked"))??)
    })
}
