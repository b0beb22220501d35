//! The process's limit of open files, on which the server's connection limits depend.

use std::sync::Once;

use parlor::limits;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// File descriptors that a test may need: both ends of all connections of an address, and some more.
const OPEN_FILES: u64 = 16_384;

/// Raises the limit of open files to [`OPEN_FILES`], or to the hard limit if that is lower. Does so once per process.
pub(crate) fn raise_limit() {
    static RAISED: Once = Once::new();
    RAISED.call_once(|| {
        let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
        let wanted = maximum.unwrap_or(u64::MAX).min(OPEN_FILES);
        if current.is_some_and(|current| current < wanted) {
            setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), maximum }).unwrap();
        }
    });
}

/// The server's connection limit per address in this process.
pub(crate) fn connections_per_address() -> usize {
    let files = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX).saturating_sub(128);
    limits::CONNECTIONS_PER_ADDRESS.min(usize::try_from(files / 2).unwrap_or(usize::MAX))
}
